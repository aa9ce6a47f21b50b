import numpy as np
import pytest
import trimesh

from meshing.field import choose_level, sample_field
from meshing.isosurface import Method, extract_surface

LOW, HIGH = np.array([-1.0, -0.7, -0.6]), np.array([1.0, 0.9, 0.6])


def torus(points: np.ndarray) -> np.ndarray:
    """Signed distance, negative inside."""
    ring = np.linalg.norm(points[:, :2], axis=1) - 0.45
    distance: np.ndarray = np.hypot(ring, points[:, 2]) - 0.2
    return distance


@pytest.mark.parametrize("method", ["marching_cubes", "surface_nets"])
def test_a_torus_has_its_shape_and_one_hole(method: Method) -> None:
    grid = sample_field(torus, LOW, HIGH, 101, level=0.0, inside="below")
    mesh = trimesh.Trimesh(*extract_surface(grid, inside="below", method=method), process=False)
    assert mesh.is_watertight
    assert mesh.euler_number == 0
    assert mesh.volume == pytest.approx(2 * np.pi**2 * 0.45 * 0.2**2, rel=0.01)
    assert np.abs(torus(mesh.vertices)).max() < 0.15 * grid.voxel


def test_the_sparse_grid_gives_what_a_dense_one_gives() -> None:
    """Every block that a face could need is kept: the same faces as from all samples."""
    rng = np.random.default_rng(0)
    waves = rng.normal(size=(3, 6)) * 6

    def field(points: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.sin(points @ waves).sum(axis=1)
        return found

    grid = sample_field(field, LOW, HIGH, 60, level=0.3, inside="above")
    vertices, faces = extract_surface(grid, 0.3, inside="above", method="marching_cubes")
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    assert mesh.is_watertight  # capped at the border
    shape = np.ceil((HIGH - LOW) / grid.voxel - 1e-9).astype(int) + 1
    axes = [LOW[k] + grid.voxel * np.arange(shape[k]) for k in range(3)]
    dense = field(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.float32)).reshape(shape)
    for axis in range(3):
        for end in (0, -1):
            np.swapaxes(dense, 0, axis)[end] = -0.7
    from skimage.measure import marching_cubes

    expected, _, _, _ = marching_cubes(dense, 0.3, method="lorensen")
    assert len(vertices) == len(expected)


def test_each_point_is_asked_for_once() -> None:
    asked = []

    def field(points: np.ndarray) -> np.ndarray:
        asked.append(points)
        return torus(points)

    grid = sample_field(field, LOW, HIGH, 41, level=0.0, inside="below")
    points = np.concatenate(asked)
    assert len(points) == 41 * 33 * 25
    assert len(np.unique(points, axis=0)) == len(points)
    np.testing.assert_allclose(points.min(axis=0), LOW, atol=1e-6)
    assert grid.voxel == pytest.approx(0.05)
    assert len(grid.blocks) < 6 * 5 * 4


def test_an_open_field_stays_open_where_asked() -> None:
    def plane(points: np.ndarray) -> np.ndarray:
        height: np.ndarray = points[:, 2] - 0.01
        return height

    closed = sample_field(plane, LOW, HIGH, 30, level=0.0, inside="below")
    opened = sample_field(plane, LOW, HIGH, 30, level=0.0, inside="below", closed=False)
    solid = trimesh.Trimesh(*extract_surface(closed, inside="below", method="marching_cubes"), process=False)
    sheet = trimesh.Trimesh(*extract_surface(opened, inside="below", method="marching_cubes"), process=False)
    assert solid.is_watertight
    np.testing.assert_allclose(sheet.vertices[:, 2], 0.01, atol=1e-4)
    assert (sheet.face_normals[:, 2] > 0.99).all()


def test_the_level_parts_fog_from_matter() -> None:
    """Thin fog of about 1 and matter of about 60: anything well between will do."""
    rng = np.random.default_rng(0)

    def density(points: np.ndarray) -> np.ndarray:
        noise = np.exp(0.4 * rng.standard_normal(len(points)))
        found: np.ndarray = np.where(torus(points) < 0, 60.0, 1.0) * noise
        return found

    assert 3 < choose_level(density, LOW, HIGH) < 25


def test_what_cannot_be_sampled_is_said() -> None:
    with pytest.raises(ValueError, match=r"resolution: must be 8 to 4096 \(got 2\)"):
        sample_field(torus, LOW, HIGH, 2, level=0.0, inside="below")
    with pytest.raises(ValueError, match=r"bounds: low must lie below high on each axis"):
        sample_field(torus, HIGH, LOW, 16, level=0.0, inside="below")
    with pytest.raises(ValueError, match=r"field: must be finite \(got nan at"):
        sample_field(lambda p: np.full(len(p), np.nan), LOW, HIGH, 16, level=0.0, inside="below")
    with pytest.raises(ValueError, match=r"field: must give one number per point"):
        sample_field(lambda p: p, LOW, HIGH, 16, level=0.0, inside="below")
    with pytest.raises(ValueError, match=r"field: holds nothing to cut"):
        choose_level(lambda p: np.zeros(len(p)), LOW, HIGH)
