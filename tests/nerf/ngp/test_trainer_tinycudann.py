"""What tiny-cuda-nn is given is what our networks are, and its absence is told with the line that installs it."""

import importlib.util
import sys

import numpy as np
import pytest
import torch

from nerf.ngp import mlp, trainer_tinycudann
from nerf.ngp.levels import Levels
from nerf.ngp.sh import spherical_harmonics
from nerf.ngp.weights import initial_weights


def fully_fused(numbers: torch.Tensor, x: torch.Tensor, hidden_layers: int, outputs: int) -> torch.Tensor:
    """A network as tiny-cuda-nn lays it out: row-major matrices one after the other, 64 wide, outputs in sixteens."""
    padded, start = -(-outputs // 16) * 16, 0
    shapes = [(64, x.shape[1]), *([(64, 64)] * (hidden_layers - 1)), (padded, 64)]
    for number, (rows, columns) in enumerate(shapes):
        matrix = numbers[start : start + rows * columns].view(rows, columns)
        x, start = x @ matrix.T, start + rows * columns
        x = torch.relu(x) if number < len(shapes) - 1 else x
    assert start == len(numbers)
    return x[:, :outputs]


@pytest.mark.parametrize("codes", [0, 16])
def test_its_networks_with_our_numbers_are_our_networks(codes: int) -> None:
    rng = np.random.default_rng(0)
    weights = torch.from_numpy(initial_weights(32, rng, codes)).requires_grad_()
    features, directions = (torch.from_numpy(rng.normal(size=(20, k))).float() for k in (32, 3))
    directions, given = torch.nn.functional.normalize(directions, dim=1), torch.rand(20, codes)
    raw = fully_fused(trainer_tinycudann.density_weights(weights, 32), features, 1, 16)
    seen = torch.cat([raw, spherical_harmonics(directions), given], -1)
    colour = torch.sigmoid(fully_fused(trainer_tinycudann.colour_weights(weights, 32), seen, 2, 3))
    expected = mlp.field(features, directions, weights, torch.zeros(20), given if codes else None)
    torch.testing.assert_close(torch.exp(raw[:, 0]), expected[0])
    torch.testing.assert_close(colour, expected[1])
    (colour.sum() + raw[:, 0].sum()).backward()  # type: ignore[no-untyped-call]
    assert weights.grad is not None
    assert (weights.grad[:-64] != 0).any()
    assert not weights.grad[-64:].any()  # the output that nobody reads


def test_its_grid_is_told_in_its_own_words() -> None:
    told = trainer_tinycudann.encoding_config(Levels(16, 2, 19, 16, 2048))
    assert told["per_level_scale"] == pytest.approx(1.38191, abs=1e-5)
    assert (told["n_levels"], told["n_features_per_level"], told["log2_hashmap_size"]) == (16, 2, 19)


def test_its_absence_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinycudann", None)
    with pytest.raises(ImportError, match=r"pip install git\+https://github.com/NVlabs/tiny-cuda-nn"):
        trainer_tinycudann.load()


@pytest.mark.gpu
def test_its_encoding_is_ours_on_the_device() -> None:
    if importlib.util.find_spec("tinycudann") is None:
        pytest.skip(f"needs tiny-cuda-nn: {trainer_tinycudann.INSTALL}")
    from nerf.ngp import encoding

    levels, rng = Levels(8, 4, 12, 8, 64), np.random.default_rng(0)
    table = torch.from_numpy(rng.normal(size=(levels.n_entries, 4)).astype(np.float32)).cuda().requires_grad_()
    points = torch.from_numpy(rng.random((500, 3), np.float32)).cuda()
    part = trainer_tinycudann.load().Encoding(3, trainer_tinycudann.encoding_config(levels))
    assert part.params.numel() == levels.n_parameters
    found = torch.func.functional_call(part, {"params": table.reshape(-1)}, (points,))
    torch.testing.assert_close(found.float(), encoding.encode(points, table, levels), atol=2e-2, rtol=2e-2)
