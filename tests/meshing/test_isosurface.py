import numpy as np
import pytest
import trimesh
from skimage.measure import marching_cubes

from meshing.grid import SIDE, SparseGrid
from meshing.isosurface import Method, extract_surface

METHODS: tuple[Method, ...] = ("marching_cubes", "surface_nets")


def grid_of(samples: np.ndarray, origin: tuple[float, float, float] = (0, 0, 0), voxel: float = 1.0) -> SparseGrid:
    """Dense samples (multiples of 8 a side) cut into blocks that start at block (-1, -1, -1)."""
    x, y, z = (n // SIDE for n in samples.shape)
    values = samples.reshape(x, SIDE, y, SIDE, z, SIDE).transpose(0, 2, 4, 1, 3, 5).reshape(-1, SIDE, SIDE, SIDE)
    blocks = np.stack(np.meshgrid(np.arange(x), np.arange(y), np.arange(z), indexing="ij"), axis=-1).reshape(-1, 3) - 1
    return SparseGrid(np.array(origin, np.float64), voxel, blocks.astype(np.int32), values.astype(np.float32))


def sphere(n: int, radius: float) -> np.ndarray:
    x = np.stack(np.meshgrid(*[np.arange(n, dtype=np.float64)] * 3, indexing="ij"), axis=-1) - (n - 1) / 2 - 0.13
    return np.linalg.norm(x, axis=-1) - radius


def solid(vertices: np.ndarray, faces: np.ndarray) -> trimesh.Trimesh:
    return trimesh.Trimesh(vertices, faces, process=False)


@pytest.mark.parametrize("method", METHODS)
def test_a_sphere_is_closed_faces_outward_and_has_its_volume(method: Method) -> None:
    mesh = solid(*extract_surface(grid_of(sphere(40, 14.0)), inside="below", method=method))
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.euler_number == 2
    assert mesh.volume == pytest.approx(4 / 3 * np.pi * 14.0**3, rel=0.01)


@pytest.mark.parametrize("method", METHODS)
def test_above_and_below_give_the_same_surface_of_a_negated_field(method: Method) -> None:
    below = extract_surface(grid_of(sphere(24, 8.0)), 0.5, inside="below", method=method)
    above = extract_surface(grid_of(-sphere(24, 8.0)), -0.5, inside="above", method=method)
    np.testing.assert_allclose(below[0], above[0], atol=1e-5)
    np.testing.assert_array_equal(below[1], above[1])


@pytest.mark.parametrize("method", METHODS)
def test_origin_and_voxel_place_the_surface(method: Method) -> None:
    vertices, _ = extract_surface(grid_of(sphere(24, 8.0), origin=(1, 2, 3), voxel=0.1), inside="below", method=method)
    middle = np.array([1, 2, 3]) + 0.1 * (11.5 + 0.13 - SIDE)  # the first block is block -1
    np.testing.assert_allclose(vertices.mean(axis=0), middle, atol=5e-3)
    np.testing.assert_allclose(np.linalg.norm(vertices - middle, axis=1), 0.8, atol=0.01)


def test_marching_cubes_has_the_vertices_of_skimage() -> None:
    samples = sphere(32, 10.3)
    vertices, _ = extract_surface(grid_of(samples), inside="below", method="marching_cubes")
    expected, _, _, _ = marching_cubes(samples, 0.0)
    assert len(vertices) == len(expected)

    def ordered(points: np.ndarray) -> np.ndarray:
        return points[np.lexsort(np.round(points, 3).T)]

    np.testing.assert_allclose(ordered(vertices + SIDE), ordered(expected), atol=2e-3)


def test_marching_cubes_of_noise_is_watertight() -> None:
    """Noise holds all 256 patterns and every ambiguous side; one wrong table entry would open a hole."""
    samples = np.random.default_rng(0).standard_normal((32, 32, 32))
    for axis in range(3):
        for end in (0, -1):
            np.swapaxes(samples, 0, axis)[end] = 1
    mesh = solid(*extract_surface(grid_of(samples), inside="below", method="marching_cubes"))
    assert mesh.is_watertight
    assert mesh.is_winding_consistent


@pytest.mark.parametrize("method", METHODS)
def test_what_is_unknown_is_left_open(method: Method) -> None:
    samples = sphere(40, 14.0)
    samples[:20] = np.nan
    vertices, faces = extract_surface(grid_of(samples), inside="below", method=method)
    assert vertices[:, 0].min() >= 20 - SIDE
    assert not solid(vertices, faces).is_watertight
    assert len(faces) > 1000


@pytest.mark.parametrize("method", METHODS)
def test_a_field_that_never_crosses_gives_no_faces(method: Method) -> None:
    vertices, faces = extract_surface(grid_of(np.ones((16, 16, 16))), inside="below", method=method)
    assert vertices.shape == (0, 3)
    assert faces.shape == (0, 3)


def test_surface_nets_have_rounder_triangles() -> None:
    def worst(method: Method) -> float:
        vertices, faces = extract_surface(grid_of(sphere(40, 14.0)), inside="below", method=method)
        return float(np.percentile(np.degrees(solid(vertices, faces).face_angles.min(axis=1)), 5))

    assert worst("surface_nets") > worst("marching_cubes") + 10
