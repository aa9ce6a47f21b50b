import torch
from torch import nn

from nerf.prior.distillation import Distillation, distil, noise_and_styles
from nerf.prior.network import PriorConfig, PriorNetwork


class Halving(PriorNetwork):
    """The best predictor where styles are normal with mean 1 and standard deviation 0.5."""

    def forward(self, x: torch.Tensor, times: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        from nerf.prior.schedule import signal

        a = signal(times)[:, None, None]
        return 1 + a.sqrt() * 0.25 / (a * 0.25 + 1 - a) * (x - a.sqrt())


SETTINGS = Distillation(pairs=1200, sampling_steps=60, steps=300, batch=128, rate=3e-3)


def test_pairs_follow_the_priors_path() -> None:
    """Whose end is known: 1 + 0.5 times the noise."""
    noise, styles = noise_and_styles(Halving(PriorConfig(w=4, tokens=2, width=8, heads=2, depth=1)), SETTINGS)
    assert noise.shape == (1200, 8)
    assert torch.allclose(styles.flatten(1), 1 + 0.5 * noise, atol=0.06)


def test_a_mapping_learns_the_path_and_tells_its_error_on_unseen_noise() -> None:
    noise, styles = noise_and_styles(Halving(PriorConfig(w=4, width=8, heads=2, depth=1)), SETTINGS)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        mapping = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 4))
    error = distil(mapping, noise, styles, SETTINGS)
    assert error < 0.05 * float(styles.var())
