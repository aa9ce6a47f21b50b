"""Weight files: safetensors with what is needed to build a network again, and a card of figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file


def write_weights(
    path: Path, network: torch.nn.Module, *, kind: str, channels: Sequence[int], card: Mapping[str, str] | None = None
) -> None:
    """Write a network's weights; `kind` says which architecture they are for."""
    about = {"kind": kind, "channels": ",".join(map(str, channels)), **(card or {})}
    save_file({key: value.contiguous().cpu() for key, value in network.state_dict().items()}, path, metadata=about)


def read_weights(path: Path, *, kind: str) -> tuple[tuple[int, ...], dict[str, torch.Tensor]]:
    """Channels and weights from a file that `write_weights` wrote for this kind of network."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such weights")
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except Exception as error:  # safetensors raises its own kind
        raise ValueError(f"{path}: is no safetensors file ({error})") from error
    if about.get("kind") != kind:
        raise ValueError(f"{path}: holds no {kind} (got kind {about.get('kind')!r})")
    return tuple(int(value) for value in about["channels"].split(",")), state
