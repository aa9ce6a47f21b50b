"""Tokens of a vision transformer that say nearly the same are merged from layer to layer (ToMe, Bolya et al. 2023).

A merged token stands for several patches: `sizes` counts them, and attention gives each token the weight of as many.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class Tokens:
    """Tokens, and how many patches each of them stands for."""

    values: Float[Tensor, "batch tokens width"]
    sizes: Float[Tensor, "batch tokens"]

    @classmethod
    def of(cls, values: Float[Tensor, "batch tokens width"]) -> "Tokens":
        """Tokens of one patch each."""
        return cls(values, values.new_ones(values.shape[:2]))

    @property
    def attention_bias(self) -> Float[Tensor, "batch tokens"]:
        """What proportional attention adds to each key's logit (section 3): the logarithm of its size."""
        return self.sizes.log()


@dataclass(frozen=True, eq=False)
class Pairs:
    """Which tokens merge. Of the even ones `kept` stay and `gone` join the odd ones `into`; odd ones all stay."""

    kept: Int64[Tensor, "batch kept"]
    gone: Int64[Tensor, "batch gone"]
    into: Int64[Tensor, "batch gone"]


def matched(keys: Float[Tensor, "batch tokens channels"], r: int, *, keep_first: bool) -> Pairs:
    """Bipartite soft matching (section 3): the `r` pairs of an even and an odd token whose keys are most alike.

    At most half of the tokens merge. `keep_first` protects the first token, the class token of CLIP.
    """
    metric = functional.normalize(keys, dim=-1)
    likeness = metric[:, ::2] @ metric[:, 1::2].transpose(1, 2)
    if keep_first:
        likeness[:, 0] = -torch.inf
    most = min(r, (keys.shape[1] - int(keep_first)) // 2)
    best, partner = likeness.max(2)
    order = best.argsort(dim=1, descending=True, stable=True)
    gone = order[:, :most]
    return Pairs(order[:, most:].sort(1).values, gone, partner.gather(1, gone))


def merged(tokens: Tokens, pairs: Pairs) -> Tokens:
    """The even tokens that stay in their order, then the odd ones, each the mean of all patches that it stands for."""
    weighted = torch.cat([tokens.values * tokens.sizes[..., None], tokens.sizes[..., None]], 2)
    even, odd = weighted[:, ::2], weighted[:, 1::2]
    width = weighted.shape[2]
    joining = even.gather(1, pairs.gone[..., None].expand(-1, -1, width))
    odd = odd.scatter_add(1, pairs.into[..., None].expand(-1, -1, width), joining)
    sums = torch.cat([even.gather(1, pairs.kept[..., None].expand(-1, -1, width)), odd], 1)
    return Tokens(sums[..., :-1] / sums[..., -1:], sums[..., -1])
