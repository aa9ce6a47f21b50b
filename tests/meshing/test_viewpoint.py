import numpy as np
import pytest
import trimesh

from meshing.mesh import Mesh
from meshing.raycast_embree import RayCaster
from meshing.viewpoint import before, inside


def room_with_a_cupboard() -> Mesh:
    """6 by 3 m, 2.5 m high, from (0, 0, 0); the third under x = 2 is filled by a cupboard."""
    walls = trimesh.creation.box((6, 2.5, 3))
    walls.apply_translation((3, 1.25, 1.5))
    walls.invert()
    cupboard = trimesh.creation.box((2, 2, 2.8))
    cupboard.apply_translation((1, 1, 1.5))
    solid = trimesh.util.concatenate([walls, cupboard])
    return Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32), gravity="known", unit="metre")


def test_in_a_room_one_stands_where_the_space_is() -> None:
    found = inside(room_with_a_cupboard())
    x, y, z = found.position
    assert y == pytest.approx(1.6)
    assert 3.4 < x < 4.6
    assert abs(z - 1.5) < 0.15
    assert abs(found.facing[0]) > 0.8, "the long way"


def test_a_head_in_the_safe_volume_meets_nothing() -> None:
    mesh = room_with_a_cupboard()
    found = inside(mesh)
    low, high = np.array(found.low), np.array(found.high)
    assert (high > low).all()
    heads = low + np.random.default_rng(0).random((200, 3)) * (high - low)
    directions = np.random.default_rng(1).normal(size=(200, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    assert RayCaster(mesh.vertices, mesh.faces).cast(heads, directions).distance.min() > 0.1


def test_without_a_place_to_stand_that_is_said() -> None:
    solid = trimesh.creation.box((0.3, 0.3, 0.3))
    with pytest.raises(ValueError, match=r"no place in it has a floor and half a metre of air around"):
        inside(Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32)))


def test_an_object_is_seen_from_its_front() -> None:
    solid = trimesh.creation.box((1, 2, 1))
    mesh = Mesh((solid.vertices + np.array([5, 1, 0])).astype(np.float32), solid.faces.astype(np.int32))
    found = before(mesh)
    assert found.position[0] == pytest.approx(5)
    assert found.position[2] > 2
    assert found.facing == (0.0, 0.0, -1.0)
    assert found.low[2] > 0.5
    assert found.low[0] < found.position[0] < found.high[0]
