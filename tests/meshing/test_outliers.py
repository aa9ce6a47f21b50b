import numpy as np
import pytest
import trimesh

from meshing.distance import deviation
from meshing.outliers import with_outliers_split


def arrays(solid: trimesh.Trimesh) -> tuple[np.ndarray, np.ndarray]:
    return solid.vertices.astype(np.float32), solid.faces.astype(np.int32)


def test_spikes_that_were_lost_come_back() -> None:
    """A fine ball with three low hills, of which a coarse one knows nothing: each stands on the middle of a face."""
    fine, coarse = trimesh.creation.icosphere(5), trimesh.creation.icosphere(3)
    for center in coarse.triangles_center[[0, 500, 1000]]:
        near = np.clip(1 - np.linalg.norm(fine.vertices - center, axis=1) / 0.1, 0, None)
        fine.vertices *= 1 + 0.03 * near[:, None]
    original = arrays(fine)
    before = deviation(*arrays(coarse), *original, n_samples=20_000)
    vertices, faces = with_outliers_split(*arrays(coarse), original, 30, n_samples=20_000)
    after = deviation(vertices, faces, *original, n_samples=20_000)
    assert len(faces) == len(coarse.faces) + 60
    assert before.maximum > 0.02
    assert after.maximum < 0.8 * before.maximum
    assert after.mean < before.mean
    solid = trimesh.Trimesh(vertices, faces, process=False)
    assert solid.is_watertight
    assert solid.is_winding_consistent
    assert solid.euler_number == 2


def test_what_lies_everywhere_on_its_original_takes_points_without_harm() -> None:
    box = trimesh.creation.box()
    fine = box.subdivide().subdivide()
    vertices, faces = with_outliers_split(*arrays(box.subdivide()), arrays(fine), 5, n_samples=2000)
    assert len(faces) == 48 + 10
    solid = trimesh.Trimesh(vertices, faces, process=False)
    assert solid.is_watertight
    assert solid.volume == pytest.approx(1.0, abs=1e-5)


def test_a_dome_over_a_square_takes_its_top_and_keeps_the_border() -> None:
    x, y = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 9), indexing="ij")
    points = np.stack([x, y, 2 * x * (1 - x) * y * (1 - y)], axis=-1).reshape(-1, 3).astype(np.float32)
    a = (np.arange(8)[:, None] * 9 + np.arange(8)).ravel()
    faces = np.concatenate([np.stack([a, a + 9, a + 10], axis=1), np.stack([a, a + 10, a + 1], axis=1)])
    flat = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    original = points, faces.astype(np.int32)
    vertices, left = with_outliers_split(flat, np.array([[0, 1, 2], [0, 2, 3]], np.int32), original, 1, n_samples=2000)
    assert len(left) == 4
    np.testing.assert_allclose(vertices[4], [0.5, 0.5, 0.125], atol=0.1)
    outline = trimesh.Trimesh(vertices, left, process=False).outline()
    assert outline.length == pytest.approx(4.0)
