"""What the refining encoder's training goes on from, on disk: weights, moments, and where every group has got to."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from nerf.style.inversion_training import InversionTraining
from nerf.style.inverter import Inverter
from nerf.style.refining import Trail
from nerf.style.refining_training import Group, Refining, optimiser_of

FILE = "refining.safetensors"
OF_TRAIL = tuple(field.name for field in fields(Trail) if field.name != "turn")


def save_refining(state: Refining, folder: Path) -> None:
    """Write one file, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"refiner.{name}": value for name, value in state.inverter.refiner.state_dict().items()}
    for number, moments in state.optimiser.state_dict()["state"].items():
        tensors |= {f"moments.{number}.{name}": value for name, value in moments.items()}
    for number, group in enumerate(state.groups):
        tensors |= {f"group.{number}.{name}": value for name, value in _tensors(group).items()}
    tensors["step"] = torch.tensor(state.step)
    part = folder / f"{FILE}.part"
    save_file({name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}, part)
    part.replace(folder / FILE)


def load_refining(inverter: Inverter, training: InversionTraining, folder: Path) -> Refining:
    """What `save_refining` wrote, with the refining encoder's weights in this inverter."""
    stored = load_file(folder / FILE)
    device = inverter.mean.device
    inverter.refiner.load_state_dict(_under("refiner.", stored))
    optimiser = optimiser_of(inverter, training)
    state = optimiser.state_dict()
    for name, value in _under("moments.", stored).items():
        number, moment = name.split(".")
        state["state"].setdefault(int(number), {})[moment] = value
    optimiser.load_state_dict(state)
    groups = [_group(_under(f"group.{number}.", stored), device) for number in range(inverter.config.taught)]
    return Refining(inverter, optimiser, groups, int(stored["step"]))


def _tensors(group: Group) -> dict[str, Tensor]:
    numbers = {"objects": torch.from_numpy(group.objects), "views": torch.from_numpy(group.views)}
    trail = {name: getattr(group.trail, name) for name in OF_TRAIL}
    return numbers | trail | {"cameras": group.cameras, "turn": torch.tensor(group.trail.turn)}


def _group(stored: dict[str, Tensor], device: torch.device) -> Group:
    objects, views = (np.asarray(stored[name].numpy()) for name in ("objects", "views"))
    trail = Trail(**{name: stored[name].to(device) for name in OF_TRAIL}, turn=int(stored["turn"]))
    return Group(objects, views, stored["cameras"].to(device), trail)


def _under(prefix: str, stored: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in stored.items() if name.startswith(prefix)}
