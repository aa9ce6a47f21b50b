"""The perceptual distance against a network laid out as the publication's, and its published weights' known answer."""

import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import convolve, gaussian_filter
from torch import nn

from vision import perceptual


class Blur(nn.Module):
    """Reflected by two pixels, blurred, every second pixel kept; by other means than the product's."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        row = np.array([1.0, 2.0, 1.0]) / 4
        wide = np.pad(x.numpy(), ((0, 0), (0, 0), (2, 2), (2, 2)), mode="reflect")
        return torch.from_numpy(convolve(wide, (row[:, None] * row)[None, None])[:, :, 1:-1:2, 1:-1:2])


def published_layout() -> list[nn.Sequential]:
    """Five slices numbered as in the published file of weights."""
    blur, pool = Blur(), nn.MaxPool2d(3, 1)
    layers = [
        nn.Conv2d(3, 64, 11, padding=2), blur, nn.ReLU(), pool, blur, nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(),
        pool, blur, nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(),
    ]  # fmt: skip
    ends = pairwise((0, 3, 7, 11, 13, 15))
    return [nn.Sequential(*layers[a:b]) for a, b in ends]


def a_picture(height: int = 48, width: int = 61) -> np.ndarray:
    """Soft waves of colour, the same everywhere."""
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / 3.0 + k) * np.cos(y / (4.0 + k)) for k in range(3)]
    return (np.stack(waves, -1) * 0.5 + 0.5).astype(np.float32)


def test_weights_of_the_published_file_land_where_they_belong(tmp_path: Path) -> None:
    torch.manual_seed(3)
    slices, generator = published_layout(), torch.Generator().manual_seed(1)
    state, weighs = {}, []
    for name in perceptual.NAMES:
        part, number = name.split(".")
        layer = slices[int(part[-1]) - 1][int(number) - (0, 3, 7, 11, 13)[int(part[-1]) - 1]]
        state |= {f"net.{name}.weight": layer.weight, f"net.{name}.bias": layer.bias}
    for k, width in enumerate(perceptual.WIDTHS):
        weighs.append(torch.rand(1, width, 1, 1, generator=generator))
        state[f"lin{k}.model.1.weight"] = weighs[-1]
    torch.save(state, tmp_path / "weights.pth")
    network = perceptual.load_published(tmp_path / "weights.pth")

    a, b = (torch.rand(1, 3, 40, 33, generator=generator) * 2 - 1 for _ in range(2))
    expected, x, y = 0.0, *((p - network.shift) / network.spread for p in (a, b))
    with torch.no_grad():
        for layers, weigh in zip(slices, weighs, strict=True):
            x, y = layers(x), layers(y)
            difference = (nn.functional.normalize(x, dim=1) - nn.functional.normalize(y, dim=1)) ** 2
            expected += float((difference * weigh).sum(1).mean())
        assert float(network(a, b)) == pytest.approx(expected, rel=1e-4)
        assert float(network(a, a)) == 0


@pytest.mark.parametrize(
    ("shapes", "says"),
    [
        (((40, 40, 3), (40, 41, 3)), "must have one size"),
        (((31, 90, 3), (31, 90, 3)), "at least 32 pixels a side"),
    ],
)
def test_pictures_without_a_distance_are_told(shapes: tuple[tuple[int, ...], ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        perceptual.distance(*(np.zeros(shape, np.float32) for shape in shapes))


def test_nan_has_no_distance() -> None:
    with pytest.raises(ValueError, match="must be finite"):
        perceptual.distance(a_picture(), np.full_like(a_picture(), np.nan))


def test_without_its_weights_the_line_to_install_them_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    perceptual._network.cache_clear()
    with pytest.raises(ImportError, match=r"pip install 'scenewright\[perceptual\]'"):
        perceptual.distance(a_picture(), a_picture())


@pytest.mark.extra("perceptual")
def test_the_published_weights_give_what_their_own_package_gives() -> None:
    if importlib.util.find_spec(perceptual.PACKAGE) is None:
        pytest.skip("needs the extra perceptual: pip install 'scenewright[perceptual]'")
    picture = a_picture()
    shifted = np.roll(picture, 1, 1)
    blurred = gaussian_filter(picture, (3, 3, 0))
    # stlpips_pytorch.stlpips.LPIPS(net="alex", variant="shift_tolerant") of version 0.0.2 on these pictures
    assert perceptual.distance(picture, picture) == 0
    assert perceptual.distance(picture, shifted) == pytest.approx(0.0097122, abs=1e-5)
    assert perceptual.distance(picture, blurred) == pytest.approx(0.1945917, abs=1e-5)
