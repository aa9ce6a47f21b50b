import numpy as np
import pytest

from vision.depth_scenes import BOX, CYLINDER, ELLIPSOID, KINDS, _cast, make_scene


def one_ray(kind: int, half: tuple[float, float, float], turn: float = 0.0) -> float:
    rays = np.array([[[0.0, 0.0, 1.0]]])
    arrays = np.array([[0.0, 0.0, 5.0]]), np.array([half]), np.array([turn])
    return float(_cast(rays, np.zeros(3), np.array([kind]), *arrays)[0][0, 0])


def test_shapes_are_met_where_geometry_says() -> None:
    assert one_ray(BOX, (1, 1, 2)) == pytest.approx(3)
    assert one_ray(BOX, (1, 1, 1), np.pi / 4) == pytest.approx(5 - np.sqrt(2), abs=1e-6)
    assert one_ray(ELLIPSOID, (1, 2, 1.5)) == pytest.approx(3.5)
    assert one_ray(CYLINDER, (0.5, 2, 0.5)) == pytest.approx(4.5)
    assert one_ray(BOX, (3, 1, 1), np.pi / 2) == pytest.approx(2)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_scene_has_depth_and_repeats(kind: str) -> None:
    first, second = (make_scene(np.random.default_rng(3), height=48, width=64, kind=kind) for _ in range(2))
    assert np.array_equal(first.rgb, second.rgb)
    assert np.array_equal(first.inverse, second.inverse)
    assert (first.inverse >= 0).all()
    assert (first.inverse > 0).mean() > 0.3
    assert len(np.unique(first.inverse.round(4))) > 50
    assert first.rgb.std() > 5


def test_an_unknown_kind_is_told() -> None:
    with pytest.raises(ValueError, match="must be one of room, street"):
        make_scene(np.random.default_rng(0), kind="moon")
