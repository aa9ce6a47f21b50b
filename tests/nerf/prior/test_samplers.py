import pytest
import torch

from nerf.prior.samplers import ddim, dpm, sampler
from nerf.prior.schedule import descending, signal

NOISE = torch.randn(4, 1, 6, generator=torch.Generator().manual_seed(0)).double()


@pytest.mark.parametrize("steps", [1, 4, 50])
@pytest.mark.parametrize("name", ["ddim", "dpm"])
def test_an_oracle_is_believed(name: str, steps: int) -> None:
    truth = torch.randn(4, 1, 6, generator=torch.Generator().manual_seed(1)).double()
    found = sampler(name)(lambda x, t: truth, NOISE, descending(steps).double())  # type: ignore[arg-type]
    assert torch.allclose(found, truth, atol=1e-6)


def gaussian(x: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
    """The best clean prediction where latents are normal with mean 2 and standard deviation 0.5."""
    a = signal(times)[:, None, None]
    gain = a.sqrt() * 0.25 / (a * 0.25 + 1 - a)
    return 2 + gain * (x - a.sqrt() * 2)


def test_both_reach_the_known_answer_and_dpm_does_so_in_fewer_steps() -> None:
    """For a normal distribution the ODE's solution is known: 2 + 0.5 times the noise."""
    exact = 2 + 0.5 * NOISE

    def error(method: object, steps: int) -> float:
        return float((method(gaussian, NOISE, descending(steps).double()) - exact).abs().max())  # type: ignore[operator]

    assert error(ddim, 400) < 0.01
    assert error(dpm, 100) < 0.01
    assert error(dpm, 20) < 0.5 * error(ddim, 20)


def test_steps_even_in_signal_to_noise_reach_the_known_answer_too() -> None:
    exact = 2 + 0.5 * NOISE
    for method, steps in ((ddim, 400), (dpm, 100)):
        assert float((method(gaussian, NOISE, descending(steps, "log_snr").double()) - exact).abs().max()) < 0.01
