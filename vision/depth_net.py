"""The embedded depth network: features of a picture come up again as inverse depth up to scale and shift.

Owns the architecture and how a picture is brought to it. Does not own training.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from vision.depth import DepthModel, InverseDepth, inverse_depth
from vision.efficientnet import REPEATS, TAPPED, WIDTHS, EfficientNetLite
from vision.weights import read_weights, write_weights

SHAPE = (*WIDTHS, *REPEATS, 128, 96, 64, 40, 24)  # the encoder's widths and repeats, then the decoder's widths
SIDE = 256  # pixels of the longer side that the network sees
STRIDE = 32
_KIND = "scenewright depth network"


class DepthNet(nn.Module):
    """RGB 0 to 1 in; one channel that grows towards the camera out, of the same size.

    Features of EfficientNet-Lite go up again through separable convolutions. The decoder knows the place in the
    picture, because below is near more often than not.
    """

    def __init__(self, shape: tuple[int, ...] = SHAPE) -> None:
        super().__init__()
        self.shape = shape
        widths, repeats, up = shape[:8], shape[8:15], shape[15:]
        self.encoder = EfficientNetLite(widths, repeats)
        tapped = [widths[g + 1] for g in TAPPED[::-1]]
        self.beside = nn.ModuleList(nn.Conv2d(n_in + 2, n, 1) for n_in, n in zip(tapped, up, strict=True))
        self.whole = nn.Sequential(nn.Linear(up[0], up[0]), nn.ReLU(), nn.Linear(up[0], up[0]))
        self.narrow = nn.ModuleList(nn.Conv2d(n, n_next, 1) for n, n_next in pairwise(up))
        self.refine = nn.ModuleList(nn.Sequential(_Separable(n), _Separable(n)) for n in up)
        self.out = nn.Conv2d(up[-1], 1, 3, padding=1)

    def forward(self, rgb: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 1 h w"]:
        features = self.encoder(rgb)[::-1]
        made = self.beside[0](_placed(features[0]))
        made = self.refine[0](made + self.whole(made.mean(dim=(2, 3)))[:, :, None, None])
        for narrow, beside, refine, feature in zip(
            self.narrow, self.beside[1:], self.refine[1:], features[1:], strict=True
        ):
            wide = functional.interpolate(narrow(made), feature.shape[-2:], mode="bilinear")
            made = refine(wide + beside(_placed(feature)))
        full: Tensor = functional.interpolate(self.out(made), rgb.shape[-2:], mode="bilinear")
        return full


class _Separable(nn.Module):
    """Look around in each channel, then mix the channels; added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 5, padding=2, groups=channels, bias=False),
            nn.Conv2d(channels, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU6(),
        )

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = x + self.body(x)
        return made


def _placed(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c2 h w"]:
    """With two channels more that say where in the picture each pixel is, -1 to 1."""
    b, _, h, w = x.shape
    y = torch.linspace(-1, 1, h, device=x.device, dtype=x.dtype).view(1, 1, h, 1).expand(b, 1, h, w)
    u = torch.linspace(-1, 1, w, device=x.device, dtype=x.dtype).view(1, 1, 1, w).expand(b, 1, h, w)
    return torch.cat([x, y, u], dim=1)


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
    write_weights(path, network, kind=_KIND, channels=network.shape, card=card)


def load_network(path: Path) -> DepthNet:
    """The network that `save_network` wrote."""
    shape, state = read_weights(path, kind=_KIND)
    network = DepthNet(shape)
    network.load_state_dict(state)
    return network
