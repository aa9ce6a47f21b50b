import pytest
import torch

from nerf.prior import schedule

GOLDEN = {1: 0.9999587, 10: 0.999369, 100: 0.972093, 250: 0.847012, 500: 0.493844, 750: 0.144272, 900: 0.024092}


def test_a_thousand_steps_have_the_published_values() -> None:
    found = schedule.discrete(1000)
    for step, value in GOLDEN.items():
        assert abs(float(found[step - 1]) - value) < 1e-6
    assert abs(float(found[989]) - 2.4286e-4) < 1e-8
    assert abs(float(found[999]) - 2.43e-9) < 1e-11


def test_continuous_time_agrees_with_steps() -> None:
    times = torch.tensor([0.1, 0.5, 0.9])
    assert torch.allclose(schedule.signal(times).double(), schedule.discrete(1000)[[99, 499, 899]], atol=1e-6)
    assert schedule.signal(torch.tensor([0.0, 1.0])).tolist() == pytest.approx([1.0, 0.0], abs=1e-7)


def test_noise_keeps_the_variance() -> None:
    generator = torch.Generator().manual_seed(0)
    clean, noise = (torch.randn(1000, 1, 64, generator=generator) for _ in range(2))
    for time in (0.0, 0.4, 1.0):
        mixed = schedule.noised(clean, noise, torch.full((1000,), time))
        assert abs(float(mixed.var()) - 1) < 0.02
    assert torch.allclose(schedule.noised(clean, noise, torch.zeros(1000)), clean, atol=2e-3)


def test_no_steps_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"must be at least 1 \(got 0\)"):
        schedule.descending(0)


def test_steps_may_be_even_in_the_logarithm_of_signal_to_noise() -> None:
    times = schedule.descending(9, "log_snr")
    assert times.shape == (10,)
    assert torch.allclose(times[[0, -2, -1]], torch.tensor([0.999, 0.01, 0.0]), atol=1e-5)
    steps = torch.logit(schedule.signal(times[:-1].double())).diff()
    assert torch.allclose(steps, steps.mean().expand(8), rtol=1e-3)
    assert torch.equal(schedule.descending(1, "log_snr"), schedule.descending(1))
