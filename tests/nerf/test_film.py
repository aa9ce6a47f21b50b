"""Films hold the pictures they were made of, in order, and the same bytes each time."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.film import write_film


def _pictures(width: int = 33, height: int = 21) -> list[np.ndarray]:
    return [np.full((height, width, 3), 40 * k + 20, np.uint8) for k in range(5)]


def test_a_webp_shows_all_pictures_in_order_and_repeats_its_bytes(tmp_path: Path) -> None:
    film = write_film(_pictures(), tmp_path / "film", "webp", per_second=10.0)
    assert film == tmp_path / "film.webp"
    with Image.open(film) as read:
        assert read.n_frames == 5  # type: ignore[attr-defined]
        assert read.size == (33, 21)
        for k in range(5):
            read.seek(k)
            assert abs(float(np.asarray(read.convert("RGB")).mean()) - (40 * k + 20)) < 3
        assert read.info["duration"] == 100
    assert write_film(_pictures(), tmp_path / "again", "webp", per_second=10.0).read_bytes() == film.read_bytes()


@pytest.mark.extra("video")
def test_an_mp4_shows_all_pictures_in_order_and_repeats_its_bytes(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="needs av: pip install 'scenewright[video]'")
    film = write_film(_pictures(), tmp_path / "film", "mp4", per_second=10.0)
    with av.open(str(film)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert [frame.shape for frame in frames] == [(20, 32, 3)] * 5
    assert np.abs([frame.mean() - (40 * k + 20) for k, frame in enumerate(frames)]).max() < 4
    assert write_film(_pictures(), tmp_path / "again", "mp4", per_second=10.0).read_bytes() == film.read_bytes()


def test_no_pictures_make_no_film(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one picture"):
        write_film([], tmp_path / "film", "webp")


def test_without_pyav_an_mp4_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ImportError, match=r"scenewright\[video\]"):
        write_film(_pictures(), tmp_path / "film", "mp4")
