"""Inverters on disk: weights as safetensors, sizes as JSON."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file

from nerf.style.inverter import Inverter, InverterConfig

VERSION = 2
CONFIG, WEIGHTS = "config.json", "model.safetensors"


def save(inverter: Inverter, folder: Path) -> None:
    """Write `config.json` and `model.safetensors`; a crash leaves no half of them that `load` would take."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: value.detach().contiguous() for name, value in sorted(inverter.state_dict().items())}
    save_file(state, folder / WEIGHTS)
    content = {"version": VERSION, "inverter": asdict(inverter.config)}
    part = folder / f"{CONFIG}.part"
    part.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(folder / CONFIG)


def load(folder: Path) -> Inverter:
    """An inverter that `save` wrote, ready to use."""
    path = folder / CONFIG
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sizes: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in content["inverter"].items()
        }
        config, version = InverterConfig(**sizes), content["version"]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: is not the configuration of an inverter ({error})") from error
    if version != VERSION:
        raise ValueError(f"{path}: version must be {VERSION} (got {version!r})")
    inverter = Inverter(config)
    try:
        inverter.load_state_dict(load_file(folder / WEIGHTS))
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise ValueError(f"{folder / WEIGHTS}: weights must fit the sizes in {CONFIG} ({first})") from error
    return inverter.eval()
