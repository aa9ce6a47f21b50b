"""Polygons as triangles."""

import numpy as np
import pytest

from meshing.room.polygon import area
from meshing.room.triangulate import triangles_of

L_SHAPE = np.array([[0.0, 4.0], [2.0, 4.0], [2.0, 2.0], [4.0, 2.0], [4.0, 0.0], [0.0, 0.0]])
COMB = np.array([[0.0, 3.0], [5.0, 3.0], [5.0, 0.0], [4.0, 0.0], [4.0, 2.0], [3.0, 2.0], [3.0, 0.0], [2.0, 0.0],
                 [2.0, 2.0], [1.0, 2.0], [1.0, 0.0], [0.0, 0.0]])  # fmt: skip


@pytest.mark.parametrize("polygon", [L_SHAPE, COMB, L_SHAPE[:3]], ids=["L", "comb", "triangle"])
def test_triangles_cover_the_polygon_once_and_turn_its_way(polygon: np.ndarray) -> None:
    faces = triangles_of(polygon)
    assert faces.shape == (len(polygon) - 2, 3)
    areas = [area(polygon[face]) for face in faces]
    assert min(areas) > 0
    assert sum(areas) == pytest.approx(area(polygon))
