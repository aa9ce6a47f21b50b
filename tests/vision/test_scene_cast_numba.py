import numpy as np
import pytest

from vision.scene_cast_numba import BOX, CYLINDER, ELLIPSOID, cast


def one_ray(kind: int, half: tuple[float, float, float], turn: float = 0.0) -> float:
    rays = np.array([[[0.0, 0.0, 1.0]]])
    arrays = np.array([[0.0, 0.0, 5.0]]), np.array([half]), np.array([turn])
    return float(cast(rays, np.zeros(3), np.array([kind]), *arrays)[0][0, 0])


def test_shapes_are_met_where_geometry_says() -> None:
    assert one_ray(BOX, (1, 1, 2)) == pytest.approx(3)
    assert one_ray(BOX, (1, 1, 1), np.pi / 4) == pytest.approx(5 - np.sqrt(2), abs=1e-6)
    assert one_ray(ELLIPSOID, (1, 2, 1.5)) == pytest.approx(3.5)
    assert one_ray(CYLINDER, (0.5, 2, 0.5)) == pytest.approx(4.5)
    assert one_ray(BOX, (3, 1, 1), np.pi / 2) == pytest.approx(2)
