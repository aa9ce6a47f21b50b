from pathlib import Path

import numpy as np
import pytest

from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.radiance_field import RadianceField, quantised
from nerf.ngp.volume import Volume
from nerf.ngp.weights import initial_weights
from nerf.posed_images import PosedImages


def _field(*, contracted: bool = False) -> RadianceField:
    rng = np.random.default_rng(0)
    levels = Levels(4, 4, 10, 4, 32)
    table = quantised(rng.normal(size=(levels.n_entries, 4)).astype(np.float32))
    occupied = np.packbits(rng.random(16**3) < 0.5, bitorder="little")
    volume = Volume(np.array([1.0, 2, 3]), 2.0, contracted)
    marching = Marching(step=0.02, cone=0.02 if contracted else 0.0, contracted=contracted)
    bias = quantised(rng.normal(size=16**3).astype(np.float32))
    return RadianceField(
        table, initial_weights(16, rng), occupied, levels, volume, marching, facts={"a": [1]}, bias=bias
    )


@pytest.mark.parametrize("contracted", [False, True])
def test_a_saved_field_is_the_same_field(tmp_path: Path, ball: PosedImages, contracted: bool) -> None:
    field = _field(contracted=contracted)
    for name in ("a", "b"):
        field.save(tmp_path / name)
    loaded = RadianceField.load(tmp_path / "a")
    assert loaded.facts == field.facts
    a, b = (f.render(ball.camera(0), ball.world_from_camera[0]) for f in (field, loaded))
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    for file in ("field.json", "field.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_density_is_zero_where_nothing_is_known() -> None:
    field = _field()
    low, high = field.bounds
    points = np.random.default_rng(1).uniform(low - 1, high + 1, (2000, 3))
    density = field.density(points)
    outside = ((points < low) | (points > high)).any(1)
    assert not density[outside].any()
    assert 0.3 < (density[~outside] > 0).mean() < 0.7


def test_colours_depend_on_the_direction_and_stay_in_range() -> None:
    field, rng = _field(), np.random.default_rng(2)
    points = rng.uniform(-1, 5, (700, 3))
    x, z = (np.tile(axis, (700, 1)) for axis in ([1.0, 0, 0], [0.0, 0, 1]))
    one, other = field.colour(points, x), field.colour(points, z)
    assert one.min() >= 0
    assert one.max() <= 1
    assert np.abs(one - other).max() > 0.01
    assert np.array_equal(one[:10], field.colour(points[:10], x[:10]))


def test_a_table_of_another_size_is_refused() -> None:
    field = _field()
    with pytest.raises(ValueError, match="levels ask for"):
        RadianceField(field.table[:-1], field.weights, field.occupied, field.levels, field.volume, field.marching)
