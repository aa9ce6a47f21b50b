import numpy as np
import trimesh

from meshing.hidden import remove_hidden
from meshing.mesh import Mesh


def ball(radius: float, center: tuple[float, float, float] = (0, 0, 0)) -> trimesh.Trimesh:
    return trimesh.creation.icosphere(3, radius=radius).apply_translation(center)


def mesh_of(*solids: trimesh.Trimesh) -> Mesh:
    whole = trimesh.util.concatenate(solids)
    return Mesh(whole.vertices.astype(np.float32), whole.faces.astype(np.int32))


def test_a_shell_inside_another_goes_and_what_stands_beside_stays() -> None:
    inner = ball(0.9)
    inner.invert()
    left = remove_hidden(mesh_of(ball(1.0), inner, ball(0.2, (0.3, 0, 0)), ball(0.2, (3, 0, 0))))
    assert len(left.faces) == 2 * 1280
    np.testing.assert_allclose(left.vertices.max(axis=0), [3.2, 1, 1], atol=1e-3)
    assert np.linalg.norm(left.vertices, axis=1).min() > 0.99


def test_what_is_seen_through_a_hole_stays() -> None:
    outer = ball(1.0)
    outer.update_faces(outer.triangles_center[:, 1] < 0.7)
    left = remove_hidden(mesh_of(outer, ball(0.3)))
    assert len(left.faces) == len(outer.faces) + 1280


def test_a_room_s_furniture_stays_where_somebody_looked_at_it() -> None:
    walls = trimesh.creation.box((4, 3, 4))
    walls.invert()
    room = mesh_of(walls, ball(0.3, (1, 0, 0)))
    assert len(remove_hidden(room).faces) == 12
    assert len(remove_hidden(room, np.array([[-1.0, 0.5, 0.0]])).faces) == 12 + 1280


def test_nothing_stays_nothing() -> None:
    empty = Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32))
    assert len(remove_hidden(empty).faces) == 0
