from dataclasses import replace

import numpy as np
import pytest
import trimesh

from meshing.mesh import Mesh, check_mesh
from meshing.raster_numba import rasterize
from meshing.unwrap import unwrap


def sphere(subdivisions: int) -> Mesh:
    solid = trimesh.creation.icosphere(subdivisions)
    colors = np.rint(127.5 + 120 * solid.vertices).astype(np.uint8)
    return Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32), vertex_colors=colors)


@pytest.fixture(scope="module")
def unwrapped() -> object:
    return unwrap(sphere(5), 512)  # 20 480 faces: four pieces


def test_the_triangles_stay_where_they_were(unwrapped) -> None:  # type: ignore[no-untyped-def]
    check_mesh(unwrapped.mesh)

    def triangles(mesh: Mesh) -> set[tuple[float, ...]]:
        corners = np.sort(mesh.vertices[mesh.faces].view("f4,f4,f4")[..., 0], axis=1)
        return {tuple(map(tuple, face)) for face in corners.tolist()}

    assert triangles(unwrapped.mesh) == triangles(sphere(5))
    solid = trimesh.Trimesh(unwrapped.mesh.vertices, unwrapped.mesh.faces)
    assert solid.volume == pytest.approx(4 / 3 * np.pi, rel=0.01)  # faces still look outward


def test_attributes_follow_their_vertices(unwrapped) -> None:  # type: ignore[no-untyped-def]
    mesh = unwrapped.mesh
    np.testing.assert_allclose(mesh.vertex_colors, 127.5 + 120 * mesh.vertices, atol=0.51)


def test_no_two_faces_share_a_texel(unwrapped) -> None:  # type: ignore[no-untyped-def]
    """The faces' areas in the texture add up to what is covered; overlaps would cover less."""
    mesh, width, height = unwrapped.mesh, unwrapped.width, unwrapped.height
    assert max(width, height) <= 512
    texels = rasterize(mesh.uv, mesh.faces, width, height)
    p = mesh.uv[mesh.faces].astype(np.float64) * (width, height)
    area = 0.5 * np.abs(
        np.cross(
            np.append(p[:, 1] - p[:, 0], np.zeros((len(p), 1)), 1),
            np.append(p[:, 2] - p[:, 0], np.zeros((len(p), 1)), 1),
        )[:, 2]
    )
    assert (texels.face >= 0).sum() == pytest.approx(area.sum(), rel=0.01)
    assert (texels.face >= 0).mean() > 0.5
    assert len(np.unique(texels.face)) > 0.95 * len(mesh.faces)


def test_charts_keep_a_distance(unwrapped) -> None:  # type: ignore[no-untyped-def]
    """Texels of different charts never touch, so no filter mixes them."""
    from meshing.clean import components

    mesh = unwrapped.mesh
    texels = rasterize(mesh.uv, mesh.faces, unwrapped.width, unwrapped.height)
    chart = components(mesh.faces, len(mesh.vertices))
    of_texel = np.where(texels.face >= 0, chart[texels.face], -1)
    for axis in (0, 1):
        a, b = (np.swapaxes(of_texel, 0, axis)[s] for s in (slice(None, -2), slice(2, None)))
        assert not ((a != b) & (a >= 0) & (b >= 0)).any()
    assert len(np.unique(chart)) == unwrapped.n_charts


def test_faces_without_area_are_dropped() -> None:
    mesh = sphere(2)
    flat = replace(mesh, faces=np.concatenate([mesh.faces, np.array([[0, 0, 1]], np.int32)]))
    assert len(unwrap(flat, 128).mesh.faces) == len(mesh.faces)


def test_what_cannot_be_unwrapped_is_said() -> None:
    mesh = sphere(1)
    with pytest.raises(ValueError, match=r"size: a texture needs at least 64 texels a side \(got 8\)"):
        unwrap(mesh, 8)
    with pytest.raises(ValueError, match="has no face with an area"):
        unwrap(replace(mesh, faces=np.array([[0, 0, 1]], np.int32)), 128)


def test_more_loose_pieces_than_a_texture_has_room_for_are_refused() -> None:
    """Of 64 texels a chart with its padding of 4 takes five on each axis at least; 144 fit, and 145 do not."""
    rng = np.random.default_rng(0)
    vertices = (rng.random((145, 1, 3)) + 0.01 * rng.normal(size=(145, 3, 3))).reshape(-1, 3).astype(np.float32)
    faces = np.arange(435, dtype=np.int32).reshape(-1, 3)
    with pytest.raises(ValueError, match=r"64 texels has room for 144 loose pieces .* \(got a mesh of 145\)"):
        unwrap(Mesh(vertices, faces), 64)
    assert len(unwrap(Mesh(vertices[:432], faces[:144]), 64).mesh.faces) == 144
