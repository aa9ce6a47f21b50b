"""The embedded depth network: inverted bottlenecks down and up again, inverse depth up to scale and shift out.

Owns the architecture and how a picture is brought to it. Does not own training.
"""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from vision.depth import DepthModel, InverseDepth, inverse_depth
from vision.weights import read_weights, write_weights

CHANNELS = (24, 32, 48, 80, 128, 192)
SIDE = 384  # pixels of the longer side that the network sees
STRIDE = 32
_KIND = "scenewright depth network"


class Bottleneck(nn.Module):
    """Widen, look around in each channel, narrow (MobileNetV2, FBNet)."""

    def __init__(self, n_in: int, n_out: int, *, stride: int = 1, widen: int = 4) -> None:
        super().__init__()
        wide = n_in * widen
        self.body = nn.Sequential(
            nn.Conv2d(n_in, wide, 1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU6(),
            nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU6(),
            nn.Conv2d(wide, n_out, 1, bias=False),
            nn.BatchNorm2d(n_out),
        )
        self.keeps = stride == 1 and n_in == n_out

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.body(x)
        return x + made if self.keeps else made


class DepthNet(nn.Module):
    """RGB 0 to 1 and its place in the picture in; one channel that grows towards the camera out, of the same size."""

    def __init__(self, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.channels = channels
        last = len(channels) - 1
        self.stem = nn.Sequential(
            nn.Conv2d(5, channels[0], 3, 2, 1, bias=False), nn.BatchNorm2d(channels[0]), nn.ReLU6()
        )
        self.down = nn.ModuleList(
            nn.Sequential(
                Bottleneck(channels[k], channels[k + 1], stride=2 if k < 4 else 1),
                *(Bottleneck(channels[k + 1], channels[k + 1]) for k_ in range(1 + (k > 0))),
            )
            for k in range(last)
        )
        self.whole = nn.Sequential(
            nn.Linear(channels[last], channels[last]), nn.ReLU(), nn.Linear(channels[last], channels[last])
        )
        self.up = nn.ModuleList(
            nn.Sequential(
                Bottleneck(channels[k + 1], channels[k], widen=3), Bottleneck(channels[k], channels[k], widen=3)
            )
            for k in range(last - 1, -1, -1)
        )
        self.out = nn.Conv2d(channels[0], 1, 3, padding=1)

    def forward(self, rgb: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 1 h w"]:
        b, _, h, w = rgb.shape
        y = torch.linspace(-1, 1, h, device=rgb.device).view(1, 1, h, 1).expand(b, 1, h, w)
        x = torch.linspace(-1, 1, w, device=rgb.device).view(1, 1, 1, w).expand(b, 1, h, w)
        features = [self.stem(torch.cat([2 * rgb - 1, y, x], dim=1))]
        for stage in self.down:
            features.append(stage(features[-1]))
        made = features[-1] + self.whole(features[-1].mean(dim=(2, 3)))[:, :, None, None]
        for k, stage in enumerate(self.up):
            beside = features[-2 - k]
            made = functional.interpolate(stage(made), beside.shape[-2:], mode="bilinear") + beside
        full: Tensor = functional.interpolate(self.out(made), (h, w), mode="bilinear")
        return full


class EmbeddedDepth(DepthModel):
    """The trained network. Its confidence says how far both ways of looking, as is and mirrored, agree."""

    def __init__(self, network: DepthNet, *, side: int = SIDE, trust: float = 0.6) -> None:
        self.network, self.side, self.trust = network.eval(), side, trust

    @classmethod
    def load(cls, path: Path) -> "EmbeddedDepth":
        """The network that `save_network` wrote to `path` (safetensors)."""
        return cls(load_network(path))

    def predict(self, rgb: UInt8[np.ndarray, "h w 3"]) -> InverseDepth:
        """See `DepthModel.predict`."""
        scale = self.side / max(rgb.shape[:2])
        height, width = (max(STRIDE, round(size * scale / STRIDE) * STRIDE) for size in rgb.shape[:2])
        small = np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.BICUBIC), np.float32)
        x = torch.from_numpy(small.transpose(2, 0, 1).copy())[None] / 255
        with torch.inference_mode():
            one, other = self.network(x)[0, 0], self.network(x.flip(3)).flip(3)[0, 0]
        values = decoded(((one + other) / 2).numpy())
        spread = float((one - other).abs().mean() / (one.std() + 1e-6))
        confidence = self.trust * float(np.clip(1 - spread, 0, 1))
        made = inverse_depth(values, confidence, source="embedded", where="embedded depth network")
        return made.resized(rgb.shape[0], rgb.shape[1])


def encoded(inverse: Float[Tensor, "b 1 h w"]) -> Float[Tensor, "b 1 h w"]:
    """What the network is to say: the root of inverse depth, shifted by its median and scaled by its mean deviation."""
    root = inverse.clamp(min=0).sqrt().flatten(1)
    middle = root.median(dim=1, keepdim=True).values
    spread = (root - middle).abs().mean(dim=1, keepdim=True) + 1e-4
    return ((root - middle) / spread).view_as(inverse).clamp(-4, 8)


def decoded(values: np.ndarray) -> np.ndarray:
    """Inverse depth up to scale and shift of what the network says; the farthest point keeps a little."""
    low, high = float(values.min()), float(values.max())
    return np.asarray((values - low + 0.02 * (high - low)) ** 2, np.float32)


def save_network(network: DepthNet, path: Path, card: dict[str, str] | None = None) -> None:
    """Write the weights as safetensors, with what is needed to build the network again, and a card of figures."""
    write_weights(path, network, kind=_KIND, channels=network.channels, card=card)


def load_network(path: Path) -> DepthNet:
    """The network that `save_network` wrote."""
    channels, state = read_weights(path, kind=_KIND)
    network = DepthNet(channels)
    network.load_state_dict(state)
    return network
