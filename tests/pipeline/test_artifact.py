"""What may travel between stages."""

from pathlib import Path

from pipeline.artifact import Artifact, is_artifact_type
from pipeline.stage import Catalogue


class OnlySaves:
    def save(self, folder: Path) -> None: ...


class Named:
    save = "a.txt"
    load = "a.txt"


def test_an_artifact_type_can_both_save_and_load(catalogue: Catalogue) -> None:
    assert is_artifact_type(catalogue["make"].output)
    assert issubclass(catalogue["make"].output, Artifact)


def test_nothing_else_is_one(catalogue: Catalogue) -> None:
    number = catalogue["make"].output(1.0)
    for other in (OnlySaves, Named, int, None, number, "Number", list[int]):
        assert not is_artifact_type(other)
