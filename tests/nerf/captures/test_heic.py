"""HEIC photos become PNGs that keep what EXIF knows; without the extra the message says what to install."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.captures.heic import decoded, to_png
from nerf.photo import read_header, read_rgb


@pytest.fixture
def pillow_heif() -> object:
    if importlib.util.find_spec("pillow_heif") is None:
        pytest.skip("needs pillow-heif: pip install 'scenewright[heic]'")
    import pillow_heif

    return pillow_heif


def _write(pillow_heif: object, path: Path, exif: Image.Exif) -> np.ndarray:
    y, x = np.mgrid[0:48, 0:64]
    pixels = np.stack([4 * x, 5 * y, np.full_like(x, 90)], axis=2).astype(np.uint8)
    photo = pillow_heif.from_pillow(Image.fromarray(pixels))  # type: ignore[attr-defined]
    photo.save(path, quality=-1, exif=exif.tobytes())
    return pixels


@pytest.mark.extra("heic")
def test_colours_and_focal_length_survive(tmp_path: Path, pillow_heif: object) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 28
    pixels = _write(pillow_heif, tmp_path / "IMG_1.HEIC", exif)
    png = decoded(tmp_path / "IMG_1.HEIC", tmp_path / "scratch")
    assert np.abs(read_rgb(png).astype(int) - pixels).mean() < 4
    assert read_header(png).focal_35mm == 28.0
    assert decoded(tmp_path / "IMG_1.HEIC", tmp_path / "scratch") == png


@pytest.mark.extra("heic")
def test_a_turned_photo_comes_out_upright_and_is_not_turned_twice(tmp_path: Path, pillow_heif: object) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = _write(pillow_heif, tmp_path / "IMG_1.HEIC", exif)
    header = read_header(decoded(tmp_path / "IMG_1.HEIC", tmp_path / "scratch"))
    shown = read_rgb(decoded(tmp_path / "IMG_1.HEIC", tmp_path / "scratch"), header.orientation)
    assert shown.shape == (64, 48, 3)
    assert np.abs(shown.astype(int) - np.rot90(pixels, -1)).mean() < 4


@pytest.mark.extra("heic")
def test_what_is_no_heic_is_told(tmp_path: Path, pillow_heif: object) -> None:
    (tmp_path / "a.heic").write_bytes(b"not a photo at all" * 9)
    with pytest.raises(ValueError, match=r"a\.heic: is not a readable HEIC photo"):
        to_png(tmp_path / "a.heic", tmp_path / "a.png")


def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ImportError, match=r"pip install 'scenewright\[heic\]'"):
        to_png(tmp_path / "a.heic", tmp_path / "a.png")


def test_other_photos_are_left_where_they_are(tmp_path: Path) -> None:
    assert decoded(tmp_path / "a.jpg", tmp_path / "scratch") == tmp_path / "a.jpg"
    assert not (tmp_path / "scratch").exists()
