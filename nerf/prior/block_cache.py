"""Blocks of the prior whose results are used again over several steps (Block Caching, Wimbauer et al. 2023).

What a block adds to its tokens changes little from step to step. How much is measured while a first candidate is drawn
in full; for the others each block is computed anew when its changes since the last time add up to a threshold.
"""

import numpy as np
from jaxtyping import Bool, Float64
from torch import Tensor, nn

from nerf.prior.blocks import Blocks, in_blocks
from nerf.prior.network import PriorNetwork

Changes = Float64[np.ndarray, "blocks steps"]


def plan_of(changes: Changes, threshold: float) -> Bool[np.ndarray, "blocks steps"]:
    """When each block is computed (section 3.3): at the first step, and when changes have added up to `threshold`.

    `changes[b, t]` is how much what block b adds at step t differs from that of the step before, relative to it.
    """
    computed = np.ones(changes.shape, bool)
    for block, row in enumerate(changes):
        since = 0.0
        for step in range(1, len(row)):
            since += row[step]
            computed[block, step] = since > threshold or threshold <= 0
            since = 0.0 if computed[block, step] else since
    return computed


class CachedBlocks(Blocks):
    """Blocks that repeat what they added where `plan` says so, or else tell how it changes from call to call."""

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(list(blocks.blocks), blocks.norm)  # type: ignore[arg-type]
        self.plan: Bool[np.ndarray, "blocks steps"] | None = None
        self.computed = 0
        self._step = -1
        self._added: dict[int, Tensor] = {}
        self._changes: dict[tuple[int, int], float] = {}

    def begin(self, plan: Bool[np.ndarray, "blocks steps"] | None = None) -> None:
        """Forget what was kept: the next call is the first step."""
        self.plan, self._step, self.computed = plan, -1, 0
        self._added.clear()
        self._changes.clear()

    def changes(self) -> Changes:
        """What was measured since `begin`, at each step; endless at the first, to which nothing compares."""
        table = np.full((len(self.blocks), self._step + 1), np.inf)
        for place, change in self._changes.items():
            table[place] = change
        return table

    def after(self, number: int, block: nn.Module, tokens: Tensor, mask: Tensor) -> Tensor:
        """Tokens after a block, computed or with what it added before."""
        self._step += number == 0
        if self.plan is not None and not self.plan[number, self._step]:
            return tokens + self._added[number]
        self.computed += 1
        found: Tensor = block(tokens, mask)
        added, before = found - tokens, self._added.get(number)
        if self.plan is None and before is not None:
            change = (added - before).abs().mean() / added.abs().mean().clamp(min=1e-12)
            self._changes[number, self._step] = float(change)
        self._added[number] = added
        return found


def with_cache(network: PriorNetwork) -> tuple[PriorNetwork, CachedBlocks]:
    """A copy of a network, and its body: which blocks it computes."""
    made = in_blocks(network)
    assert isinstance(made.body, Blocks)
    body = CachedBlocks(made.body)
    made.body = body  # type: ignore[assignment]
    return made, body
