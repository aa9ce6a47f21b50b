"""Frames of a video: the sharpest of each stretch, in order, with their times."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from nerf.captures.video import extract_frames


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Twenty-four frames at 12 a second, every third one sharp, the others blurred; brightness tells the number."""
    if importlib.util.find_spec("av") is None:
        pytest.skip("needs av: pip install 'scenewright[sfm]'")
    import av

    noise = np.random.default_rng(0).integers(0, 120, (24, 32, 3), np.uint8)
    pattern = Image.fromarray(noise).resize((128, 96), Image.Resampling.NEAREST)
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 128, 96, "yuv420p", 4_000_000
        for number in range(24):
            picture = pattern if number % 3 == 1 else pattern.filter(ImageFilter.GaussianBlur(3))
            picture = picture.point(lambda level, lift=5 * number: level + lift)
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


@pytest.mark.extra("sfm")
def test_the_sharpest_frame_of_each_stretch_is_kept(clip: Path, tmp_path: Path) -> None:
    frames = extract_frames(clip, tmp_path / "frames", count=8)
    assert [path.name for path, _ in frames] == [f"frame{number:05d}.jpg" for number in range(8)]
    assert np.allclose([seconds for _, seconds in frames], (np.arange(8) * 3 + 1) / 12, atol=0.001)
    brightness = [np.asarray(Image.open(path)).mean() for path, _ in frames]
    assert np.all(np.diff(brightness) > 8)


@pytest.mark.extra("sfm")
def test_the_same_video_gives_the_same_bytes(clip: Path, tmp_path: Path) -> None:
    one, two = (extract_frames(clip, tmp_path / name, count=6) for name in ("one", "two"))
    assert [path.read_bytes() for path, _ in one] == [path.read_bytes() for path, _ in two]


@pytest.mark.extra("sfm")
def test_what_is_no_video_or_too_short_is_told(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"not a video" * 50)
    with pytest.raises(ValueError, match=r"a\.mp4: is not a readable video"):
        extract_frames(tmp_path / "a.mp4", tmp_path / "frames")
    with pytest.raises(ValueError, match="has only 24 frames"):
        extract_frames(clip, tmp_path / "frames", fewest=30)


def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ImportError, match=r"pip install 'scenewright\[sfm\]'"):
        extract_frames(tmp_path / "a.mp4", tmp_path)
