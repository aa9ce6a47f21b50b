import numpy as np
import pytest
import torch

from nerf.objects import viewpoints
from nerf.style.mapping import broadcast
from nerf.style.stylenerf import StyleNerf, StyleNerfConfig
from nerf.style.stylenerf_shape import PublishedShape, published_pictures

SMALL = StyleNerfConfig(
    z=6, w=8, mapping_depth=2, width=8, blocks=2, octaves=3, features=8, background_z=3, background_width=6,
    background_blocks=2, sizes=((8, 8),), grid=4, samples=12, background_samples=3, depths=(0.8, 1.2),
)  # fmt: skip
W = np.zeros(8, np.float32)


def wall(density: float = 500.0) -> StyleNerf:
    """Weights whose field is dense on the side to our right, and empty on the left."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = StyleNerf(SMALL).eval().requires_grad_(False)
    for layer in model.foreground.layers:
        layer.weight.zero_()
    model.foreground.layers[0].weight[0, 1] = 1.0  # sin(pi * their y), which is our x
    for layer in list(model.foreground.layers)[1:]:
        layer.weight[0, 0] = 1.0
    model.foreground.density.weight.zero_()
    model.foreground.density.weight[0, 0] = density
    return model


def test_their_left_is_our_right_and_nothing_lies_outside_of_the_ball() -> None:
    shape = PublishedShape(wall(), W)
    assert shape.radius == pytest.approx(0.2)
    right, left, outside = shape.density(np.array([[0.1, 0, 0], [-0.1, 0, 0], [0.3, 0, 0]]))
    assert right > 100
    assert left == 0
    assert outside == 0


def test_a_picture_has_the_opaque_half_where_the_field_has_it_with_its_depth() -> None:
    shape = PublishedShape(wall(1e5), W)
    camera = shape.camera()
    assert camera.width == 8
    rgb, opacity, depth = shape.picture(camera, viewpoints.pose(0.0, 0.0, shape.distance))
    assert rgb.shape == (8, 8, 3)
    assert opacity[:, 6:].min() > 0.9
    assert opacity[:, :2].max() < 0.1
    assert depth[:, :2].max() == 0
    assert np.allclose(depth[:, 6:], 0.8, atol=0.05)  # the first sample in the ball takes all


def test_the_level_of_the_surface_grows_as_the_ball_shrinks() -> None:
    shape = PublishedShape(wall(), W)
    assert 1 - np.exp(-shape.surface * 0.025 * 0.2 / 0.66) == pytest.approx(0.5)
    assert shape.surface_level(views=1, side=8, samples=16) <= shape.surface


def test_cameras_stay_between_those_of_the_training() -> None:
    poses = PublishedShape(wall(), W).poses(50)
    azimuths, elevations = viewpoints.angles_of(poses)
    assert np.abs(azimuths).max() <= 0.3
    assert np.abs(elevations).max() <= 0.155
    assert np.ptp(azimuths) > 0.5
    assert azimuths[0] == pytest.approx(0)  # the first one sees the front


def test_a_style_for_each_layer_serves_as_one_for_all_and_pictures_come_side_by_side() -> None:
    model = wall()
    w = torch.randn(2, 8, generator=torch.Generator().manual_seed(0))
    several = broadcast(w, model.n_styles).numpy()
    assert np.array_equal(published_pictures(model, w.numpy(), 2), published_pictures(model, several, 2))
    assert published_pictures(model, w.numpy(), 3).shape == (2, 3, 8, 8, 3)
    points = np.array([[0.02, 0.01, 0.0]])
    colour = PublishedShape(model, several[0]).colour(points, np.zeros((1, 3)))
    assert colour.min() >= 0
    assert colour.max() <= 1
