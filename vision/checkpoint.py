"""Where a training stands, in one safetensors file: networks, the optimizer's state, and how many steps are done."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor


def keep(path: Path, networks: Mapping[str, torch.nn.Module], optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write it, all at once: a crash leaves the last one whole."""
    tensors = {
        f"{part}.{name}": value.contiguous()
        for part, network in networks.items()
        for name, value in network.state_dict().items()
    }
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{number}.{name}": value.contiguous() for name, value in state.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"step": str(step)})
    partial.replace(path)


def resume(path: Path, networks: Mapping[str, torch.nn.Module], optimizer: torch.optim.Optimizer) -> int:
    """Take over what `keep` wrote; the number of steps that are done."""
    with safe_open(path, "pt") as file:
        tensors: dict[str, Tensor] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        step = int(file.metadata()["step"])
    for part, network in networks.items():
        own = {name.removeprefix(f"{part}."): value for name, value in tensors.items() if name.startswith(f"{part}.")}
        network.load_state_dict(own)
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimizer."):
            _, number, name = key.split(".")
            state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    return step
