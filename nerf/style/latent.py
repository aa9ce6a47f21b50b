"""The latent artifact: styles of a generator that stand for one object, the best first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

Array = np.ndarray

VERSION = 1
OWN = "own."


@dataclass(frozen=True, eq=False)
class Latent:
    """Candidate styles w, the best first; `scores` are cosines between renders and prompt, or 0 where there was none.

    A candidate has one style for all layers of the generator, or (w+) one for each. `generator` names the weights that
    the styles are for. `extent_m` is the longest side that the object is declared to have, in metres. A single
    candidate may have layers of its `own` (`tuning`), which then stand in for the generator's, by their names.
    """

    w: Float32[Array, "candidates *layers style"]
    scores: Float32[Array, " candidates"]
    generator: str
    name: str = "object"
    extent_m: float = 1.0
    notes: tuple[str, ...] = ()
    own: Mapping[str, Float32[Array, "1 _ _"]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.own and len(self.w) > 1:
            raise ValueError(f"latent.own: only a single candidate may have layers of its own (got {len(self.w)})")
        if len(self.w) == 0 or len(self.w) != len(self.scores):
            raise ValueError(f"latent: needs a score for each style (got {len(self.w)} and {len(self.scores)})")
        if not self.extent_m > 0:
            raise ValueError(f"latent.extent_m: must be more than 0 (got {self.extent_m})")

    def save(self, folder: Path) -> None:
        """Write `latent.npz` and `latent.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {f"{OWN}{name}": self.own[name] for name in sorted(self.own)}
        np.savez(folder / "latent.npz", w=self.w, scores=self.scores, **arrays)
        about = {
            "version": VERSION,
            "generator": self.generator,
            "name": self.name,
            "extent_m": self.extent_m,
            "notes": list(self.notes),
        }
        text = json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "latent.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Latent":
        """Read what `save` wrote."""
        path = folder / "latent.json"
        about = json.loads(path.read_text(encoding="utf-8"))
        if about.pop("version") != VERSION:
            raise ValueError(f"{path}: version must be {VERSION}")
        with np.load(folder / "latent.npz", allow_pickle=False) as stored:
            own = {name.removeprefix(OWN): stored[name] for name in stored.files if name.startswith(OWN)}
            return cls(stored["w"], stored["scores"], **about | {"notes": tuple(about["notes"])}, own=own)
