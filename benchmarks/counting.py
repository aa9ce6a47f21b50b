"""The stage that benchmarks of the framework run: it does next to nothing, so that what is left is the framework."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from pipeline.stage import Catalogue, Context, Stage, StageConfig


@dataclass(frozen=True)
class Count:
    value: int

    def save(self, folder: Path) -> None:
        (folder / "count.json").write_text(json.dumps(self.value))

    @classmethod
    def load(cls, folder: Path) -> "Count":
        return cls(json.loads((folder / "count.json").read_text()))


class CountConfig(StageConfig):
    start: int = Field(0)
    """Where to begin."""


def count(config: CountConfig, context: Context, *, before: Count | None = None) -> Count:
    """One more than before."""
    return Count(config.start + 1 + (before.value if before else 0))


CATALOGUE = Catalogue([Stage(count)], f"{Path(__file__).resolve()}:CATALOGUE")
