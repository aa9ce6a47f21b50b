"""Paint covers every solid of the room with more than one colour."""

import numpy as np
import pytest

from nerf.scenes import paint
from nerf.scenes.render import nearest_solid, scene_distance
from nerf.scenes.room import demo_room

ROOM = demo_room()


@pytest.mark.parametrize("number", range(len(ROOM)), ids=[solid.name for solid in ROOM])
def test_each_solid_has_texture_that_a_reconstruction_can_hold_on_to(number: int) -> None:
    solid = ROOM[number]
    rng = np.random.default_rng(number)
    middle, spread = (solid.centre, solid.radius) if solid.centre else ((0.0, 1.0, 0.0), 2.0)
    points = rng.uniform(-spread, spread, (60_000, 3)) + middle
    for _ in range(3):  # towards the surface
        slope = np.stack(
            [solid.distance(points + step) - solid.distance(points - step) for step in 1e-4 * np.eye(3)], axis=1
        )
        points = points - solid.distance(points)[:, None] * slope / 2e-4
    near = points[np.abs(solid.distance(points)) < 2e-3]
    assert len(near) > 200
    colours = solid.albedo(near)
    assert colours.shape == near.shape
    assert colours.min() >= 0
    if solid.name != "skirting":
        assert colours.std(axis=0).max() > 0.01


def test_the_table_stands_on_the_floor_and_the_toys_on_the_table() -> None:
    x, _, z = paint.TABLE
    on_top = np.array([[x - 0.5, paint.TABLE_TOP, z], [x, 0.0, z]])
    assert np.allclose(scene_distance(ROOM, on_top), 0, atol=1e-9)
    names = [ROOM[number].name for number in nearest_solid(ROOM, on_top)]
    assert names == ["table", "floor"]
