"""Rendering: depth of a plane and a ball known in closed form, and shadows where the lamp is hidden."""

import numpy as np

from nerf.camera import Camera
from nerf.scenes import shapes
from nerf.scenes.render import LAMP, render, render_depth, trace
from nerf.scenes.room import Solid
from nerf.scenes.sweep import look_at

CAMERA = Camera(40, 30, 35.0, 35.0, 20.0, 15.0)


def _white(points: np.ndarray) -> np.ndarray:
    return np.ones_like(points) * 0.8


FLOOR = Solid("floor", lambda p: shapes.box(p, (0.0, -0.05, 0.0), (4.0, 0.05, 4.0)), _white)
BALL = Solid("ball", lambda p: shapes.sphere(p, (0.0, 0.5, 0.0), 0.3), _white, (0.0, 0.5, 0.0), 0.32)


def test_depth_of_a_floor_is_where_the_ray_crosses_it() -> None:
    pose = look_at(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.0, 0.0]))
    depth = render_depth((FLOOR,), CAMERA, pose)
    rays = CAMERA.directions(CAMERA.pixel_centres()) @ pose[:3, :3].T
    exact = (-1.0 / rays[:, 1]).reshape(depth.shape)  # z = 1 along each direction, so the factor is the depth
    hit = (depth > 0) & (exact > 0) & (exact < 3.5)
    assert hit.mean() > 0.6
    assert np.abs(depth - exact)[hit].max() < 3e-3


def test_the_nearest_point_of_a_ball_is_its_front() -> None:
    ray = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    distances = trace((BALL,), np.array([0.0, 0.5, 2.0]), ray)
    assert abs(distances[0] - 1.7) < 1e-3
    assert distances[1] == np.inf


def test_a_pixel_that_sees_nothing_has_no_depth() -> None:
    depth = render_depth((BALL,), CAMERA, look_at(np.array([0.0, 0.5, 2.0]), np.array([0.0, 0.5, 0.0])))
    assert depth[0, 0] == 0
    assert abs(depth[15, 20] - 1.7) < 5e-3


def test_below_the_ball_it_is_darker_than_beside_it() -> None:
    middle = np.array([0.0, 0.5, 0.0])
    shadow = middle + (middle - LAMP) * 0.5 / (LAMP[1] - 0.5)  # where the lamp's ray through the ball meets the floor
    pose = look_at(np.array([-1.5, 2.0, 1.5]), shadow)
    view = render((FLOOR, BALL), CAMERA, pose, samples=1)
    alone = render((FLOOR,), CAMERA, pose, samples=1)
    assert view.colour[15, 20].mean() < 0.8 * alone.colour[15, 20].mean()
    assert np.abs(view.colour[28, 2].astype(int) - alone.colour[28, 2]).max() < 12


def test_the_balls_that_save_time_change_nothing() -> None:
    pose = look_at(np.array([0.7, 1.0, 1.6]), np.array([0.0, 0.3, 0.0]))
    plain = Solid(BALL.name, BALL.distance, BALL.albedo)
    quick, slow = (render_depth((FLOOR, solid), CAMERA, pose) for solid in (BALL, plain))
    assert np.abs(quick - slow).max() < 2e-3
