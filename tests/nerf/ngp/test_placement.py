from dataclasses import replace

import numpy as np
import pytest

from nerf.camera import Camera
from nerf.ngp.placement import check, focus, marching, place
from nerf.ngp.settings import Training
from nerf.posed_images import PosedImages


def test_cameras_around_a_ball_focus_on_it(ball: PosedImages) -> None:
    point, distance = focus(ball)
    np.testing.assert_allclose(point, 0, atol=1e-9)
    assert distance == pytest.approx(3)


def test_silhouettes_give_a_tight_box(ball: PosedImages) -> None:
    volume = place(ball, Training())
    assert not volume.contracted
    assert 0.8 < volume.half_size < 1.2
    np.testing.assert_allclose(volume.centre, 0, atol=0.1)


def test_without_alpha_or_when_asked_space_is_unbounded(ball: PosedImages) -> None:
    volume = place(ball, Training(unbounded=True))
    assert volume.contracted
    settings = marching(ball, volume, Training())
    assert settings.cone > 0
    assert 0 < settings.near < 3 * volume.scale


def test_told_bounds_are_kept(ball: PosedImages) -> None:
    volume = place(ball, Training(bounds=((0.0, 0.0, 0.0), (2.0, 4.0, 2.0))))
    np.testing.assert_allclose(volume.centre, [1, 2, 1])
    assert volume.half_size == 2


@pytest.mark.parametrize("scale", [1e-6, 1e9])
def test_the_unit_of_length_does_not_matter(ball: PosedImages, scale: float) -> None:
    poses = ball.world_from_camera.copy()
    poses[:, :3, 3] *= scale
    scaled = replace(ball, world_from_camera=poses)
    check(scaled)
    assert place(scaled, Training()).half_size == pytest.approx(scale * place(ball, Training()).half_size)


def test_captures_that_cannot_work_are_refused_in_a_sentence(ball: PosedImages) -> None:
    same = replace(ball, world_from_camera=np.repeat(ball.world_from_camera[:1], 24, 0))
    with pytest.raises(ValueError, match="same place"):
        check(same)
    with pytest.raises(ValueError, match="3 photos are too few"):
        check(ball.subset([0, 1, 2]))
    with pytest.raises(ValueError, match="not in pixels"):
        check(replace(ball, cameras=(Camera(4000, 3000, 35.0, 35.0, 2000.0, 1500.0),)))
    broken = ball.world_from_camera.copy()
    broken[5, 0, 3] = np.nan
    with pytest.raises(ValueError, match="pose of 5 "):
        check(replace(ball, world_from_camera=broken))
