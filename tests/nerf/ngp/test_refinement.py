"""Corrections do to rays what they say, their gradients are those of finite differences, and they find lost poses."""

from dataclasses import replace

import numpy as np
import pytest

from nerf.ngp.fit import fit
from nerf.ngp.levels import Levels
from nerf.ngp.refinement import (
    Corrections,
    centred,
    correct,
    corrections_gradient,
    nothing,
    open_levels,
    refined_views,
    rotations,
)
from nerf.ngp.settings import Stop, Training
from nerf.posed_images import PosedImages

VIEW, CAMERA = np.array([0, 1, 1, 0, 2]), np.array([0, 1, 0])


def _rays(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    poses = np.concatenate([rotations(rng.normal(size=(3, 3)).astype(np.float32)), rng.normal(size=(3, 3, 1))], 2)
    local = np.concatenate([rng.normal(size=(5, 2)) * 0.4, np.ones((5, 1))], 1)
    local /= np.linalg.norm(local, axis=1, keepdims=True)
    directions = np.einsum("rij,rj->ri", poses[VIEW, :, :3], local)
    return poses[VIEW, :, 3].astype(np.float32), directions.astype(np.float32), poses.astype(np.float32)


def test_no_correction_changes_nothing_and_a_zoom_narrows_the_view() -> None:
    origins, directions, poses = _rays(np.random.default_rng(0))
    same = correct(origins, directions, poses, VIEW, CAMERA, nothing(3, 2))
    np.testing.assert_allclose(same[0], origins, atol=1e-7)
    np.testing.assert_allclose(same[1], directions, atol=1e-6)
    zoomed = correct(origins, directions, poses, VIEW, CAMERA, replace(nothing(3, 2), zooms=np.float32([0.1, 0])))[1]
    forward = poses[VIEW, :, 2]
    tangents = [np.sqrt(1 / (d * forward).sum(1) ** 2 - 1) for d in (directions, zoomed)]
    np.testing.assert_allclose(tangents[1] / tangents[0], np.where(CAMERA[VIEW] == 0, np.exp(-0.1), 1), rtol=1e-4)


def test_gradients_are_those_of_finite_differences() -> None:
    rng = np.random.default_rng(1)
    origins, directions, poses = _rays(rng)
    a, b = rng.normal(size=(2, 5, 3)).astype(np.float32)

    def loss(corrections: Corrections) -> float:
        o, d = correct(origins, directions, poses, VIEW, CAMERA, corrections)
        return float((a.astype(np.float64) * o).sum() + (b.astype(np.float64) * d).sum())

    found = corrections_gradient(a, b, directions, poses[:, :, :3], VIEW, CAMERA, 2)
    for name in ("turns", "shifts", "zooms"):
        gradient = getattr(found, name)
        for index in np.ndindex(gradient.shape):
            slopes = []
            for sign in (1, -1):
                moved = nothing(3, 2)
                getattr(moved, name)[index] = sign * 1e-2
                slopes.append(loss(moved))
            assert gradient[index] == pytest.approx((slopes[0] - slopes[1]) / 2e-2, abs=2e-3), (name, index)


def test_levels_open_from_coarse_to_fine() -> None:
    assert open_levels(0.0, 8).tolist() == [1, 1, 0, 0, 0, 0, 0, 0]
    assert open_levels(0.5, 8).tolist() == [1] * 8
    middle = open_levels(0.25, 8)
    assert (np.diff(middle) <= 0).all()
    assert 0 < middle.sum() < 8


def test_what_all_photos_share_is_taken_out() -> None:
    some = nothing(4, 1)
    some.shifts += np.float32([1, 2, 3])
    some.turns[1] = 0.4
    centred(some)
    assert not some.shifts.any()
    np.testing.assert_allclose(some.turns.mean(0), 0, atol=1e-7)


def test_lost_poses_are_found_again(ball: PosedImages) -> None:
    """Photos turned by about a degree and a half: refined, the errors shrink and held-out photos are matched better."""
    rng = np.random.default_rng(3)
    poses = ball.world_from_camera.copy()
    train = np.array([k % 8 != 0 for k in range(len(ball))])
    turns = rng.normal(size=(len(ball), 3)) * 0.026 * train[:, None]
    poses[:, :3, :3] = rotations(turns.astype(np.float32)) @ poses[:, :3, :3]
    lost = replace(ball, world_from_camera=poses)
    training = Training(levels=Levels(6, 4, 12, 8, 128), stop=Stop(steps=500), batch_samples=2048, grid_size=32)
    plain, refined = (fit(lost, replace(training, refine_poses=refine)) for refine in (False, True))

    def error(views: PosedImages) -> float:
        """Mean distance in pixels between where photos see points of the ball and where they should."""
        points, apart = 0.5 * np.concatenate([np.eye(3), -np.eye(3)]), []
        for view in np.flatnonzero(train):
            seen = []
            for pose in (ball.world_from_camera[view], views.world_from_camera[view]):
                seen.append(ball.camera(0).project((points - pose[:3, 3]) @ pose[:3, :3]))
            apart.append(np.linalg.norm(seen[0] - seen[1], axis=1).mean())
        return float(np.mean(apart))

    assert error(lost) > 1.2
    assert error(refined_views(lost, refined)) < 0.7 * error(lost)
    assert refined.facts["score"]["psnr"] > plain.facts["score"]["psnr"] + 0.5
    assert refined_views(lost, plain) is lost
