"""Meshes stand in boxes: scaled, turned, on what carries them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meshing.mesh import Mesh, ViewingVolume
from meshing.room.model import PlacedObject
from meshing.room.place import place_in_box, relief
from meshing.room.plan import Box, RoomPlan

PLAN = RoomPlan(
    "room",
    ((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0)),
    2.5,
    boxes=(
        Box("seat", "chair", (2.0, 0.5, 2.0), (0.5, 1.0, 0.6), 0.5),
        Box("art", "picture", (2.0, 1.5, 0.05), (1.0, 0.8, 0.1)),
        Box("light", "ceiling_lamp", (2.0, 2.2, 2.0), (0.6, 0.6, 0.6)),
    ),
)


def slab(width: float, height: float, depth: float) -> Mesh:
    corners = np.array(np.meshgrid([0, width], [0, height], [0, depth])).reshape(3, -1).T + 7.0
    return Mesh(corners.astype(np.float32), np.array([[0, 1, 2], [1, 3, 2], [4, 5, 6]], np.int32))


def local(placed: PlacedObject) -> np.ndarray:
    box = next(box for box in PLAN.boxes if box.name == placed.box)
    return np.asarray((placed.mesh.vertices - np.array(box.center)) @ box.axes().T)


def test_it_is_as_large_as_fits_and_stands_on_the_floor() -> None:
    placed = place_in_box(PLAN, slab(1, 4, 1), "seat")
    extent = np.ptp(local(placed), axis=0)
    assert extent == pytest.approx([0.25, 1.0, 0.25], abs=1e-5)
    assert placed.mesh.vertices[:, 1].min() == pytest.approx(0, abs=1e-5)
    assert placed.mesh.name == "seat"
    assert placed.mesh.unit == "metre"


def test_a_wide_thing_is_low_but_still_on_the_floor() -> None:
    placed = place_in_box(PLAN, slab(10, 1, 1), "seat")
    assert placed.mesh.vertices[:, 1].min() == pytest.approx(0, abs=1e-5)
    assert placed.mesh.vertices[:, 1].max() == pytest.approx(0.05, abs=1e-5)


def test_what_hangs_touches_the_wall_or_the_ceiling() -> None:
    assert local(place_in_box(PLAN, slab(1, 1, 0.01), "art"))[:, 2].min() == pytest.approx(-0.05, abs=1e-5)
    assert place_in_box(PLAN, slab(1, 0.2, 1), "light").mesh.vertices[:, 1].max() == pytest.approx(2.5, abs=1e-5)


def test_turning_and_the_best_turn() -> None:
    straight = np.ptp(local(place_in_box(PLAN, slab(1, 0.1, 3), "art", turn=0.0)), axis=0)
    best = np.ptp(local(place_in_box(PLAN, slab(1, 0.1, 3), "art", turn=None)), axis=0)
    assert straight[2] == pytest.approx(0.1, abs=1e-5)
    assert best[0] > 2 * straight[0]


@pytest.mark.parametrize(("fit", "height"), [("inside", 0.5), ("height", 1.0), ("stretch", 1.0), ("keep", 3.0)])
def test_ways_to_fit(fit: str, height: float) -> None:
    placed = place_in_box(PLAN, slab(3, 3, 3), "seat", fit=fit)  # type: ignore[arg-type]
    assert np.ptp(placed.mesh.vertices[:, 1]) == pytest.approx(height, abs=1e-5)


def test_the_way_back_to_the_capture_follows() -> None:
    mesh = slab(1, 2, 1)
    placed = place_in_box(PLAN, mesh, "seat")
    back = placed.mesh.vertices @ placed.mesh.capture_from_mesh[:3, :3].T + placed.mesh.capture_from_mesh[:3, 3]
    assert back == pytest.approx(mesh.vertices, abs=1e-4)


def test_what_cannot_be_placed_is_said() -> None:
    with pytest.raises(ValueError, match=r"no box 'sofa'; it has seat, art, light"):
        place_in_box(PLAN, slab(1, 1, 1), "sofa")
    with pytest.raises(ValueError, match="no extent"):
        place_in_box(PLAN, replace(slab(1, 1, 1), vertices=np.ones((8, 3), np.float32)), "seat")


def test_it_survives_the_disk(tmp_path: Path) -> None:
    placed = place_in_box(PLAN, slab(1, 1, 1), "seat")
    placed.save(tmp_path)
    again = PlacedObject.load(tmp_path)
    assert again.box == "seat"
    assert np.array_equal(again.mesh.vertices, placed.mesh.vertices)


def test_a_photo_on_the_wall_is_a_relief_without_perspective() -> None:
    """Corners of a view of 2 by 1 at depths 1 and 4 are one rectangle on the wall; what was near stands out."""
    near = np.array([[-1, -0.5, -1], [1, -0.5, -1], [1, 0.5, -1], [-1, 0.5, -1]])
    corners = np.concatenate([near, 4 * near]).astype(np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]], np.int32)
    photo = Mesh(corners, faces, viewing=ViewingVolume((0.0, 0.0, 0.0), 0.1))
    placed = place_in_box(PLAN, photo, "art", fit="stretch").mesh.vertices
    assert np.allclose(placed[:4, :2], placed[4:, :2], atol=1e-6)
    assert np.ptp(placed, axis=0) == pytest.approx([1.0, 0.8, 0.1], abs=1e-6)
    assert (placed[:4, 2] > placed[4:, 2] + 0.09).all()
    with pytest.raises(ValueError, match="behind the place"):
        relief(replace(photo, viewing=ViewingVolume((0.0, 0.0, -2.0), 0.1)))
    with pytest.raises(ValueError, match="needs the place"):
        relief(slab(1, 1, 1))
