"""Eight-bit linear maps in the prior, where they are exact enough (post-training quantisation, SQNR-chosen).

After Yang et al. 2023 (Efficient Quantization Strategies for Latent Diffusion Models): the ratio of signal to
quantisation noise tells which layers bear it, and activations are calibrated on one sampling step, at the most noise.
"""

import math
import warnings
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nerf.prior.blocks import MAPS, Block, Blocks, in_blocks
from nerf.prior.network import PriorNetwork

ENGINES = ("x86", "fbgemm")
"""Kernels that take eight bits in and give floats; those of ARM do not."""

LEVELS = 127
"""Largest number that stands for an activation. Seven bits: without VNNI, sums of two products of eight bits overflow,
and results should not depend on the processor."""


class Int8Linear(nn.Module):
    """A linear map by torch's eight-bit kernel: weights scaled row by row, activations on a fixed grid.

    The grid is fixed so that what comes out for one row does not depend on the rows beside it.
    """

    def __init__(self, linear: nn.Linear, seen: Float[Tensor, "rows width"]) -> None:
        super().__init__()
        low, high = min(float(seen.min()), 0.0), max(float(seen.max()), 0.0)
        self.scale = max(high - low, 1e-12) / LEVELS
        self.zero = round(-low / self.scale)
        steps = linear.weight.detach().abs().amax(1).clamp(min=1e-12).double() / 127
        with warnings.catch_warnings():  # the kernels still take no other kind of tensor
            warnings.filterwarnings("ignore", ".*quantize_per_channel", UserWarning)
            rows = torch.quantize_per_channel(
                linear.weight.detach(), steps, torch.zeros(len(steps), dtype=torch.int64), 0, torch.qint8
            )
        self._packed = torch.ops.quantized.linear_prepack(rows, linear.bias)

    def forward(self, x: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch out"]:
        """What the linear map gives, nearly."""
        found: Tensor = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
            x, self.scale, self.zero, self._packed
        )
        return found


def sqnr(signal: Tensor, approximate: Tensor) -> float:
    """Signal to quantisation noise in decibels."""
    noise = float(torch.linalg.vector_norm(signal - approximate))
    return float("inf") if noise == 0 else 20 * math.log10(float(torch.linalg.vector_norm(signal)) / noise)


@torch.no_grad()
def quantised(
    network: PriorNetwork, calibrate: Callable[[PriorNetwork], object], above_db: float
) -> tuple[PriorNetwork, dict[str, float]]:
    """A copy whose linear maps run in eight bits where that keeps at least `above_db` of signal to noise, and the
    decibels of each map.

    `calibrate` calls the network that it is given on what is typical; each map is judged by its own input alone.
    """
    engine = torch.backends.quantized.engine
    if network.mean.device.type != "cpu" or engine not in ENGINES:
        raise ValueError(
            f"int8_above_db: needs a CPU and the kernels {' or '.join(ENGINES)} "
            f"(the prior is on {network.mean.device}, the kernels are {engine})"
        )
    made = in_blocks(network)
    inputs: dict[str, list[Tensor]] = {}
    maps = {f"{number}.{name}": getattr(block, name) for number, block in _numbered(made) for name in MAPS}
    hooks = [
        linear.register_forward_pre_hook(lambda _, given, key=key: inputs.setdefault(key, []).append(given[0]))
        for key, linear in maps.items()
    ]
    calibrate(made)
    for hook in hooks:
        hook.remove()
    decibels = {}
    for number, block in _numbered(made):
        for name in MAPS:
            linear, seen = getattr(block, name), torch.cat([x.flatten(0, -2) for x in inputs[f"{number}.{name}"]])
            eight = Int8Linear(linear, seen)
            decibels[f"{number}.{name}"] = sqnr(linear(seen), eight(seen))
            if decibels[f"{number}.{name}"] >= above_db:
                setattr(block, name, eight)
    return made, decibels


def _numbered(network: PriorNetwork) -> Sequence[tuple[int, Block]]:
    assert isinstance(network.body, Blocks)
    return list(enumerate(network.body.blocks))  # type: ignore[arg-type]
