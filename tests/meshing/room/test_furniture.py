"""Everything that can stand in a room, in every design: it fills its box and nothing else."""

import numpy as np
import pytest

from meshing.room.classes import CLASSES, RoomClass
from meshing.room.furniture import MAKERS, fitted, furniture_in
from meshing.room.looks import LOOKS
from meshing.room.patch import bounds_of, triangles_of
from meshing.room.plan import Box
from meshing.room.solids import box
from meshing.room.surfaces import surfaces_of

SLOTS = set(surfaces_of(LOOKS[0]))
SEEDS = range(5)


def test_every_class_has_a_maker_and_there_are_enough() -> None:
    assert set(MAKERS) == {kind.name for kind in CLASSES}
    assert len(MAKERS) >= 25


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.name)
class TestEveryClass:
    """What holds for each kind of thing."""

    def test_it_is_finite_has_known_materials_and_needs_little_stretching(self, kind: RoomClass) -> None:
        for size, tolerance in ((kind.typical, 0.42), (kind.least, 0.8), (kind.most, 0.8)):
            for seed in SEEDS:
                patches = MAKERS[kind.name](size, np.random.default_rng(seed))
                low, high = bounds_of(patches)
                assert np.isfinite([low, high]).all()
                assert {patch.material for patch in patches} <= SLOTS
                assert np.abs(np.log(np.array(size) / (high - low))).max() < np.log(1 + tolerance), (size, seed)

    def test_it_touches_its_box_and_stays_within(self, kind: RoomClass) -> None:
        thing = Box("thing", kind.name, (1.0, 2.0, -3.0), kind.typical, yaw=0.7)
        patches = furniture_in(thing, seed=1)
        points = np.concatenate([patch.points.reshape(-1, 3) for patch in patches])
        local = (points - thing.center) @ thing.axes().T
        assert local.max(axis=0) == pytest.approx(np.array(kind.typical) / 2, abs=1e-6)
        assert local.min(axis=0) == pytest.approx(-np.array(kind.typical) / 2, abs=1e-6)

    def test_the_same_box_gives_the_same_thing_and_it_is_not_heavy(self, kind: RoomClass) -> None:
        thing = Box("thing", kind.name, (0.0, 1.0, 0.0), kind.typical)
        one, two = furniture_in(thing, seed=3), furniture_in(thing, seed=3)
        assert all(np.array_equal(a.points, b.points) for a, b in zip(one, two, strict=True))
        assert sum(len(triangles_of(patch)[2]) for patch in one) < 20_000


@pytest.mark.parametrize(
    "label",
    [
        "bed",
        "sofa",
        "armchair",
        "chair",
        "table",
        "desk",
        "wardrobe",
        "shelf",
        "cabinet",
        "drawers",
        "lamp",
        "plant",
        "sink",
    ],
)
def test_there_are_several_designs(label: str) -> None:
    kind = next(kind for kind in CLASSES if kind.name == label)
    shapes = {len(MAKERS[label](kind.typical, np.random.default_rng(seed))) for seed in range(12)}
    assert len(shapes) >= 3 or label in ("armchair", "sink", "lamp")
    assert len(shapes) >= 2


def test_chairs_of_one_room_match_and_shelves_do_not() -> None:
    def count(label: str, name: str) -> list[int]:
        size = next(kind.typical for kind in CLASSES if kind.name == label)
        return [patch.points.size for patch in furniture_in(Box(name, label, (0.0, 0.5, 0.0), size), seed=0)]

    assert count("chair", "chair_1") == count("chair", "chair_2")
    assert count("shelf", "shelf_1") != count("shelf", "shelf_2")


def test_an_unknown_label_becomes_a_box_rather_than_an_error() -> None:
    patches = furniture_in(Box("x", "spaceship", (0.0, 0.5, 0.0), (1.0, 1.0, 1.0)), seed=0)
    assert bounds_of(patches) == pytest.approx(np.array([[-0.5, 0, -0.5], [0.5, 1, 0.5]]))


def test_fitting_stretches_to_all_six_sides() -> None:
    made = fitted(box((3, 3, 3), (4, 5, 6), "wood"), (2.0, 1.0, 0.5))
    assert bounds_of(made) == pytest.approx(np.array([[-1, 0, -0.25], [1, 1, 0.25]]))
