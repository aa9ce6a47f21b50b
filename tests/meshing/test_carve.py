import numpy as np
import trimesh

from meshing.carve import remove_unseen, seen_faces
from meshing.mesh import Mesh
from meshing.views import Photo


def shell(mesh: Mesh) -> Mesh:
    """The sphere with a smaller one inside, and a loose triangle between them."""
    n = len(mesh.vertices)
    loose = np.array([[0, 0, 0.9], [0, 0.1, 0.9], [0.1, 0, 0.9]], np.float32)
    vertices = np.concatenate([mesh.vertices, 0.7 * mesh.vertices, loose])
    faces = np.concatenate([mesh.faces, mesh.faces + n, [[2 * n, 2 * n + 1, 2 * n + 2]]])
    return Mesh(vertices, faces.astype(np.int32))


def test_inner_shells_and_backs_are_not_seen(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    mesh, n = shell(painted_sphere), len(painted_sphere.faces)
    seen = seen_faces(mesh, [photo.view for photo in sphere_photos])
    assert seen[:n].all()
    assert not seen[n:].any()


def test_unseen_faces_go_but_pinholes_are_not_made(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    mesh = shell(painted_sphere)
    views = [photo.view for photo in sphere_photos]
    carved = remove_unseen(mesh, views)
    assert len(carved.faces) == len(painted_sphere.faces) + 1  # the loose triangle is too small to matter
    assert len(remove_unseen(mesh, views, min_faces=1).faces) == len(painted_sphere.faces)
    assert trimesh.Trimesh(carved.vertices, carved.faces[:-1]).is_watertight


def test_an_empty_mesh_stays_empty(sphere_photos: list[Photo]) -> None:
    empty = Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32))
    assert len(remove_unseen(empty, [sphere_photos[0].view]).faces) == 0
