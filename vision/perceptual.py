"""How different two pictures look to people: ST-LPIPS (Ghildyal and Liu 2022), the shift-tolerant LPIPS.

The network is an AlexNet that blurs before it leaves out pixels; its weights are those that the package
`stlpips-pytorch` carries in its wheel. Of that package nothing but the file of weights is used, and it is read without
running anything in it, so that neither torchvision nor the rest of what the package imports is needed.
"""

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

PACKAGE, WEIGHTS = "stlpips_pytorch", "weights/vST0.0/alex_shift_tolerant.pth"
WIDTHS, KERNELS, PADDINGS = (64, 192, 384, 256, 256), (11, 5, 3, 3, 3), (2, 2, 1, 1, 1)
BLUR_BEFORE = (1, 2)  # convolutions that see pooled and blurred features; the first is blurred after it
NAMES = ("slice1.0", "slice2.5", "slice3.9", "slice4.11", "slice5.13")  # of the convolutions in the published file
SHIFT, SPREAD = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
LEAST = 32  # pixels per side, below which reflected borders would not fit


class Network(nn.Module):
    """RGB -1 to 1 in two batches of one, a distance out."""

    shift: Tensor
    spread: Tensor

    def __init__(self) -> None:
        super().__init__()
        inputs = (3, *WIDTHS[:-1])
        self.convolutions = nn.ModuleList(
            nn.Conv2d(n_in, n_out, kernel, padding=padding)
            for n_in, n_out, kernel, padding in zip(inputs, WIDTHS, KERNELS, PADDINGS, strict=True)
        )
        self.weighs = nn.ParameterList(torch.zeros(1, width, 1, 1) for width in WIDTHS)
        self.register_buffer("shift", torch.tensor(SHIFT)[:, None, None])
        self.register_buffer("spread", torch.tensor(SPREAD)[:, None, None])

    def features(self, picture: Float[Tensor, "1 3 h w"]) -> list[Tensor]:
        """What each of the five layers sees, every pixel's vector of length 1."""
        x, found = (picture - self.shift) / self.spread, []
        for number, convolution in enumerate(self.convolutions):
            if number in BLUR_BEFORE:
                x = halved(functional.max_pool2d(x, 3, 1))
            x = convolution(x)
            x = functional.relu(halved(x) if number == 0 else x)
            found.append(x / (x.square().sum(1, keepdim=True).sqrt() + 1e-10))
        return found

    def forward(self, a: Float[Tensor, "1 3 h w"], b: Float[Tensor, "1 3 h w"]) -> Float[Tensor, ""]:
        pairs = zip(self.weighs, self.features(a), self.features(b), strict=True)
        return torch.stack([((of_a - of_b).square() * weigh).sum(1).mean() for weigh, of_a, of_b in pairs]).sum()


def halved(x: Float[Tensor, "1 c h w"]) -> Float[Tensor, "1 c _ _"]:
    """Blurred by (1, 2, 1) both ways, every second pixel kept, with two pixels reflected at each border."""
    blur = torch.tensor([1.0, 2.0, 1.0], dtype=x.dtype, device=x.device) / 4
    kernel = (blur[:, None] * blur).expand(x.shape[1], 1, 3, 3)
    return functional.conv2d(functional.pad(x, (2, 2, 2, 2), mode="reflect"), kernel, stride=2, groups=x.shape[1])


def load_published(path: Path) -> Network:
    """The network with the published weights."""
    published = torch.load(path, map_location="cpu", weights_only=True)
    network = Network()
    state = {name: getattr(network, name) for name in ("shift", "spread")}
    for number, name in enumerate(NAMES):
        state |= {f"convolutions.{number}.{part}": published[f"net.{name}.{part}"] for part in ("weight", "bias")}
        state[f"weighs.{number}"] = published[f"lin{number}.model.1.weight"]
    network.load_state_dict(state)
    return network.requires_grad_(False).eval()


@cache
def _network() -> Network:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ImportError("the perceptual distance needs stlpips-pytorch: pip install 'scenewright[perceptual]'")
    return load_published(Path(found.origin).parent / WEIGHTS)


def distance(a: Float[np.ndarray, "_ _ 3"], b: Float[np.ndarray, "_ _ 3"]) -> float:
    """ST-LPIPS of two RGB pictures from 0 to 1 (h, w, 3): 0 for the same picture, about 1 for unlike ones.

    Raises ImportError with the install line where the weights are missing.
    """
    check(a, b)
    network = _network()
    with torch.inference_mode():
        return float(network(*(_prepared(picture) for picture in (a, b))))


def check(a: np.ndarray, b: np.ndarray) -> None:
    """Raise ValueError for what has no perceptual distance."""
    if a.shape != b.shape:
        raise ValueError(f"perceptual distance: pictures must have one size (got {a.shape} and {b.shape})")
    if min(a.shape[:2]) < LEAST:
        raise ValueError(f"perceptual distance: pictures must have at least {LEAST} pixels a side (got {a.shape})")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("perceptual distance: pictures must be finite (got NaN or infinity)")


def _prepared(picture: np.ndarray) -> Tensor:
    pixels = torch.from_numpy(np.clip(picture, 0, 1).astype(np.float32))
    return (2 * pixels - 1).permute(2, 0, 1)[None]
