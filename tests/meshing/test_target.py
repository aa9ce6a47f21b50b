import json
from pathlib import Path

import pytest

from meshing.target import read_target

TARGETS = sorted((Path(__file__).resolve().parents[2] / "assets" / "targets").glob("*.json"))


@pytest.mark.parametrize("path", TARGETS, ids=lambda path: path.stem)
def test_every_shipped_target_reads_and_names_a_source_for_each_limit(path: Path) -> None:
    target = read_target(path)
    assert target.name == path.stem
    assert set(target.sources) == set(vars(target.limits))
    assert all(len(source) > 5 for source in target.sources.values())


def test_the_headsets_are_there() -> None:
    assert {"quest2-web", "quest3-web", "visionpro-web", "catalogue", "planner-item", "desktop", "quicklook"} <= {
        p.stem for p in TARGETS
    }


def test_what_is_no_target_is_said(tmp_path: Path) -> None:
    good = json.loads(TARGETS[0].read_text())
    path = tmp_path / "mine.json"
    with pytest.raises(FileNotFoundError, match=r"target: .*mine.json cannot be read \(No such file"):
        read_target(path)
    for content, message in [
        ("{", "is not JSON"),
        ("[]", r"must hold encodings, .* \(got list\)"),
        (json.dumps(good | {"limits": good["limits"] | {"triangles": 0}}), r"limits.triangles must be .* \(got 0\)"),
        (json.dumps(good | {"file": "obj"}), r"file must be one of glb, usdz \(got 'obj'\)"),
        (json.dumps(good | {"encodings": ["gif"]}), r"encodings must be some of png, jpeg, webp"),
        (json.dumps(good | {"extra": 1}), "must hold"),
    ]:
        path.write_text(content)
        with pytest.raises(ValueError, match=message):
            read_target(path)
