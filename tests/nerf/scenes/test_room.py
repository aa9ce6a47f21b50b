"""The demo room: nothing floats, and the balls that save time hold what they should."""

import numpy as np

from nerf.scenes.paint import HALF_ROOM
from nerf.scenes.room import demo_room


def test_every_solid_lies_within_the_ball_that_stands_for_it() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform((-2, -0.1, -2), (2, 2.2, 2), (120_000, 3))
    for solid in demo_room():
        if solid.centre is not None:
            close = rng.normal(scale=solid.radius, size=(20_000, 3)) + solid.centre
            where = np.concatenate([points, close])
            inside = where[solid.distance(where) < 0]
            assert len(inside) > 20, solid.name
            assert np.linalg.norm(inside - solid.centre, axis=1).max() < solid.radius, solid.name


def test_names_are_unique_and_things_are_in_the_room() -> None:
    solids = demo_room()
    assert len({solid.name for solid in solids}) == len(solids)
    for solid in solids:
        if solid.centre is not None:
            assert np.all(np.abs(np.array(solid.centre)[[0, 2]]) <= HALF_ROOM)
