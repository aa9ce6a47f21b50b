import numpy as np
import pytest
import torch

from vision.denoising import clean_from, denoise

SIGNAL = [0.01, 0.1, 0.4, 0.8, 1.0]


def test_a_gaussian_is_carried_to_a_gaussian() -> None:
    """Against the exact flow: data N(2, 0.5^2), for which the best prediction is known in closed form."""
    mean, spread = 2.0, 0.5
    signal = np.cos(np.linspace(0.5 * np.pi - 1e-3, 0, 400)) ** 2

    def predict(noisy: torch.Tensor, step: int) -> torch.Tensor:
        a = float(signal[step])
        return mean + a**0.5 * spread**2 / (a * spread**2 + 1 - a) * (noisy - a**0.5 * mean)

    noise = torch.randn(1, 1, 100, 100, generator=torch.Generator().manual_seed(0))
    made = denoise(predict, noise, list(map(float, signal)))
    assert torch.allclose(made, mean + spread * noise, atol=0.02)


def test_views_are_joined_in_the_first_part_of_the_steps_only() -> None:
    seen = []

    def agreed(clean: torch.Tensor) -> torch.Tensor:
        seen.append(clean.clone())
        return clean.mean(dim=0, keepdim=True).expand_as(clean)

    noise = torch.randn(3, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    offsets = torch.arange(3.0)[:, None, None, None]
    apart = denoise(lambda x, step: offsets.expand_as(x), noise, SIGNAL, agreed=agreed, together=0.5)
    assert len(seen) == 2
    assert torch.allclose(apart, offsets.expand_as(apart))
    joined = denoise(lambda x, step: offsets.expand_as(x), noise, SIGNAL, agreed=agreed, together=1.0)
    assert torch.allclose(joined, torch.ones_like(joined))


def test_what_is_held_is_there_at_the_end() -> None:
    mask = torch.zeros(1, 1, 4, 4, dtype=torch.bool)
    mask[..., :2] = True
    noise = torch.randn(1, 1, 4, 4, generator=torch.Generator().manual_seed(2))
    made = denoise(lambda x, step: 0 * x, noise, SIGNAL, held=lambda clean: torch.where(mask, 5.0, clean))
    assert torch.allclose(made[mask], torch.tensor(5.0))
    assert torch.allclose(made[~mask], torch.tensor(0.0))


def test_all_kinds_of_prediction_mean_the_same() -> None:
    clean, noise, signal = torch.full((2,), 0.3), torch.full((2,), -1.2), 0.36
    noisy = 0.6 * clean + 0.8 * noise
    for kind, prediction in (("epsilon", noise), ("sample", clean), ("v_prediction", 0.6 * noise - 0.8 * clean)):
        assert torch.allclose(clean_from(prediction, noisy, signal, kind), clean, atol=1e-6)
    with pytest.raises(ValueError, match=r"prediction_type: must be .* \(got 'score'\)"):
        clean_from(clean, noisy, signal, "score")
