"""Where a prompt lies in an encoder's space: what a latent prior is given."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32

Array = np.ndarray

VERSION = 1


@dataclass(frozen=True, eq=False)
class Embedding:
    """A unit vector and where it came from.

    `encoder` names the weights that made it: vectors of different ones do not mix. `nearest` is the known kind of thing
    that lies closest, `likeness` its cosine. `notes` tell a person what was changed or not understood.
    """

    vector: Float32[Array, " width"]
    encoder: str
    kind: Literal["text", "picture"]
    prompt: str
    nearest: str = ""
    likeness: float = 0.0
    notes: tuple[str, ...] = ()

    def save(self, folder: Path) -> None:
        """Write `embedding.npz` and `embedding.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "embedding.npz", vector=self.vector)
        about = {key: value for key, value in vars(self).items() if key != "vector"} | {"version": VERSION}
        text = json.dumps(about | {"notes": list(self.notes)}, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "embedding.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Embedding":
        """Read what `save` wrote."""
        path = folder / "embedding.json"
        about = json.loads(path.read_text(encoding="utf-8"))
        if about.pop("version") != VERSION:
            raise ValueError(f"{path}: version must be {VERSION}")
        with np.load(folder / "embedding.npz", allow_pickle=False) as stored:
            return cls(stored["vector"], **about | {"notes": tuple(about["notes"])})
