import math

import torch
from torch.nn import functional

from nerf.style.layers import EqualLinear, ModulatedLinear, encoding_width, leaky, positional_encoding


def test_encoding_is_sines_and_cosines_of_doubling_frequencies() -> None:
    point = torch.tensor([[0.3, -0.2, 0.7]])
    found = positional_encoding(point, 2)[0]
    angles = [value * 2**octave * math.pi / 2 for octave in range(2) for value in point[0].tolist()]
    expected = [*point[0].tolist(), *map(math.sin, angles), *map(math.cos, angles)]
    assert len(found) == encoding_width(2)
    assert torch.allclose(found, torch.tensor(expected))


def test_modulation_is_scaled_inputs_and_unit_rows() -> None:
    """Against each item's own weights, written out (Karras et al. 2020, eq. 1 and 3)."""
    torch.manual_seed(0)
    layer = ModulatedLinear(5, 4, 3, active=False).double()
    x, w = torch.randn(2, 7, 5, dtype=torch.float64), torch.randn(2, 3, dtype=torch.float64)
    found = layer(x, w)
    for item in range(2):
        weight = layer.weight * layer.scales(w[item : item + 1])[0] / math.sqrt(5)
        weight = weight / weight.norm(dim=1, keepdim=True)
        assert torch.allclose(found[item], functional.linear(x[item], weight, layer.bias), atol=1e-6)


def test_demodulated_layers_keep_unit_variance_whatever_the_style() -> None:
    torch.manual_seed(0)
    layer = ModulatedLinear(64, 64, 8, active=False)
    for strength in (0.1, 10.0):
        y = layer(torch.randn(1, 4096, 64), strength * torch.randn(1, 8))
        assert abs(float(y.detach().std()) - 1) < 0.1


def test_leaky_keeps_the_second_moment() -> None:
    x = torch.randn(100_000, generator=torch.Generator().manual_seed(0))
    assert abs(float(leaky(x).square().mean()) - 1.04) < 0.02


def test_learning_rate_multiplier_changes_no_output() -> None:
    torch.manual_seed(0)
    slow = EqualLinear(4, 3, bias=0.5, rate=0.01)
    assert torch.allclose(slow(torch.zeros(1, 4)), torch.tensor([[0.5, 0.5, 0.5]]))


def test_a_style_shifts_by_nothing_at_first_and_then_moves_outputs_alike() -> None:
    torch.manual_seed(0)
    layer = ModulatedLinear(8, 6, 4, active=False, shift=True)
    x, w = torch.randn(2, 5, 8), torch.randn(2, 4)
    assert layer.shifts is not None
    first = layer(x, w)
    with torch.no_grad():
        layer.shifts.bias.fill_(0.5)
    assert torch.allclose(layer(x, w), first + 0.5, atol=1e-6)


def test_an_own_layer_does_as_its_styles_did_and_hears_no_others() -> None:
    torch.manual_seed(0)
    x, w = torch.randn(2, 5, 8), torch.randn(2, 4)
    for layer in (ModulatedLinear(8, 6, 4, shift=True), ModulatedLinear(8, 6, 4, demodulate=False, active=False)):
        own = layer.own(w)
        assert torch.equal(own(x, w), layer(x, w))
        assert torch.equal(own(x, -w), own(x, w))
        assert not torch.allclose(layer(x, -w), layer(x, w))
        with torch.no_grad():
            own.weight[0] += 1
            own.bias[0] += 1
        assert torch.equal(own(x, w)[1], layer(x, w)[1])
        assert not torch.allclose(own(x, w)[0], layer(x, w)[0])
