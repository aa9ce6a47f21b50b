"""Pictures of a field show what is there: a ball has its depth, its normals and its silhouette."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.camera import from_field_of_view
from nerf.camera_path import turntable
from nerf.ngp.fit import fit
from nerf.ngp.levels import Levels
from nerf.ngp.radiance_field import RadianceField
from nerf.ngp.settings import Stop, Training
from nerf.ngp.shots import Shots, shoot
from nerf.posed_images import PosedImages

RADIUS = 0.8


@pytest.fixture(scope="module")
def ball_field(ball: PosedImages) -> RadianceField:
    """The ball of the tests' capture, learned."""
    levels = Levels(6, 4, 12, 8, 128)
    return fit(ball, Training(levels=levels, stop=Stop(steps=300), batch_samples=2048, grid_size=32))


def test_depth_and_normals_are_those_of_a_ball(ball_field: RadianceField, tmp_path: Path) -> None:
    camera, poses = from_field_of_view(40, 40, 0.7), turntable(np.zeros(3), 3.0, 0.3, 3)
    views = shoot(ball_field, [camera] * 3, poses, tmp_path, Shots(normals=True))
    for view in range(3):
        eye, turn = poses[view, :3, 3], poses[view, :3, :3]
        rays = camera.directions(camera.pixel_centres())
        unit = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        toward = -(unit @ turn.T @ eye)
        inside = toward**2 - (eye @ eye - RADIUS**2)
        solid = inside > 0.2
        depth = ((toward - np.sqrt(np.maximum(inside, 0))) * unit[:, 2])[solid]
        found = views.depth(view).reshape(-1)
        assert np.median(np.abs(found[solid] - depth)) < 0.08
        assert not found[inside < -0.3].any()
        normals = np.asarray(Image.open(views.normals[view])).reshape(-1, 3)[solid] / 127.5 - 1
        points = eye + depth[:, None] * (rays[solid] @ turn.T)
        for side in range(3):  # single normals of a field learned this briefly are noisy, but not where they point to
            part = np.argsort(points[:, side])[-len(points) // 4 :]
            mean, true = normals[part].mean(0), points[part].mean(0)
            assert mean @ true > 0.93 * np.linalg.norm(mean) * np.linalg.norm(true)
        assert (views.image(view).reshape(-1, 3)[inside < -0.3] > 250).all()
        colour = views.image(view).reshape(-1, 3)[solid] / 255
        assert np.abs(colour - (0.5 + 0.5 * points / RADIUS)).mean() < 0.06


def test_a_film_has_one_picture_per_view_and_nothing_more_is_made_than_asked(
    ball_field: RadianceField, tmp_path: Path
) -> None:
    camera, poses = from_field_of_view(16, 12, 0.8), turntable(np.zeros(3), 3.0, 0.0, 4)
    seen: list[int] = []
    views = shoot(ball_field, [camera] * 4, poses, tmp_path, Shots(depth=False, film="webp"), progress=seen.append)
    assert seen == [1, 2, 3, 4]
    assert not views.has_depth
    assert views.normals == ()
    assert views.film is not None
    with Image.open(views.film) as film:
        assert film.n_frames == 4  # type: ignore[attr-defined]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.webp", "images"]


def test_depth_is_kept_when_the_camera_stands_far_away(ball_field: RadianceField, tmp_path: Path) -> None:
    camera, poses = from_field_of_view(16, 16, 0.05), turntable(np.zeros(3), 20.0, 0.0, 1)
    views = shoot(ball_field, [camera], poses, tmp_path, Shots())
    assert abs(float(views.depth(0)[8, 8]) - 19.2) < 0.1
