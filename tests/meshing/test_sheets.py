import numpy as np
import pytest

from meshing.clean import components
from meshing.mesh import Mesh
from meshing.morton import welded
from meshing.sheets import parted
from meshing.simplify import simplify


def cube(n: int, at: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """A cube of side 1 whose sides are n by n squares, its least corner at a place."""
    points: list[np.ndarray] = []
    faces = []
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    square = i * (n + 1) + j
    for axis in range(3):
        for end in (0.0, 1.0):
            start = len(np.concatenate(points)) if points else 0
            u, v = np.meshgrid(np.linspace(0, 1, n + 1), np.linspace(0, 1, n + 1), indexing="ij")
            places = np.empty(((n + 1) ** 2, 3))
            places[:, axis], places[:, (axis + 1) % 3], places[:, (axis + 2) % 3] = end, u.ravel(), v.ravel()
            points.append(places)
            quads = np.stack([square, square + n + 1, square + n + 2, square + 1], axis=1) + start
            quads = quads if end else quads[:, ::-1]
            faces.append(np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]))
    return np.concatenate(points) + at, np.concatenate(faces)


def touching(n: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Two cubes that have one edge in common."""
    (a, f), (b, g) = cube(n, (0, 0, 0)), cube(n, (1, 1, 0))
    points = np.concatenate([a, b]).astype(np.float32)
    first, point = welded(points)
    return points[first].astype(np.float64), point[np.concatenate([f, g + len(a)])].astype(np.int32)


def faces_of_edges(faces: np.ndarray) -> list[int]:
    """How many edges have 0, 1, 2 ... faces."""
    ends = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    counts: list[int] = np.bincount(np.unique(ends, axis=0, return_counts=True)[1]).tolist()
    return counts


@pytest.mark.parametrize("n", [1, 3])
def test_two_bodies_that_share_an_edge_are_two(n: int) -> None:
    points, faces = touching(n)
    assert faces_of_edges(faces)[3:] == [0, n]
    apart, found, edges = parted(points, faces)
    assert len(apart) == len(points) + n + 1
    assert faces_of_edges(found) == [0, 0, 36 * n * n]
    assert (edges.count == 2).all()
    assert np.array_equal(apart[found], points[faces])
    first, second = np.split(components(found, len(apart)), 2)
    assert len({*first}) == len({*second}) == 1
    assert first[0] != second[0]


def test_two_hollows_that_share_an_edge_are_one() -> None:
    """Turned inside out there is material between the faces of different cubes."""
    points, faces = touching(3)
    apart, found, _ = parted(points, faces[:, ::-1].copy())
    assert len(apart) == len(points) + 2  # at its ends the faces of both go all around
    assert faces_of_edges(found) == [0, 0, 36 * 9]
    assert len({*components(found, len(apart))}) == 1


def test_what_is_no_such_edge_stays_as_it_was() -> None:
    points, faces = touching()
    shared = np.intersect1d(faces[:12], faces[12:])
    third = faces[12:][np.isin(faces[12:], shared).sum(axis=1) == 2][:1]
    half_turned = np.concatenate([faces[:12], faces[12:, ::-1]])  # faces there do not look out and in by turns
    for case in (faces[:12], np.concatenate([faces[:12], third]), half_turned):
        same, found, _ = parted(points, case)
        assert same is points
        assert found is case


def test_surfaces_that_touch_are_simplified_as_if_they_did_not() -> None:
    points, faces = touching(12)
    result = simplify(Mesh(points.astype(np.float32), faces), 24)
    assert len(result.mesh.faces) == 24
    assert result.deviation.maximum < 1e-3
