import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pipeline.stages.catalogue import CATALOGUE
from pipeline.stages.load_capture import LoadCaptureConfig, capture_sources, examine_capture, packages_for

DEMO = Path(__file__).resolve().parents[3] / "assets" / "captures" / "demo"


def config_of(path: Path, **more: object) -> LoadCaptureConfig:
    return LoadCaptureConfig.model_validate({"path": path, **more})


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(3):
        Image.new("RGB", (64, 48), (40 * number, 90, 10)).save(tmp_path / f"{number}.jpg")
    return tmp_path


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that makes a package look as if it were not installed."""
    find = importlib.util.find_spec

    def without(missing: str) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))

    return without


def test_photos_without_poses_say_which_extra_places_them(photos: Path, without: Callable[[str], None]) -> None:
    without("pycolmap")
    reason = CATALOGUE["load_capture"].unavailable(config_of(photos))
    assert reason == "needs pycolmap: pip install 'scenewright[sfm]'"


def test_captures_with_poses_need_no_extra(without: Callable[[str], None]) -> None:
    without("pycolmap")
    assert CATALOGUE["load_capture"].unavailable(config_of(DEMO)) == ""


def test_a_video_needs_a_decoder_as_well(tmp_path: Path) -> None:
    (tmp_path / "walk.mp4").touch()
    assert packages_for(config_of(tmp_path / "walk.mp4")) == ["pycolmap", "av"]


def test_a_transforms_file_stands_for_its_whole_folder(tmp_path: Path) -> None:
    (tmp_path / "transforms.json").touch()
    assert capture_sources(config_of(tmp_path / "transforms.json")) == [tmp_path]
    assert capture_sources(config_of(tmp_path)) == []


def test_the_doctor_looks_at_frames_and_finds_nothing_wrong_with_the_demo() -> None:
    findings = examine_capture(config_of(DEMO))
    assert [finding.severity for finding in findings] == ["note"]
    assert "40 frames, rgbd, unit metre" in findings[0].message


def test_a_capture_that_cannot_be_read_is_an_error_of_the_doctor(tmp_path: Path) -> None:
    (tmp_path / "transforms.json").write_text("{}")
    (finding,) = examine_capture(config_of(tmp_path))
    assert finding.severity == "error"
