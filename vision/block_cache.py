"""Parts of a denoising network whose results are used again over several steps.

Block Caching (Wimbauer et al. 2023): the residuals of a network's spatial transformers change little from step to step.
How much is measured once, on a part of the work; then each block is computed anew when its changes since the last time
add up to more than a threshold.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float64


def plan_of(changes: Float64[np.ndarray, "blocks steps"], threshold: float) -> Bool[np.ndarray, "blocks steps"]:
    """When each block is computed (section 3.3): at the first step, and when changes have added up to `threshold`.

    `changes[b, t]` is how much block b's residual at step t differs from that of the step before, relative to it.
    """
    computed = np.ones(changes.shape, bool)
    for block, row in enumerate(changes):
        since = 0.0
        for step in range(1, len(row)):
            since += row[step]
            computed[block, step] = since > threshold or threshold <= 0
            since = 0.0 if computed[block, step] else since
    return computed


class BlockCache:
    """The spatial transformers of some networks, which can be told to repeat what they said.

    `tell(step, part)` comes before each call of the networks; `part` numbers what of the work it is, because each part
    has residuals of its own. Without a plan everything is computed; `measure` collects how residuals change.
    """

    def __init__(self, networks: Sequence[torch.nn.Module]) -> None:
        found = [module for network in networks for module in network.modules()]
        self.blocks = [module for module in found if type(module).__name__ == "Transformer2DModel"]
        self.plan: Bool[np.ndarray, "blocks steps"] | None = None
        self.computed = 0
        self._step, self._part = 0, 0
        self._kept: dict[tuple[int, int], torch.Tensor] = {}
        self._changes: dict[tuple[int, int], float] | None = None
        for number, block in enumerate(self.blocks):
            block.forward = self._forward(number, block.forward)  # type: ignore[method-assign]

    def tell(self, step: int, part: int) -> None:
        """What is computed next."""
        self._step, self._part = step, part

    def begin(self, *, measure: bool = False) -> None:
        """Forget what was kept."""
        self._kept.clear()
        self._changes = {} if measure else None

    def changes(self, steps: int) -> Float64[np.ndarray, "blocks steps"]:
        """What was measured since `begin`; endless where nothing was, and at the first step."""
        table = np.full((len(self.blocks), steps), np.inf)
        for (block, step), change in (self._changes or {}).items():
            table[block, step] = change
        return table

    def _forward(self, number: int, original: Any) -> Any:
        def forward(hidden: torch.Tensor, *args: Any, **given: Any) -> Any:
            key = (number, self._part)
            before = self._kept.get(key)
            if self.plan is not None and before is not None and not self.plan[number, self._step]:
                return (hidden + before,)
            self.computed += 1
            found = original(hidden, *args, **given)
            if self.plan is None and self._changes is None:
                return found
            residual = (found[0] if isinstance(found, tuple) else found.sample) - hidden
            if self._changes is not None and before is not None:
                change = (residual - before).abs().mean() / residual.abs().mean().clamp(min=1e-12)
                self._changes[number, self._step] = float(change)
            self._kept[key] = residual
            return found

        return forward
