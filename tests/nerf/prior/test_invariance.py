import torch

from nerf.prior.invariance import invariance
from nerf.prior.network import PriorConfig, PriorNetwork


class Copying(PriorNetwork):
    """Says that the clean style is the condition."""

    def forward(self, x: torch.Tensor, times: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        return condition[:, None]


def test_known_embeddings_give_known_numbers() -> None:
    network = Copying(PriorConfig(w=8, condition=8, width=16, depth=1, heads=2))
    styles = torch.randn(50, 1, 8, generator=torch.Generator().manual_seed(0))
    same = invariance(network, styles, styles.expand(-1, 3, -1))
    assert same.ratio < 1e-6
    assert same.retrieval == 1
    assert same.error < 1e-6
    noise = torch.randn(50, 3, 8, generator=torch.Generator().manual_seed(1))
    mixed = invariance(network, styles, styles + noise)
    assert 0.5 < mixed.ratio < 1.1
    assert mixed.retrieval < 0.9
    assert abs(mixed.error - 1) < 0.2
