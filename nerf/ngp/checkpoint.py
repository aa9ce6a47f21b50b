"""A training run on disk, written so that going on from it gives the same bytes as never having stopped."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from nerf.ngp.trainer import Trainer

FILE = "checkpoint.safetensors"
KEPT_OUT = {"stop", "checkpoint_every"}


def save_checkpoint(trainer: Trainer, folder: Path, seconds: float) -> None:
    """Replace the checkpoint in `folder` at one stroke."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {name: np.ascontiguousarray(value) for name, value in trainer.arrays().items()}
    notes = {
        "number": trainer.number, "n_rays": trainer.n_rays, "seconds": seconds, "settings": digest(trainer),
        "learned": trainer.notes,
    }  # fmt: skip
    temporary = folder / (FILE + ".part")
    save_file(arrays, temporary, metadata={"run": json.dumps(notes, sort_keys=True)})
    os.replace(temporary, folder / FILE)


def resume(trainer: Trainer, folder: Path) -> float:
    """Take up a run where its checkpoint stands; how many seconds it had trained (0 where there is no checkpoint)."""
    path = folder / FILE
    if not path.is_file():
        return 0.0
    with safe_open(path, "numpy") as file:
        notes = json.loads(file.metadata()["run"])
        if notes["settings"] != digest(trainer):
            return 0.0  # of a run with other settings or photos
        for name, value in trainer.arrays().items():
            value[...] = file.get_tensor(name)
    trainer.number, trainer.n_rays = int(notes["number"]), int(notes["n_rays"])
    trainer.notes.update(notes.get("learned", {}))
    trainer.restored()
    return float(notes["seconds"])


def digest(trainer: Trainer) -> str:
    """What a checkpoint must agree on: settings (but not when to stop), volume, photos and poses."""
    settings = {name: value for name, value in asdict(trainer.training).items() if name not in KEPT_OUT}
    content = json.dumps([settings, trainer.volume.to_json(), trainer.store.views.names], sort_keys=True)
    return hashlib.sha256(content.encode() + trainer.store.poses.tobytes()).hexdigest()
