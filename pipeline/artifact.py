"""What stages hand to each other: anything that can save itself into a folder and load itself from one."""

from pathlib import Path
from typing import Protocol, Self, runtime_checkable


@runtime_checkable
class Artifact(Protocol):
    """A frozen dataclass owned by the library that makes it.

    `save` writes the same bytes for the same content; `load` may keep reading from `folder` while the artifact is used.
    """

    def save(self, folder: Path) -> None: ...

    @classmethod
    def load(cls, folder: Path) -> Self: ...


def is_artifact_type(candidate: object) -> bool:
    """Whether a type found in a stage's signature can travel between stages."""
    return (
        isinstance(candidate, type)
        and callable(getattr(candidate, "save", None))
        and callable(getattr(candidate, "load", None))
    )
