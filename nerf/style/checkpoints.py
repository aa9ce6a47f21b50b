"""Runs and models on disk: weights as safetensors, sizes as JSON. Nothing that could run code is ever read."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from nerf.style import codes
from nerf.style.autoencoder import Autoencoder, AutoencoderConfig
from nerf.style.codes import CodesConfig, CodesState
from nerf.style.generator import GeneratorConfig
from nerf.style.training import TrainingState, state_of

VERSION = 1
STYLES = "styles.safetensors"
MOMENTS = ("step", "exp_avg", "exp_avg_sq")


def save_model(model: Autoencoder, folder: Path) -> None:
    """Write `config.json` and `model.safetensors`."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"version": VERSION, "autoencoder": asdict(model.config)}
    (folder / "config.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    _write(dict(model.state_dict()), folder / "model.safetensors")


def load_model(folder: Path) -> Autoencoder:
    """A model that `save_model` wrote, ready to use."""
    model = Autoencoder(read_config(folder))
    _fill(model, load_file(folder / "model.safetensors"), folder / "model.safetensors")
    return model.eval()


def read_config(folder: Path) -> AutoencoderConfig:
    """The sizes that a folder's weights have."""
    path = folder / "config.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sizes = content["autoencoder"]
        version = content["version"]
        config = AutoencoderConfig(GeneratorConfig(**sizes["generator"]), tuple(sizes["encoder_channels"]))
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: is not the configuration of a generator ({error})") from error
    if version != VERSION:
        raise ValueError(f"{path}: version must be {VERSION} (got {version!r})")
    return config


def save_run(state: TrainingState, folder: Path) -> None:
    """Write what `load_run` goes on from, the averaged model under `averaged`; a crash leaves the last one whole."""
    save_model(state.averaged, folder / "averaged")
    save_model(state.model, folder)
    _write(_moments(state.optimiser, state.model), folder / "moments.safetensors")
    (folder / "step.json").write_text(json.dumps({"step": state.step}) + "\n", encoding="utf-8")


def load_run(folder: Path) -> TrainingState:
    """The run as it was when `save_run` wrote it."""
    state = state_of(load_model(folder).train(), load_model(folder / "averaged"), _step(folder))
    _restore(state.optimiser, state.model, load_file(folder / "moments.safetensors"))
    return state


def save_codes(state: CodesState, folder: Path) -> None:
    """Write what `load_codes` goes on from, as `save_run` does; the styles under `styles.safetensors`."""
    save_model(state.averaged, folder / "averaged")
    save_model(state.model, folder)
    save_styles(state.codes.weight, folder)
    _write({"styles": state.begun}, folder / "begun.safetensors")
    _write(_moments(state.optimiser, state.model), folder / "moments.safetensors")
    _write(_moments(state.code_optimiser, state.codes), folder / "style_moments.safetensors")
    (folder / "step.json").write_text(json.dumps({"step": state.step}) + "\n", encoding="utf-8")


def load_codes(folder: Path, config: CodesConfig) -> CodesState:
    """The last phase as it was when `save_codes` wrote it."""
    begun = load_file(folder / "begun.safetensors")["styles"]
    model, averaged = load_model(folder), load_model(folder / "averaged")
    state = codes.state_of(model, averaged, begun, load_styles(folder), config, _step(folder))
    _restore(state.optimiser, state.model, load_file(folder / "moments.safetensors"))
    _restore(state.code_optimiser, state.codes, load_file(folder / "style_moments.safetensors"))
    for moments in state.code_optimiser.state.values():
        moments["step"] = int(moments["step"])  # it counts with Python's numbers, and rounds otherwise with a tensor
    return state


def save_styles(styles: Float[Tensor, "objects style"], folder: Path) -> None:
    """Write the styles of the objects that a generator was trained on, in their order."""
    _write({"styles": styles}, folder / STYLES)


def load_styles(folder: Path) -> Float[Tensor, "objects style"] | None:
    """What `save_styles` wrote; None where there is nothing: not every generator has such styles."""
    return load_file(folder / STYLES)["styles"].float() if (folder / STYLES).is_file() else None


def _step(folder: Path) -> int:
    return int(json.loads((folder / "step.json").read_text(encoding="utf-8"))["step"])


def _moments(optimiser: Optimizer, module: nn.Module) -> dict[str, Tensor]:
    return {
        f"{name}.{kind}": torch.as_tensor(optimiser.state[weights][kind])
        for name, weights in module.named_parameters()
        for kind in MOMENTS
        if optimiser.state.get(weights)
    }


def _restore(optimiser: Optimizer, module: nn.Module, moments: dict[str, Tensor]) -> None:
    for name, weights in module.named_parameters():
        if f"{name}.{MOMENTS[0]}" in moments:
            optimiser.state[weights] = {kind: moments[f"{name}.{kind}"] for kind in MOMENTS}


def _write(tensors: dict[str, Tensor], path: Path) -> None:
    part = path.with_name(path.name + ".part")
    save_file({name: tensor.detach().contiguous() for name, tensor in sorted(tensors.items())}, part)
    part.replace(path)


def _fill(model: Autoencoder, stored: dict[str, Tensor], path: Path) -> None:
    expected = model.state_dict()
    wrong = sorted(set(expected) ^ set(stored))
    wrong += [name for name in sorted(set(expected) & set(stored)) if expected[name].shape != stored[name].shape]
    if wrong:
        raise ValueError(f"{path}: weights must fit the sizes in config.json beside it (first difference: {wrong[0]})")
    model.load_state_dict(stored)
