"""A sensor's colour camera with another lens and another place than its depth camera is found from what both saw."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.transform import Rotation

from nerf.camera import Camera
from nerf.captures.colour_camera import ColourCamera, find_colour_camera, with_colour_camera, with_depth_of
from nerf.frame import identity_frame
from nerf.posed_images import DepthEncoding, Photo, PosedImages, Source

WIDTH, HEIGHT, FOCAL = 160, 120, 140.0
WALLS = (np.array([1.0, 0, 0]), 1.5), (np.array([0.0, 0, 1]), 2.5), (np.array([0.0, 1, 0]), 1.2)


def look(focal: float, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colours and depth of the corner of a room whose paint is a formula of the place."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    local = np.stack([(x - WIDTH / 2) / focal, (y - HEIGHT / 2) / focal, np.ones_like(x)], -1)
    rays, depth = local @ pose[:3, :3].T, np.full((HEIGHT, WIDTH), np.inf)
    for normal, offset in WALLS:
        with np.errstate(divide="ignore"):
            reached = (offset - normal @ pose[:3, 3]) / (rays @ normal)
        depth = np.where((reached > 0) & (reached < depth), reached, depth)
    place = pose[:3, 3] + rays * np.where(np.isfinite(depth), depth, 0)[..., None]
    paint = np.sin(4 * place) + 0.5 * np.sin(11 * place[..., [1, 2, 0]])
    return 0.5 + 0.3 * paint, np.where(np.isfinite(depth), depth, 0)


def photograph(folder: Path, factor: float, offset: tuple[float, float]) -> PosedImages:
    """Ten views; the colour camera's focal length is `factor` times the depth camera's, and it stands `offset` away."""
    photos, poses = [], []
    for k in range(10):
        turn = 0.25 + 0.12 * k
        pose = np.eye(4)
        pose[:3, :3] = Rotation.from_euler("YXZ", (turn, 0.3 * np.sin(2 * k), 0.4 * np.cos(k))).as_matrix()
        pose[:3, 3] = -0.1 * k, 0.05 * (k % 3), 0.06 * k
        shift = np.eye(4)
        shift[:2, 3] = offset
        colour, depth = look(factor * FOCAL, pose @ shift)[0], look(FOCAL, pose)[1]
        Image.fromarray(np.clip(255 * colour, 0, 255).astype(np.uint8)).save(folder / f"{k}.png")
        Image.fromarray(np.round(1000 * depth).astype(np.uint16)).save(folder / f"{k}.depth.png")
        photos.append(Photo(str(k), folder / f"{k}.png", 0, depth=folder / f"{k}.depth.png"))
        poses.append(pose)
    camera = Camera(WIDTH, HEIGHT, FOCAL, FOCAL, WIDTH / 2, HEIGHT / 2)
    encoding = DepthEncoding(units_per_step=0.001)
    return PosedImages(
        (camera,), tuple(photos), np.stack(poses), identity_frame(), Source("made up"), depth_encoding=encoding
    )


def test_focal_length_and_place_are_found(tmp_path: Path) -> None:
    views = photograph(tmp_path, 0.9, (0.05, 0.0))
    found = find_colour_camera(views)
    assert found.focal == pytest.approx(0.9, abs=0.01)
    np.testing.assert_allclose(found.offset, (0.05, 0.0), atol=0.012)
    assert found.error_after < 0.2 * found.error_before
    right = with_colour_camera(views, found)
    assert right.cameras[0].fx == pytest.approx(FOCAL * found.focal)
    assert not right.has_depth
    moved = right.world_from_camera[3, :3, 3] - views.world_from_camera[3, :3, 3]
    np.testing.assert_allclose(moved @ views.world_from_camera[3, :3, :3], [*found.offset, 0], atol=1e-12)


def test_a_camera_that_is_right_stays_as_it_is(tmp_path: Path) -> None:
    found = find_colour_camera(photograph(tmp_path, 1.0, (0.0, 0.0)))
    assert found.focal == pytest.approx(1.0, abs=0.01)
    np.testing.assert_allclose(found.offset, 0, atol=0.012)


def test_without_depth_there_is_nothing_to_tell_it_from(tmp_path: Path) -> None:
    views = photograph(tmp_path, 1.0, (0.0, 0.0))
    with pytest.raises(ValueError, match="too few to calibrate"):
        find_colour_camera(with_colour_camera(views, find_colour_camera(views)))


def test_photos_get_the_depth_that_their_own_camera_would_have_measured(tmp_path: Path) -> None:
    sensor = photograph(tmp_path, 0.9, (0.05, -0.02))
    photos = with_colour_camera(sensor, ColourCamera(0.9, (0.05, -0.02), 1.0, 0.1))
    given = with_depth_of(photos, sensor, tmp_path / "depth")
    for view in (0, 6):
        wanted = look(0.9 * FOCAL, photos.world_from_camera[view])[1]
        found = given.depth(view)
        both = (found > 0) & (wanted > 0)
        assert both.mean() > 0.7
        error = np.abs(found - wanted)[both]
        assert np.median(error) < 0.006
        assert np.percentile(error, 95) < 0.05  # walls seen at a slant, to the nearest pixel


def test_photos_in_the_sensors_place_keep_its_depth(tmp_path: Path) -> None:
    sensor = photograph(tmp_path, 1.0, (0.0, 0.0))
    given = with_depth_of(sensor, sensor, tmp_path / "depth")
    np.testing.assert_allclose(given.depth(2), sensor.depth(2), atol=5e-4)
