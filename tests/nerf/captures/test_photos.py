"""Photos without poses are placed by structure from motion: real ones, and where their true poses are known."""

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.captures.photos import photo_files, read_photos
from nerf.captures.read import read_capture

Write = Callable[..., Path]


@pytest.fixture
def pycolmap() -> None:
    if importlib.util.find_spec("pycolmap") is None:
        pytest.skip("needs pycolmap: pip install 'scenewright[sfm]'")


def test_photos_are_found_in_the_order_of_their_numbers(tmp_path: Path, write_photo: Write) -> None:
    for name in ("images/img10.jpg", "images/img9.JPG", "images/img1.HEIC", "images/notes.txt"):
        write_photo(tmp_path / f"{name}.png").rename(tmp_path / name)
    assert [path.name for path in photo_files(tmp_path)] == ["img1.HEIC", "img9.JPG", "img10.jpg"]
    assert photo_files(tmp_path / "gone") == []


def test_two_photos_are_too_few(tmp_path: Path, write_photo: Write) -> None:
    for number in range(2):
        write_photo(tmp_path / f"{number}.jpg")
    with pytest.raises(ValueError, match=r"at least 3 of them \(got 2\)"):
        read_photos(tmp_path, tmp_path / "scratch")


def test_damaged_photos_are_named_before_any_work(tmp_path: Path, write_photo: Write) -> None:
    for number in range(4):
        write_photo(tmp_path / f"{number}.jpg", 64, 48)
    (tmp_path / "2.jpg").write_bytes((tmp_path / "2.jpg").read_bytes()[:300])
    with pytest.raises(ValueError, match=r"2\.jpg: is cut short"):
        read_photos(tmp_path, tmp_path / "scratch")


@pytest.mark.extra("sfm")
def test_photos_of_nothing_cannot_be_placed(tmp_path: Path, pycolmap: None) -> None:
    for number in range(4):
        Image.new("RGB", (320, 240), (number, 90, 90)).save(tmp_path / f"{number}.jpg")
    with pytest.raises(ValueError, match="could not be placed"):
        read_capture(tmp_path)


@pytest.mark.extra("sfm")
def test_real_photos_are_placed_where_they_were_taken(shared_data: Path, tmp_path: Path, pycolmap: None) -> None:
    known = read_capture(shared_data / "fox")
    for photo in known.photos[:16:2]:
        target = tmp_path / "photos" / photo.image.name
        target.parent.mkdir(exist_ok=True)
        picture = Image.open(photo.image).resize((405, 720), Image.Resampling.LANCZOS)
        exif = Image.Exif()
        exif[0x0112] = 6  # stored lying on its side, as phones do
        picture.transpose(Image.Transpose.ROTATE_90).save(target, quality=95, exif=exif.tobytes())
    views = read_capture(tmp_path / "photos", scratch=tmp_path / "scratch")
    assert (len(views), views.source.format) == (8, "photos")
    assert views.image(0).shape == (720, 405, 3)
    assert views.photos[0].image == tmp_path / "photos" / views.names[0]
    true_focal = 1375.52 * 405 / 1080
    assert views.cameras[0].fx == pytest.approx(true_focal, rel=0.03)
    true = known.world_from_camera[:16:2, :3, 3]
    assert _misfit(views.world_from_camera[:, :3, 3], true) < 0.01 * np.ptp(true, axis=0).max()
    assert views.scene.gravity == "estimated"
    assert views.world_from_camera[:, 1, 1].max() < -0.7  # upright
    assert views.points is not None
    assert len(views.points.xyz) > 300


@pytest.mark.extra("sfm")
def test_the_same_photos_are_placed_to_the_same_bits(tmp_path: Path, pycolmap: None) -> None:
    demo = Path(__file__).resolve().parents[3] / "assets/captures/demo"
    (tmp_path / "photos").mkdir()
    for number in range(30, 37):
        shutil.copy(demo / f"frame-{number:06d}.color.jpg", tmp_path / "photos" / f"{number}.jpg")
    one, two = (read_capture(tmp_path / "photos", scratch=tmp_path / name) for name in ("one", "two"))
    assert len(one) >= 5
    assert np.array_equal(one.world_from_camera, two.world_from_camera)
    assert one.cameras == two.cameras


def _misfit(found: np.ndarray, true: np.ndarray) -> float:
    """The largest distance after the best similarity (Umeyama 1991)."""
    start, end = found - found.mean(axis=0), true - true.mean(axis=0)
    left, scales, right = np.linalg.svd(end.T @ start)
    sign = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    scale = np.trace(np.diag(scales) @ sign) / (start**2).sum()
    return float(np.linalg.norm(scale * start @ (left @ sign @ right).T - end, axis=1).max())
