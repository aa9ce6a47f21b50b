from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.quality import Reference
from meshing.refine_shape import refine_shape
from meshing.render import render

CAMERA = Pinhole(96, 96, 90.0, 90.0, 48.0, 48.0)
N = 12


def sheet() -> Mesh:
    """A square of 2 x 2, 2 before the cameras, that faces them and wears a smooth picture."""
    x, y = np.meshgrid(np.linspace(-1, 1, N + 1), np.linspace(-1, 1, N + 1), indexing="ij")
    vertices = np.stack([x, y, np.full_like(x, 2.0)], axis=-1).reshape(-1, 3).astype(np.float32)
    a = (np.arange(N)[:, None] * (N + 1) + np.arange(N)).ravel()
    b, c, d = a + N + 1, a + N + 2, a + 1
    faces = np.concatenate([np.stack([a, c, b], axis=1), np.stack([a, d, c], axis=1)]).astype(np.int32)
    coarse = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    picture = np.asarray(Image.fromarray(coarse).resize((256, 256), Image.Resampling.BICUBIC))
    return Mesh(vertices, faces, uv=np.ascontiguousarray((vertices[:, :2] + 1) / 2), base_color=picture)


def photos(mesh: Mesh, gain: float = 1.0) -> list[Reference]:
    shots = []
    for x, y in ((-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5)):
        pose = np.eye(4)
        pose[:2, 3] = x, y
        image = render(mesh, CAMERA, pose, samples=3).color
        shots.append(Reference("shot", np.clip(gain * image, 0, 255).astype(np.uint8), CAMERA, pose))
    return shots


def dented(mesh: Mesh, depth: float) -> Mesh:
    """A bump toward the cameras about one vertex beside the middle."""
    place = mesh.vertices[6 * (N + 1) + 7]
    near = np.exp(-((mesh.vertices - place)[:, :2] ** 2).sum(axis=1) / 0.05)
    moved = mesh.vertices.copy()
    moved[:, 2] -= depth * near
    return replace(mesh, vertices=moved)


@pytest.mark.parametrize("gain", [1.0, 0.8])
def test_a_vertex_that_was_moved_finds_back_to_where_photos_saw_it(gain: float) -> None:
    right = sheet()
    wrong = dented(right, 0.08)
    found = refine_shape(wrong, photos(right, gain), rounds=12)
    error = np.abs(found.mesh.vertices - right.vertices)[:, 2]
    assert np.abs(wrong.vertices - right.vertices).max() > 0.07
    assert error.max() < 0.025
    assert error.mean() < 0.004
    assert found.after < 0.8 * found.before  # the rest is how photo and texture are sampled
    assert found.moved > 0


def test_a_bump_that_the_mesh_does_not_have_grows() -> None:
    right = dented(sheet(), 0.08)
    found = refine_shape(sheet(), photos(right), rounds=12)
    place = 6 * (N + 1) + 7
    assert found.mesh.vertices[place, 2] == pytest.approx(right.vertices[place, 2], abs=0.025)


def test_a_right_shape_stays_as_it_is() -> None:
    found = refine_shape(sheet(), photos(sheet()), rounds=3)
    assert np.abs(found.mesh.vertices - sheet().vertices).max() < 0.005


def test_both_sides_of_a_seam_move_together() -> None:
    mesh = dented(sheet(), 0.08)
    assert mesh.uv is not None
    split = replace(
        mesh,
        vertices=mesh.vertices[mesh.faces].reshape(-1, 3),
        uv=mesh.uv[mesh.faces].reshape(-1, 2),
        faces=np.arange(3 * len(mesh.faces), dtype=np.int32).reshape(-1, 3),
    )
    whole = refine_shape(mesh, photos(sheet()), rounds=3).mesh.vertices[mesh.faces].reshape(-1, 3)
    np.testing.assert_allclose(refine_shape(split, photos(sheet()), rounds=3).mesh.vertices, whole, atol=1e-5)


def test_what_cannot_be_refined_is_said() -> None:
    with pytest.raises(ValueError, match="no texture to go by"):
        refine_shape(replace(sheet(), uv=None, base_color=None), photos(sheet()))
    with pytest.raises(ValueError, match=r"at least one of each is needed \(got 0, 10\)"):
        refine_shape(sheet(), [])
