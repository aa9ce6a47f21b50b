import pytest
import torch

from nerf.prior.blocks import Blocks
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.quantisation import Int8Linear, quantised, sqnr

CONFIG = PriorConfig(w=6, tokens=2, condition=5, width=32, depth=2, heads=2)
RANDOM = torch.Generator().manual_seed(0)
GIVEN = torch.randn(16, 2, 6, generator=RANDOM), torch.rand(16, generator=RANDOM), torch.randn(16, 5, generator=RANDOM)


def network() -> PriorNetwork:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return PriorNetwork(CONFIG).eval().requires_grad_(False)


def eights(made: PriorNetwork) -> set[str]:
    assert isinstance(made.body, Blocks)
    return {name for name, module in made.body.blocks.named_modules() if isinstance(module, Int8Linear)}


def test_decibels_of_noise_of_a_hundredth() -> None:
    signal = torch.tensor([3.0, -4.0])
    assert sqnr(signal, signal * 1.01) == pytest.approx(40, abs=0.01)
    assert sqnr(signal, signal) == float("inf")


def test_an_eight_bit_map_is_the_map_on_the_grids_that_it_promises() -> None:
    """Against rounding by hand: 128 levels of activations from the least to the largest, 255 of each row's weights."""
    linear = torch.nn.Linear(20, 7).requires_grad_(False)
    torch.nn.init.normal_(linear.weight, generator=torch.Generator().manual_seed(1))
    seen = torch.randn(50, 20, generator=torch.Generator().manual_seed(2)) + 1
    eight = Int8Linear(linear, seen)
    step = (seen.max() - seen.min()) / 127
    zero = (-seen.min() / step).round()
    grid = (((seen / step).round() + zero).clamp(0, 127) - zero) * step
    rows = linear.weight.abs().amax(1, keepdim=True) / 127
    expected = grid @ ((linear.weight / rows).round() * rows).T + linear.bias
    assert torch.allclose(eight(seen), expected, atol=1e-4)
    assert 30 < sqnr(linear(seen), eight(seen)) < 45
    assert torch.equal(eight(seen)[:3], eight(seen[:3]))  # whatever else there is


def test_a_map_with_an_outlier_stays_exact() -> None:
    """One channel a thousand times the others ruins the grid of the map that reads it, and of no other."""
    made = network()
    layer = made.body.layers[1]
    layer.norm2.weight[3] = 1000.0  # type: ignore[union-attr, operator, index]
    layer.linear1.weight[:, 3] = 0.0  # type: ignore[union-attr, operator, index]
    found, decibels = quantised(made, lambda each: each(*GIVEN), 25.0)
    assert min(decibels, key=lambda name: decibels[name]) == "1.widen"
    assert eights(found) == set(decibels) - {"1.widen"}
    assert len(decibels) == 8
    exact = made(*GIVEN)
    assert 20 < sqnr(exact, found(*GIVEN)) < 60


def test_the_bound_chooses_between_none_and_all() -> None:
    made = network()
    none, _ = quantised(made, lambda each: each(*GIVEN), 200.0)
    assert not eights(none)
    assert torch.allclose(none(*GIVEN), made(*GIVEN), atol=1e-5)
    everything, decibels = quantised(made, lambda each: each(*GIVEN), 0.0)
    assert eights(everything) == set(decibels)


def test_other_devices_are_refused() -> None:
    with pytest.raises(ValueError, match=r"int8_above_db: needs a CPU .*the prior is on meta"):
        quantised(network().to("meta"), lambda each: None, 0.0)
