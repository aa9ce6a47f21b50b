from pathlib import Path

import numpy as np
from PIL import Image
from scipy.spatial.transform import Rotation

from meshing.alignment import Alignment
from nerf.camera import Camera
from nerf.frame import identity_frame
from nerf.posed_images import DepthEncoding, Photo, PosedImages, Source
from pipeline.stage import Context
from pipeline.stages.calibrate_colour import CalibrateColourConfig, _moved, calibrate_colour

SENSOR = Camera(160, 120, 140.0, 140.0, 80.0, 60.0)


def look(camera: Camera, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colours and depth of the corner of a room, 1.2 to 2.5 away, whose paint is a formula of the place."""
    y, x = np.mgrid[: camera.height, : camera.width] + 0.5
    local = np.stack([(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, np.ones_like(x)], axis=-1)
    rays = local @ pose[:3, :3].T
    with np.errstate(divide="ignore"):
        reached = (np.array([1.5, 1.2, 2.5]) - pose[:3, 3]) / rays
    depth = np.where(reached > 0, reached, np.inf).min(axis=-1)
    place = pose[:3, 3] + rays * depth[..., None]
    return 0.5 + 0.3 * (np.sin(4 * place) + 0.5 * np.sin(11 * place[..., [1, 2, 0]])), depth


def shaken_capture(folder: Path) -> tuple[PosedImages, np.ndarray]:
    """Ten photos beside the depth camera, each taken a little late; and where they were taken from."""
    rng = np.random.default_rng(0)
    photos, poses, taken = [], [], []
    for k in range(10):
        pose, late = np.eye(4), np.eye(4)
        turns = 0.25 + 0.12 * k, 0.3 * np.sin(2 * k), 0.4 * np.cos(k)
        pose[:3, :3] = Rotation.from_euler("YXZ", turns).as_matrix()
        pose[:3, 3] = -0.1 * k, 0.05 * (k % 3), 0.06 * k
        late[:3, :3] = Rotation.from_rotvec(0.01 * rng.normal(size=3)).as_matrix()
        late[:3, 3] = 0.05, 0.0, 0.0
        colour, depth = folder / f"{k}.png", folder / f"{k}.depth.png"
        Image.fromarray(np.uint8(np.clip(255 * look(SENSOR, pose @ late)[0], 0, 255))).save(colour)
        Image.fromarray(np.uint16(np.round(1000 * look(SENSOR, pose)[1]))).save(depth)
        photos.append(Photo(str(k), colour, 0, depth=depth))
        poses.append(pose)
        taken.append(pose @ late)
    encoding = DepthEncoding(units_per_step=0.001)
    source = Source("made up")
    views = PosedImages((SENSOR,), tuple(photos), np.stack(poses), identity_frame(), source, depth_encoding=encoding)
    return views, np.stack(taken)


def disagreement(poses: np.ndarray, taken: np.ndarray) -> float:
    """How far apart photos paint the same point of the room, in metres.

    What they have in common, all lying on walls a little further, hardly shows in photos of three walls.
    """
    points = np.random.default_rng(1).uniform((0.0, -0.5, 1.5), (1.5, 1.2, 2.5), (200, 3))
    moved = poses @ np.linalg.inv(taken)
    painted = points @ moved[:, :3, :3].transpose(0, 2, 1) + moved[:, None, :3, 3]
    return float(np.linalg.norm(painted - painted.mean(axis=0), axis=-1).mean())


def test_each_photo_comes_to_where_the_others_say_it_was_taken(tmp_path: Path) -> None:
    views, taken = shaken_capture(tmp_path)
    context = Context(0, tmp_path / "stage")
    found = calibrate_colour(CalibrateColourConfig(voxel=0.04), context, views=views)
    before, after = (disagreement(which.world_from_camera, taken) for which in (views, found))
    assert after < 0.5 * before
    assert context.metrics["difference_after_alignment"] < 0.2 * context.metrics["difference_before_alignment"]
    depth = found.depth(4)
    wanted = look(found.camera(4), found.world_from_camera[4])[1]
    assert np.median(np.abs(depth - wanted)[depth > 0]) < 0.01, "depth as the photo's own camera sees it"


def test_moved_photos_show_points_where_the_alignment_put_them() -> None:
    lens = (0.1, -0.05, 0.001, 0.002)
    camera = Camera(80, 60, 70.0, 71.0, 41.0, 28.0, "opencv", lens)
    views = PosedImages(
        (camera,), (Photo("a", Path("a.png"), 0),), np.eye(4)[None], identity_frame(), Source("made up")
    )
    turned = np.eye(4)
    turned[:3, 3] = 0.1, 0.2, 0.3
    found = _moved(views, Alignment(turned[None], 0.9, 2.0, 1.0))
    points = np.array([[0.2, 0.1, 1.0], [-0.3, 0.25, 1.2], [0.0, 0.0, 2.0]])
    middle = np.array([40.0, 30.0])
    np.testing.assert_allclose(found.camera(0).project(points), middle + 0.9 * (camera.project(points) - middle))
    np.testing.assert_array_equal(found.world_from_camera[0], turned)
