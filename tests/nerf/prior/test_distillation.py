from pathlib import Path

import torch
from torch import nn

from nerf.prior.distillation import (
    Distillation,
    distil,
    load_mapping,
    noise_and_styles,
    normal_mapping,
    save_mapping,
)
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


def test_the_mapping_gives_styles_in_the_generators_units_and_survives_the_disk(tmp_path: Path) -> None:
    network = Halving(PriorConfig(w=4, width=8, heads=2, depth=1))
    network.mean.fill_(10)
    network.spread.fill_(2)
    mapping, lost = normal_mapping(network, SETTINGS)
    assert lost < 0.05
    noise = torch.randn(500, 4, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        styles = mapping(noise)
    assert torch.allclose(styles, 10 + 2 * (1 + 0.5 * noise), atol=0.7)
    save_mapping(mapping, tmp_path / "mapping.safetensors")
    assert torch.equal(load_mapping(tmp_path / "mapping.safetensors")(noise), mapping(noise))
