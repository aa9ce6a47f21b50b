"""COLMAP captures: world-to-camera becomes camera-to-world, photos are found, missing ones named."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nerf.captures.colmap import find_model
from nerf.captures.read import read_capture

FLIP = np.diag([1.0, -1.0, -1.0, 1.0])


def _quaternion(rotation: np.ndarray) -> np.ndarray:
    """Real part first, by the eigenvector that belongs to the rotation (Bar-Itzhack 2000)."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = rotation
    matrix = np.array(
        [
            [xx + yy + zz, zy - yz, xz - zx, yx - xy],
            [zy - yz, xx - yy - zz, xy + yx, xz + zx],
            [xz - zx, xy + yx, yy - xx - zz, yz + zy],
            [yx - xy, xz + zx, yz + zy, zz - xx - yy],
        ]
    )
    return np.asarray(np.linalg.eigh(matrix)[1][:, -1])


@pytest.fixture
def write(
    tmp_path: Path, write_photo: Callable[..., Path], ring: Callable[[int], list[np.ndarray]]
) -> Callable[..., Path]:
    """A function that writes a text model of a ring of cameras in COLMAP's world, about y down."""

    def write_model(model: str = "sparse/0", count: int = 4, camera: int = 1) -> Path:
        folder = tmp_path / model
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cameras.txt").write_text("1 PINHOLE 12 8 10 10 6 4\n")
        lines = ""
        for number, pose in enumerate(ring(count)):
            write_photo(tmp_path / f"images/{number}.png")
            camera_from_world = np.linalg.inv(FLIP @ pose)
            values = [*_quaternion(camera_from_world[:3, :3]), *camera_from_world[:3, 3]]
            lines += f"{number} {' '.join(map(str, values))} {camera} {number}.png\n\n"
        (folder / "images.txt").write_text(lines)
        (folder / "points3D.txt").write_text("1 0 -0.3 0 1 2 3 0.5\n")
        return tmp_path

    return write_model


def test_convention_world_to_camera_is_inverted_and_y_down_becomes_y_up(
    write: Callable[..., Path], ring: Callable[[int], list[np.ndarray]]
) -> None:
    views = read_capture(write())
    assert np.allclose(views.world_from_camera, np.stack(ring(4)), atol=1e-9)
    assert views.points is not None
    assert np.allclose(views.points.xyz, [[0, 0.3, 0]])
    assert np.allclose(views.scene.capture_points(views.points.xyz), [[0, -0.3, 0]])
    assert (views.scene.unit, views.scene.gravity) == ("unknown", "estimated")
    for view in range(4):  # the ring looks at this very point
        in_camera = np.linalg.inv(views.world_from_camera[view]) @ [0, 0.3, 0, 1]
        assert np.allclose(views.camera(view).project(in_camera[None, :3]), [[6, 4]])


@pytest.mark.parametrize("model", ["", "sparse", "sparse/0", "colmap/sparse/0", "sparse/3"])
def test_the_usual_places_of_a_model_are_known(write: Callable[..., Path], model: str) -> None:
    folder = write(model)
    assert find_model(folder) == folder / model
    assert len(read_capture(folder)) == 4


def test_the_largest_of_several_models_is_taken_and_that_is_said(write: Callable[..., Path]) -> None:
    write("sparse/0", count=2)
    folder = write("sparse/1", count=5)
    views = read_capture(folder)
    assert len(views) == 5
    assert "1 smaller models beside 1 were left out" in views.source.notes


def test_missing_photos_are_named_and_masks_are_found(
    write: Callable[..., Path], write_photo: Callable[..., Path]
) -> None:
    folder = write()
    (folder / "images/2.png").unlink()
    write_photo(folder / "masks/1.png.png")
    views = read_capture(folder)
    assert [skipped.name for skipped in views.skipped] == ["2.png"]
    assert views.photos[1].mask is not None
    assert views.mask(0) is None


def test_a_camera_that_does_not_exist_is_told(write: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match="camera 8 does not exist"):
        read_capture(write(camera=8))


def test_a_photo_out_of_the_capture_is_refused(write: Callable[..., Path]) -> None:
    folder = write()
    images = folder / "sparse/0/images.txt"
    images.write_text(images.read_text().replace("2.png", "../../../etc/passwd"))
    with pytest.raises(ValueError, match="must stay inside"):
        read_capture(folder)


def test_a_quaternion_that_is_no_rotation_is_told(write: Callable[..., Path]) -> None:
    folder = write()
    (folder / "sparse/0/images.txt").write_text("1 0 0 0 0 1 2 3 1 0.png\n\n")
    with pytest.raises(ValueError, match=r"0\.png: the pose must be finite with a unit quaternion"):
        read_capture(folder)


def test_no_photo_at_all_is_told(write: Callable[..., Path]) -> None:
    folder = write()
    for photo in (folder / "images").iterdir():
        photo.unlink()
    with pytest.raises(FileNotFoundError, match="none of the 4 photos"):
        read_capture(folder)
