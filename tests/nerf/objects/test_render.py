import numpy as np
import pytest

from nerf.objects import viewpoints
from nerf.objects.draft import Part
from nerf.objects.library import FAMILIES, build, make
from nerf.objects.model import Coat, Description, ObjectModel, assemble
from nerf.objects.render import Renderer
from nerf.objects.solids import Solid, ellipsoid

NOTHING = Description("ball", "ball", "red", "plain", None, None, None, False, (), (), 1.0)


def painted(*parts: tuple[Solid, tuple[float, float, float]]) -> ObjectModel:
    coats = {
        str(i): Coat(np.array(colour, np.float32), np.array(colour, np.float32)) for i, (_, colour) in enumerate(parts)
    }
    return assemble(NOTHING, [Part(solid, str(i)) for i, (solid, _) in enumerate(parts)], coats)


def test_a_ball_is_a_disc_of_the_right_size_and_depth() -> None:
    ball = Renderer(painted((ellipsoid((1, 1, 1), n=96), (1, 0, 0))))
    view = ball.view(viewpoints.camera(64), viewpoints.pose(0.3, 0.2))
    radius = 0.6 / np.sqrt(viewpoints.DISTANCE**2 - 0.36) * viewpoints.camera(64).fx
    assert np.isclose(view.mask.sum() / 255, np.pi * radius**2, rtol=0.01)
    assert np.isclose(view.depth[31:33, 31:33].mean(), viewpoints.DISTANCE - 0.6, atol=2e-3)
    assert view.depth[0, 0] == 0
    assert (view.rgb[0, 0] == 255).all()
    assert view.rgb[32, 32, 0] > 150
    assert view.rgb[32, 32, 1:].max() < 30


def test_convention_x_is_right_y_is_up_and_azimuth_0_sees_the_front() -> None:
    small = ellipsoid((0.1, 0.1, 0.1))
    model = painted(
        (small.moved((1, 0, 0)), (1, 0, 0)),
        (small.moved((0, 1, 0)), (0, 1, 0)),
        (small.moved((-1, 0, 0)), (0, 0, 1)),
        (small.moved((0, -1, 0)), (0.5, 0.5, 0.5)),
    )
    rgb = Renderer(model).view(viewpoints.camera(64), viewpoints.pose(0.0, 0.0)).rgb.astype(int)
    red = rgb[..., 0] - rgb[..., 1:].max(-1)
    green = rgb[..., 1] - rgb[..., [0, 2]].max(-1)
    assert np.argwhere(red > 50).mean(0)[1] > 45
    assert np.argwhere(green > 50).mean(0)[0] < 18


def test_edges_are_antialiased() -> None:
    view = Renderer(make("train", 0)).view(viewpoints.camera(64), viewpoints.canonical()[0])
    partly = (view.mask > 0) & (view.mask < 255)
    assert partly.sum() > 30


def test_colours_do_not_depend_on_the_view() -> None:
    renderer = Renderer(build(FAMILIES["teapot"], "gold", "metal", np.random.default_rng(0)))
    camera = viewpoints.camera(128)
    a, b = viewpoints.pose(0.4, 0.4), viewpoints.pose(0.7, 0.5)
    first, second = renderer.view(camera, a), renderer.view(camera, b)
    rows, columns = np.nonzero(first.mask == 255)
    rays = camera.directions(np.column_stack([columns + 0.5, rows + 0.5])) * first.depth[rows, columns, None]
    world = rays @ a[:3, :3].T + a[:3, 3]
    seen = (world - b[:3, 3]) @ b[:3, :3]
    pixel = np.floor(camera.project(seen)).astype(int)
    same = np.abs(second.depth[pixel[:, 1], pixel[:, 0]] - seen[:, 2]) < 0.004
    error = np.abs(first.rgb[rows, columns].astype(int) - second.rgb[pixel[:, 1], pixel[:, 0]])[same]
    assert same.sum() > 1000
    assert np.median(error) <= 2


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_is_seen(name: str) -> None:
    view = Renderer(make("validation", 0, name)).view(viewpoints.camera(32), viewpoints.canonical()[0], 2)
    assert 0.03 < (view.mask / 255).mean() < 0.8
