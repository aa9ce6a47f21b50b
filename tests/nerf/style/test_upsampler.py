import torch
from torch.nn import functional

from nerf.style.upsampler import Doubling, Upsampler


def test_without_residual_and_blur_each_pixel_is_repeated() -> None:
    """The cheap check of path consistency: up-sampled pixels equal the low-resolution ray."""
    torch.manual_seed(0)
    double = Doubling(8, 4)
    for weights in double.widen.parameters():
        torch.nn.init.zeros_(weights)
    x = torch.randn(1, 8, 5, 5)
    assert torch.equal(double(x, torch.zeros(1, 4), blur=False), functional.interpolate(x, scale_factor=2))


def test_blur_keeps_the_mean_of_a_constant_and_does_not_shift() -> None:
    torch.manual_seed(0)
    double = Doubling(8, 4)
    assert torch.allclose(double._blurred(torch.full((1, 8, 6, 6), 3.0)), torch.full((1, 8, 6, 6), 3.0))


def test_a_new_upsampler_interpolates_colours_alone() -> None:
    torch.manual_seed(0)
    upsampler = Upsampler(8, 4, 2)
    rgb = torch.rand(2, 3, 4, 4)
    found = upsampler(torch.randn(2, 8, 4, 4), rgb, torch.randn(2, 2, 4))
    twice = functional.interpolate(rgb, scale_factor=2, mode="bilinear", align_corners=False)
    twice = functional.interpolate(twice, scale_factor=2, mode="bilinear", align_corners=False)
    assert torch.allclose(found, twice)


def test_a_pixel_reaches_only_its_surroundings() -> None:
    torch.manual_seed(0)
    double = Doubling(8, 4)
    a = torch.zeros(1, 8, 9, 9)
    b = a.clone()
    b[..., 4, 4] = 1
    changed = (double(b, torch.ones(1, 4)) - double(a, torch.ones(1, 4))).abs().sum(1)[0] > 1e-6
    rows, columns = changed.nonzero().T
    assert rows.min() >= 4
    assert rows.max() <= 13
    assert columns.min() >= 4
    assert columns.max() <= 13
