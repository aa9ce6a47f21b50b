"""Trained weights on disk: files with a card beside them that says how they were made and what they reach."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

SHIPPED = Path(__file__).resolve().parents[1] / "assets" / "weights"
CARD = "card.json"


class Card(BaseModel):
    """What `card.json` says."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str
    summary: str
    """What the weights are for, in a sentence."""
    command: str
    """The command that trains them again."""
    seed: int
    device: str
    """What they were trained on."""
    cpu_seconds: float
    data: str
    """What they learned from."""
    metrics: dict[str, float]
    """Figures on data that training did not see."""
    licence: str
    built_on: dict[str, str] = {}
    """Other weights that these were trained with and work with alone; see `identity`."""
    files: dict[str, str]
    """The SHA-256 of each file."""


def weights_folder(name: str | Path) -> Path:
    """The folder of weights that ship under a name, or of a person's own; every file agrees with its card.

    Raises FileNotFoundError or ValueError in one sentence where that is not so.
    """
    folder = name if isinstance(name, Path) else SHIPPED / name
    check_files(folder)
    return folder


def weight_files(folder: Path) -> list[Path]:
    """The files of the weights, the card first; no file is read."""
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else [folder / CARD]


def read_card(folder: Path) -> Card:
    """The card of the weights in `folder`."""
    path = folder / CARD
    if not path.is_file():
        known = ", ".join(sorted(each.parent.name for each in SHIPPED.glob(f"*/{CARD}"))) or "none"
        raise FileNotFoundError(f"weights: no {CARD} in {folder} (weights that ship: {known})")
    try:
        return Card.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: is no card of weights ({str(error).splitlines()[0]})") from error


@cache
def check_files(folder: Path) -> None:
    """Compare the weights in `folder` with the checksums on their card, once for each process."""
    for name, expected in read_card(folder).files.items():
        path = folder / name
        if not path.is_file():
            raise FileNotFoundError(f"weights: {path} is missing, its card names it")
        if (found := checksum(path)) != expected:
            raise ValueError(
                f"weights: {path} must have the SHA-256 {expected[:12]}... of its card (got {found[:12]}...)"
            )


def write_card(folder: Path, about: Mapping[str, Any]) -> Card:
    """Write `card.json` for the files in `folder`; `about` gives everything but their checksums."""
    files = {path.name: checksum(path) for path in weight_files(folder) if path.name != CARD}
    card = Card(**about, files=files)
    text = json.dumps(card.model_dump(), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")
    check_files.cache_clear()
    return card


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def halve(path: Path) -> None:
    """Store a safetensors file's 32-bit numbers in 16; whoever loads them computes with 32 again."""
    import numpy as np
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file

    with safe_open(path, "np") as file:
        about = file.metadata()
    tensors = dict(sorted(load_file(path).items()))
    for name, value in tensors.items():
        if value.dtype == np.float32:
            if float(np.abs(value).max(initial=0.0)) > float(np.finfo(np.float16).max):
                raise ValueError(f"{path}: {name} holds numbers that 16 bits cannot")
            tensors[name] = value.astype(np.float16)
    save_file(tensors, path, metadata=about)


def identity(folder: Path) -> str:
    """A name for exactly these weights, by which what they made can be told from what others made."""
    card = read_card(folder)
    together = hashlib.sha256("".join(card.files[name] for name in sorted(card.files)).encode()).hexdigest()
    return f"{card.name}:{together[:12]}"
