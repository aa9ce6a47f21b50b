"""A causal transformer that predicts a clean style from a noisy one and an embedding (DALL-E 2's prior, over w)."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class PriorConfig:
    """Sizes. `tokens` is 1 for w, the number of style layers for w+."""

    w: int = 192
    tokens: int = 1
    condition: int = 128
    width: int = 256
    depth: int = 4
    heads: int = 4


class PriorNetwork(nn.Module):
    """Tokens in order: embedding, time, noisy styles, learned queries; the queries' outputs are the clean styles."""

    mean: Tensor
    spread: Tensor

    def __init__(self, config: PriorConfig) -> None:
        super().__init__()
        self.config = config
        width, length = config.width, 2 + 2 * config.tokens
        self.condition = nn.Linear(config.condition, width)
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.noisy = nn.Linear(config.w, width)
        self.queries = nn.Parameter(torch.randn(config.tokens, width) * 0.02)
        self.places = nn.Parameter(torch.randn(length, width) * 0.02)
        block = nn.TransformerEncoderLayer(
            width, config.heads, 4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.body = nn.TransformerEncoder(block, config.depth, nn.LayerNorm(width), enable_nested_tensor=False)
        self.out = nn.Linear(width, config.w)
        self.nothing = nn.Parameter(torch.zeros(config.condition))
        self.register_buffer("mean", torch.zeros(config.tokens, config.w))
        self.register_buffer("spread", torch.ones(config.tokens, config.w))

    def forward(
        self,
        x: Float[Tensor, "batch tokens style"],
        times: Float[Tensor, " batch"],
        condition: Float[Tensor, "batch condition"],
    ) -> Float[Tensor, "batch tokens style"]:
        """Clean styles, in the same units as x: z-scored."""
        read = self.read(x, times, condition)
        clean: Tensor = self.out(read[:, -self.config.tokens :])
        return clean

    def read(
        self,
        x: Float[Tensor, "batch tokens style"],
        times: Float[Tensor, " batch"],
        condition: Float[Tensor, "batch condition"],
    ) -> Float[Tensor, "batch length width"]:
        """What every token has become; no token knows of those after it."""
        first = self.condition(condition * math.sqrt(condition.shape[1]))[:, None]
        second = self.time(_waves(times))[:, None]
        queries = self.queries.expand(len(x), -1, -1)
        tokens = torch.cat([first, second, self.noisy(x), queries], 1) + self.places
        length = tokens.shape[1]
        later = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        read: Tensor = self.body(tokens, mask=later, is_causal=True)
        return read

    def without(self, batch: int) -> Float[Tensor, "batch condition"]:
        """The learned embedding that stands for no condition."""
        return self.nothing.expand(batch, -1)

    def scored(self, w: Float[Tensor, "batch tokens style"]) -> Float[Tensor, "batch tokens style"]:
        """Styles in units of their spread around their mean."""
        return (w - self.mean) / self.spread

    def restored(self, x: Float[Tensor, "batch tokens style"]) -> Float[Tensor, "batch tokens style"]:
        """Styles as the generator takes them."""
        return x * self.spread + self.mean


def _waves(times: Float[Tensor, " batch"]) -> Float[Tensor, "batch 64"]:
    frequencies = torch.exp(-math.log(1e4) * torch.arange(32, device=times.device) / 32)
    angles = 1000 * times[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)
