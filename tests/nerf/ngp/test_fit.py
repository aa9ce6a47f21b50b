from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.ngp.fit import Progress, coarse, fit
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.prior import Prior
from nerf.ngp.radiance_field import RadianceField
from nerf.ngp.settings import Stop, Training
from nerf.posed_images import PosedImages

SMALL = Training(
    levels=Levels(6, 4, 12, 8, 128), stop=Stop(steps=80), batch_samples=2048, grid_size=32, steps_per_side=128,
    coarse_steps=20, checkpoint_every=30,
)  # fmt: skip


def _bytes(field: RadianceField) -> bytes:
    bias = b"" if field.bias is None else field.bias.tobytes()
    return field.table.tobytes() + field.weights.tobytes() + field.occupied.tobytes() + bias


def _sphere(noise: float) -> np.ndarray:
    rng = np.random.default_rng(3)
    points = rng.normal(size=(3000, 3))
    return 0.8 * points / np.linalg.norm(points, axis=1, keepdims=True) + rng.normal(size=(3000, 3)) * noise


def test_a_ball_is_learned_from_its_photos(ball: PosedImages) -> None:
    field = fit(ball, replace(SMALL, stop=Stop(steps=300)))
    assert field.facts["score"]["psnr"] > 24
    assert field.facts["split"] == "the capture's own test photos"
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(200, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    assert np.median(field.density(0.77 * normals)) > 20 * max(np.median(field.density(1.1 * normals)), 0.1)
    np.testing.assert_allclose(np.linalg.norm(field.normals(0.8 * normals), axis=1).max(), 1, atol=1e-6)
    seen = field.depth(ball.camera(20), ball.world_from_camera[20])
    assert seen[20, 20] == pytest.approx(3 - 0.8, abs=0.08)
    assert seen[0, 0] == 0


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(ball: PosedImages) -> None:
    first, again, other = (fit(ball, replace(SMALL, seed=seed)) for seed in (1, 1, 2))
    assert _bytes(first) == _bytes(again)
    assert first.facts == again.facts
    assert _bytes(first) != _bytes(other)


class Interrupted(Exception):
    pass


@pytest.mark.parametrize(
    ("settings", "prior"),
    [(SMALL, None), (replace(SMALL, guided=0.3, exposure=True), None), (SMALL, Prior(_sphere(0.02), fade_steps=64))],
    ids=["plain", "guided", "prior"],
)
def test_a_resumed_run_equals_one_that_never_stopped(
    ball: PosedImages, tmp_path: Path, settings: Training, prior: Prior | None
) -> None:
    def stop(progress: Progress) -> None:
        if progress.step == 47:
            raise Interrupted

    whole = fit(ball, settings, prior=prior)
    with pytest.raises(Interrupted):
        fit(ball, settings, folder=tmp_path, prior=prior, progress=stop)
    steps: list[int] = []
    resumed = fit(ball, settings, folder=tmp_path, prior=prior, progress=lambda p: steps.append(p.step))
    assert steps[0] == 31
    assert (whole.bias is None) == (prior is None)
    assert _bytes(resumed) == _bytes(whole)


def test_training_stops_at_a_psnr_or_when_time_is_up(ball: PosedImages) -> None:
    ticks = iter(np.arange(0, 1000, 0.5))
    timed = fit(ball, replace(SMALL, stop=Stop(seconds=10.0)), clock=lambda: float(next(ticks)))
    assert 15 <= timed.facts["steps"] <= 25
    good = fit(ball, replace(SMALL, stop=Stop(psnr=18.0, steps=2000)))
    assert good.facts["curve"][-1]["psnr"] >= 18
    assert good.facts["steps"] < 2000


def test_points_speed_training_up_and_are_reported(ball: PosedImages) -> None:
    settings = replace(SMALL, stop=Stop(steps=60), carve=False)
    plain = fit(ball, settings)
    helped = fit(ball, settings, prior=Prior(_sphere(0.02), guard_steps=32, fade_steps=64))
    assert helped.facts["score"]["psnr"] > plain.facts["score"]["psnr"] + 1
    assert helped.facts["prior"]["noise"] == pytest.approx(0.02, rel=0.5)


def test_a_hopeless_prior_is_left_out_and_said_so(ball: PosedImages) -> None:
    points = np.random.default_rng(0).uniform(-1.2, 1.2, (20_000, 3))
    settings = replace(SMALL, stop=Stop(steps=20))
    field = fit(ball, settings, prior=Prior(points))
    assert "ignored" in field.facts["prior"]
    assert _bytes(field) == _bytes(fit(ball, settings))


def test_a_prior_may_claim_most_of_what_silhouettes_leave(ball: PosedImages) -> None:
    points = np.random.default_rng(0).normal(size=(3000, 3))
    points *= 0.8 / np.linalg.norm(points, axis=1, keepdims=True)
    field = fit(ball, replace(SMALL, stop=Stop(steps=2)), prior=Prior(points))
    assert "ignored" not in field.facts["prior"]


def test_poses_that_do_not_belong_to_the_photos_are_said_so(ball: PosedImages) -> None:
    flip = np.diag([1.0, -1, -1, 1])
    wrong = replace(ball, world_from_camera=ball.world_from_camera @ flip)
    with pytest.raises(ValueError, match="camera axes"):
        fit(wrong, replace(SMALL, stop=Stop(steps=250), bounds=((-1.5, -1.5, -1.5), (1.5, 1.5, 1.5)), carve=False))


def test_ray_steps_are_longer_at_first() -> None:
    settings = Marching(step=0.01)
    assert [coarse(settings, step, 100).step for step in (0, 49, 50, 99, 100)] == [0.04, 0.04, 0.02, 0.02, 0.01]
    assert [coarse(settings, step, 100, 2.0).step for step in (0, 50, 100)] == [0.02, 0.02, 0.01]
    assert [coarse(settings, step, 100, 1.0).step for step in (0, 50, 100)] == [0.01, 0.01, 0.01]


def test_a_black_photo_among_good_ones_teaches_nothing(ball: PosedImages, tmp_path: Path) -> None:
    Image.new("RGBA", (40, 40), (0, 0, 0, 255)).save(tmp_path / "black.png")
    photos = list(ball.photos)
    photos[5] = replace(photos[5], image=tmp_path / "black.png")
    settings = replace(SMALL, stop=Stop(steps=100), carve=False)
    without = fit(replace(ball, photos=tuple(photos)), settings)
    assert without.facts["left_out"] == ["5"]
    assert without.facts["score"]["psnr"] > fit(ball, settings).facts["score"]["psnr"] - 1


def test_a_scene_of_a_thousand_million_units_is_learned_like_any_other(ball: PosedImages) -> None:
    poses = ball.world_from_camera.copy()
    poses[:, :3, 3] *= 1e9
    settings = replace(SMALL, stop=Stop(steps=60))
    large, usual = (fit(views, settings) for views in (replace(ball, world_from_camera=poses), ball))
    assert large.facts["score"]["psnr"] == pytest.approx(usual.facts["score"]["psnr"], abs=0.5)
    inside = np.array([[0.1, 0.2, -0.1]])
    assert float(large.density(1e9 * inside)[0]) == pytest.approx(float(usual.density(inside)[0]) / 1e9, rel=0.2)


@pytest.mark.parametrize("broken", ["same place", "too few", "not finite", "not in pixels"])
def test_captures_that_cannot_work_end_in_a_sentence_before_any_training(ball: PosedImages, broken: str) -> None:
    poses = ball.world_from_camera.copy()
    poses[3, 1, 1] = np.nan
    (camera,) = ball.cameras
    captures = {
        "same place": replace(ball, world_from_camera=np.repeat(ball.world_from_camera[:1], len(ball), 0)),
        "too few": ball.subset([0, 1, 2]),
        "not finite": replace(ball, world_from_camera=poses),
        "not in pixels": replace(ball, cameras=(replace(camera, fx=0.035, fy=0.035),)),
    }
    with pytest.raises(ValueError, match=broken) as raised:
        fit(captures[broken], SMALL)
    assert "\n" not in str(raised.value)
