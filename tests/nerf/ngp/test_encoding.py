import pytest
import torch

from nerf.ngp.encoding import encode, hash_index
from nerf.ngp.levels import Levels


@pytest.mark.parametrize(
    ("corner", "at_19", "at_15"),
    [((1, 2, 3), 128476, 30172), ((100, 200, 300), 110768, 12464), ((2047, 2047, 2047), 285147, 23003)],
)
def test_hash_matches_golden_values(corner: tuple[int, int, int], at_19: int, at_15: int) -> None:
    corners = torch.tensor([corner])
    assert hash_index(corners, 1 << 19).tolist() == [at_19]
    assert hash_index(corners, 1 << 15).tolist() == [at_15]


def test_a_dense_level_interpolates_a_linear_function_exactly() -> None:
    levels = Levels(1, 4, 15, 16, 16)
    grid = torch.arange(16.0)
    z, y, x = torch.meshgrid(grid, grid, grid, indexing="ij")
    table = torch.stack([x, y, z, x + 2 * y - z], -1).reshape(-1, 4)
    points = torch.rand(100, 3, generator=torch.Generator().manual_seed(0)) * 0.9
    position = points * 15 + 0.5
    expected = torch.cat([position, (position @ torch.tensor([1.0, 2, -1]))[:, None]], -1)
    assert torch.allclose(encode(points, table, levels), expected, atol=1e-4)


def test_gradient_of_the_table_is_the_numerical_one() -> None:
    levels = Levels(3, 4, 6, 2, 16)
    generator = torch.Generator().manual_seed(1)
    table = torch.rand(levels.n_entries, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    points = torch.rand(5, 3, generator=generator, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda t: encode(points, t, levels), (table,))


def test_features_are_continuous_across_cells() -> None:
    levels = Levels(4, 4, 8, 4, 40)
    table = torch.rand(levels.n_entries, 4, generator=torch.Generator().manual_seed(2))
    x = torch.linspace(0.1, 0.9, 4001)
    points = torch.stack([x, 0.3 + 0.2 * x, 0.7 - 0.1 * x], -1)
    assert encode(points, table, levels).diff(dim=0).abs().max() < 0.03
