"""Light against closed forms: a square above a point, a furnace, a sun through a hole."""

from dataclasses import replace

import numpy as np
import pytest

from meshing.room.lighting import (
    Day,
    covered,
    direct_light,
    emitter_of,
    gather,
    light_room,
    pitch_of,
    sky,
    sun_spots,
    sunlight,
    tangents,
)
from meshing.room.patch import Patch, moved, turned
from meshing.room.solids import box, panel
from meshing.room.surfels import Tracer, surfels_of

DAY = Day(sun=0.0)


def inside_out(side: float) -> list[Patch]:
    """The six walls of a cube, seen from inside."""
    return [
        Patch(p.points[:, ::-1], p.uv[:, ::-1], "wall") for p in box((0, 0, 0), (side, side, side), "wall", radius=1e-4)
    ]


def test_a_square_lamp_gives_what_its_form_factor_says() -> None:
    floor, lamp = turned(panel(4.0, 4.0, "floor"), "x", -np.pi / 2), turned(panel(1.0, 1.0, "bulb"), "x", np.pi / 2)
    patches = [*floor, *moved(lamp, (0, 1, 0))]
    tracer = Tracer(patches, surfels_of(patches, [0.5, 0.5]))
    emitter = emitter_of(patches[1], (2.0, 2.0, 2.0), 64, pane=False, random=np.random.default_rng(0))
    point, up = np.zeros((200, 3), np.float32), np.tile(np.float32([0, 1, 0]), (200, 1))
    light, error = direct_light(point, up, tracer, [emitter], DAY, np.random.default_rng(1))
    a = 0.5  # of a quarter seen from below its corner: form factor of parallel rectangles to a point
    quarter = 2 * a / np.sqrt(1 + a * a) * np.arctan(a / np.sqrt(1 + a * a)) / (2 * np.pi)
    assert light.mean() == pytest.approx(2.0 * 4 * quarter, rel=0.01)
    assert light.std() < 3 * error.mean()


def test_a_shield_casts_a_shadow() -> None:
    lamp = moved(turned(panel(0.2, 0.2, "bulb"), "x", np.pi / 2), (0, 2, 0))
    patches = [
        *turned(panel(4.0, 4.0, "floor"), "x", -np.pi / 2),
        *lamp,
        *box((-0.3, 0.9, -0.3), (0.3, 1, 0.3), "wood"),
    ]
    tracer = Tracer(patches, surfels_of(patches, [0.5] * len(patches)))
    emitter = emitter_of(patches[1], (1.0, 1.0, 1.0), 9, pane=False, random=np.random.default_rng(0))
    points, up = np.float32([[0, 0, 0], [1.5, 0, 0]]), np.tile(np.float32([0, 1, 0]), (2, 1))
    light, _ = direct_light(points, up, tracer, [emitter], DAY, np.random.default_rng(1))
    assert light[0].max() == 0
    assert light[1].min() > 0


def test_in_a_furnace_every_wall_receives_what_the_others_send() -> None:
    patches = inside_out(2.0)
    surfels = surfels_of(patches, [0.25] * 6)
    tracer = Tracer(patches, surfels)
    leaving = np.full((len(surfels), 3), 0.7, np.float32)
    light, blind, error = gather(surfels.position, surfels.normal, tracer, leaving, 16, np.random.default_rng(0))
    seen = 1 - blind
    assert light[:, 0] == pytest.approx(0.7 * seen, abs=1e-5)
    assert blind.mean() < 0.01
    assert error[blind == 0].max() < 1e-3


def test_the_part_of_a_wall_that_something_stands_before_is_covered() -> None:
    patches = [*inside_out(2.0), *box((0.5, 0.5, 0.02), (1.5, 1.5, 0.5), "wood")]
    surfels = surfels_of(patches, [0.1] * len(patches))
    hidden = covered(surfels, Tracer(patches, surfels))
    aside = np.abs(surfels.position[:, :2] - 1).max(axis=1)
    wall = (surfels.position[:, 2] < 0.005) & (surfels.normal[:, 2] > 0.9)
    assert hidden[wall & (aside < 0.45)].all()
    assert not hidden[~wall | (aside > 0.55)].any(), "the back of the box is covered as a whole"


def test_two_bounces_in_a_closed_room_add_up() -> None:
    """A furnace whose walls send 1 themselves cannot be built from emitters; half the ceiling can: energy is kept."""
    patches = inside_out(2.0)
    top = max(range(6), key=lambda k: patches[k].points[..., 1].mean())
    surfels = surfels_of(patches, [0.2] * 6)
    tracer = Tracer(patches, surfels)
    emitter = emitter_of(patches[top], (1.0, 1.0, 1.0), 36, pane=False, random=np.random.default_rng(0))
    albedo = np.full((len(surfels), 3), 0.5, np.float32)
    albedo[surfels.rows(top)] = 0
    light = light_room(
        surfels, tracer, [emitter], albedo, day=DAY, sun_direction=None, panes=[],
        smooth=lambda values, blind, error: values, rays=(64, 64), random=np.random.default_rng(2),
    )  # fmt: skip
    floor = min(range(6), key=lambda k: patches[k].points[..., 1].mean())
    rows = surfels.rows(floor)
    # view factor of parallel squares at a distance of their side: 0.1998; on from the sides: (1 - 0.1998) / 4
    assert light.direct[rows].mean() == pytest.approx(0.1998, rel=0.03)
    sides = 0.5 * light.direct[[k for k in range(len(surfels)) if surfels.patch[k] not in (floor, top)]].mean()
    assert light.indirect[rows].mean() == pytest.approx((1 - 0.1998) * sides, rel=0.35)
    assert light.indirect[rows].mean() > (1 - 0.1998) * sides  # the second bounce comes on top
    assert not light.blind.all()


def test_the_sun_shines_through_the_pane_alone() -> None:
    floor = turned(panel(4.0, 4.0, "floor"), "x", -np.pi / 2)
    pane = moved(turned(panel(1.0, 1.0, "pane"), "x", np.pi / 2), (0, 1, 0))
    patches = [*floor, *pane]
    surfels = surfels_of(patches, [0.05, 0.5])
    rows = surfels.rows(0)
    direction = np.float32([0, 1, 0])
    position, normal = surfels.position[rows], surfels.normal[rows]
    shine = sunlight(
        position, normal, pitch_of(surfels)[rows], Tracer(patches, surfels), direction, [1], np.random.default_rng(0)
    )[:, 0]
    inside = np.abs(surfels.position[rows][:, [0, 2]]).max(axis=1)
    assert shine[inside < 0.45] == pytest.approx(1, abs=1e-6)
    assert (shine[inside > 0.56] == 0).all()


def test_sun_spots_carry_the_power_that_leaves_them() -> None:
    patches = panel(2.0, 2.0, "floor")
    surfels = surfels_of(patches, [0.05])
    leaving = np.where(surfels.shares[:, :1] < 0.25, 2.0, 0.0).astype(np.float32) * np.float32([1, 1, 1])
    (spot,) = sun_spots(surfels, leaving, np.random.default_rng(0))
    assert (spot.areas.mean(axis=1).sum() * spot.radiance).mean() == pytest.approx(2.0 * 1.0, rel=0.02)
    assert spot.points[..., 0].max() < -0.45
    assert sun_spots(surfels, 0 * leaving, np.random.default_rng(0)) == []


def test_the_sky_is_brighter_by_day_and_bluer_overhead() -> None:
    up, level = np.float32([[0, 1, 0]]), np.float32([[1, 0.001, 0]])
    clear = Day(sun=1.0)
    assert sky(up, clear)[0, 2] > 1.5 * sky(up, clear)[0, 0]
    assert sky(level, clear)[0] == pytest.approx([1, 1, 1], abs=0.01)
    assert sky(up, replace(clear, night=True)).max() < 0.05


def test_tangents_are_a_right_angled_frame() -> None:
    normal = np.random.default_rng(0).normal(size=(500, 3)).astype(np.float32)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    first, second = tangents(normal)
    assert np.abs(np.cross(first, second) - normal).max() < 1e-5
