from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.camera import Camera
from nerf.frame import identity_frame
from nerf.point_cloud import PointCloud, points_from_depth, sparse_points
from nerf.posed_images import Photo, PosedImages, Source, SparsePoints

CAMERA = Camera(8, 6, 10.0, 10.0, 4.0, 3.0)


def wall(folder: Path) -> PosedImages:
    """Two views of a wall at world z = 2, one from 1 m nearer, moved sideways; a hole in the first one's depth."""
    near = np.eye(4)
    near[:3, 3] = [0.5, 0, 1]
    photos = []
    for name, depth in (("far", 2000), ("near", 1000)):
        pixels = np.full((6, 8), depth, np.uint16)
        if name == "far":
            pixels[:, :4] = 0
        Image.fromarray(pixels).save(folder / f"{name}.depth.png")
        Image.new("RGB", (8, 6), (200, 10, 10) if name == "far" else (10, 200, 10)).save(folder / f"{name}.png")
        photos.append(Photo(name, folder / f"{name}.png", 0, depth=folder / f"{name}.depth.png"))
    return PosedImages((CAMERA,), tuple(photos), np.stack([np.eye(4), near]), identity_frame("metre"), Source("made"))


def test_measured_pixels_become_points_on_the_wall(tmp_path: Path) -> None:
    cloud = points_from_depth(wall(tmp_path), 40, seed=0)
    np.testing.assert_allclose(cloud.points[:, 2], 2.0, rtol=1e-6)
    assert cloud.colors is not None
    far = cloud.colors[:, 0] == 200
    assert far.sum() == 20
    assert (cloud.points[far, 0] > 0).all()  # its left half measured nothing
    assert np.abs(cloud.points[~far, 0] - 0.5).max() < 0.4


def test_the_same_seed_draws_the_same_points(tmp_path: Path) -> None:
    views = wall(tmp_path)
    first, second, other = (points_from_depth(views, 10, seed).points for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_points_survive_the_disk(tmp_path: Path) -> None:
    cloud = PointCloud(np.random.default_rng(0).normal(size=(5, 3)), np.arange(15, dtype=np.uint8).reshape(5, 3))
    cloud.save(tmp_path)
    again = PointCloud.load(tmp_path)
    np.testing.assert_array_equal(again.points, cloud.points)
    np.testing.assert_array_equal(again.colors, cloud.colors)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    views = wall(tmp_path)
    with pytest.raises(ValueError, match="brought no points"):
        sparse_points(views)
    bare = PosedImages(
        (CAMERA,),
        views.photos,
        views.world_from_camera,
        views.scene,
        views.source,
        points=SparsePoints(np.ones((2, 3))),
    )
    assert len(sparse_points(bare).points) == 2
    with pytest.raises(ValueError, match=r"finite .*row 1"):
        PointCloud(np.array([[0.0, 0, 0], [np.nan, 0, 0]]))
