import numpy as np
import pytest
import torch

from nerf.objects import viewpoints
from nerf.style.autoencoder import initial
from nerf.style.generator import StyleGenerator
from nerf.style.presets import preset
from nerf.style.shape import SURFACE, StyledShape, pictures
from nerf.style.volume import BALL, SLAB, density


def ball() -> StyleGenerator:
    """A generator whose every object fills the ball that is looked at."""
    generator = initial(preset("tiny").model, 0).generator
    with torch.no_grad():
        generator.field.density.bias.fill_(3.0)
    return generator


W = np.zeros(48, np.float32)


def test_half_of_the_light_is_taken_at_the_surface() -> None:
    assert 1 - np.exp(-SURFACE * SLAB) == pytest.approx(0.5)


def test_density_and_colour_are_the_generators_own_and_nothing_lies_outside_of_the_ball() -> None:
    generator = ball()
    points = np.array([[0, 0, 0], [0.3, 0.2, 0.1], [0.6, 0.6, 0.6]])
    shape = StyledShape(generator, W)
    styles = generator.styles(torch.from_numpy(W)[None])
    with torch.no_grad():
        raw, rgb = generator.at(torch.from_numpy(points.astype(np.float32))[None], generator.prepare(styles))
    assert np.allclose(shape.density(points)[:2], density(raw)[0, :2])
    assert shape.density(points)[2] == 0
    assert np.allclose(shape.colour(points, np.zeros((3, 3))), rgb[0], atol=1e-6)
    assert shape.bounds[1].tolist() == [BALL] * 3


def test_a_picture_of_a_ball_has_the_depth_of_a_ball() -> None:
    camera, pose = viewpoints.camera(32), viewpoints.pose(0.4, 0.3)
    rgb, opacity, depth = StyledShape(ball(), W).picture(camera, pose)
    assert rgb.shape == (32, 32, 3)
    assert opacity[16, 16] > 0.99
    assert depth[16, 16] == pytest.approx(viewpoints.DISTANCE - BALL, abs=0.08)


@pytest.mark.parametrize("count", [8, 24])
def test_each_side_is_seen_from_above_and_from_below(count: int) -> None:
    azimuths, heights = viewpoints.angles_of(StyledShape(ball(), W).poses(count))
    assert azimuths[0] == pytest.approx(0)
    assert heights[0] == pytest.approx(0.35)
    for side in range(4):  # of the front, the right, the back and the left
        near = np.cos(azimuths - side * np.pi / 2) > 0
        assert heights[near].min() < 0.2
        assert heights[near].max() > 0.5
        assert heights[near].mean() == pytest.approx(0.35, abs=0.12)


def test_pictures_of_many_styles_are_those_of_each() -> None:
    generator = ball()
    w = np.random.default_rng(0).normal(size=(2, 48)).astype(np.float32)
    camera, poses = viewpoints.camera(16), viewpoints.ring_of_poses(3)
    together = pictures(generator, w, camera, poses)
    assert together.shape == (2, 3, 16, 16, 3)
    alone = StyledShape(generator, w[1]).picture(camera, poses[2])[0]
    assert np.abs(together[1, 2].astype(int) - alone.astype(int)).max() <= 1


class Fog(StyledShape):
    """A ball of radius 0.3 that takes the light as a whole but nowhere half of it in a slab."""

    def __init__(self, density: float) -> None:
        self.fog = density

    def density(self, points: np.ndarray) -> np.ndarray:
        return np.where((np.asarray(points) ** 2).sum(1) < 0.3**2, self.fog, 0).astype(np.float32)


@pytest.mark.parametrize("share", [4.0, 0.6, 0.15])
def test_the_surface_of_an_unsure_field_lies_where_it_looks_solid(share: float) -> None:
    level = Fog(share * SURFACE).surface_level()
    assert level < share * SURFACE  # so the ball is inside
    assert level >= min(SURFACE, share * SURFACE / 2)  # and nothing fainter is asked for than is there


def test_a_field_that_shows_nothing_keeps_the_usual_level() -> None:
    assert Fog(0.0).surface_level() == SURFACE
