from pathlib import Path

import pytest
import torch
from torch.nn import functional

from vision.efficientnet import REPEATS, WIDTHS, EfficientNetLite, Same, load_published

TINY = (8, 8, 8, 12, 16, 16, 24, 32), (1, 1, 2, 1, 1, 1, 1)


def test_features_halve_the_picture_five_times() -> None:
    features = EfficientNetLite(*TINY).eval()(torch.rand(2, 3, 64, 96))
    assert [tuple(each.shape) for each in features] == [
        (2, 8, 32, 48),
        (2, 8, 16, 24),
        (2, 12, 8, 12),
        (2, 16, 4, 6),
        (2, 32, 2, 3),
    ]


@pytest.mark.parametrize(("kernel", "side"), [(3, 8), (3, 9), (5, 8), (5, 7)])
def test_strided_convolutions_pad_as_tensorflow_does(kernel: int, side: int) -> None:
    layer = Same(1, 1, kernel, 2, bias=False)
    x = torch.rand(1, 1, side, side)
    out = -(-side // 2)
    total = max((out - 1) * 2 + kernel - side, 0)
    padded = torch.zeros(1, 1, side + total, side + total)
    padded[:, :, total // 2 : total // 2 + side, total // 2 : total // 2 + side] = x
    assert torch.equal(layer(x), functional.conv2d(padded, layer.weight, stride=2))
    assert layer(x).shape[-1] == out


def test_published_names_lead_to_the_same_places(tmp_path: Path) -> None:
    network = EfficientNetLite()
    published, number = _published(network, "stem.0", "_conv_stem") | _published(network, "stem.1", "_bn0"), 0
    for g, repeats in enumerate(REPEATS):
        for n in range(repeats):
            parts = {"look.0": "_depthwise_conv", "look.1": "_bn1", "project.0": "_project_conv", "project.1": "_bn2"}
            parts |= {"expand.0": "_expand_conv", "expand.1": "_bn0"} if g else {}
            for ours, theirs in parts.items():
                published |= _published(network, f"groups.{g}.{n}.{ours}", f"_blocks.{number}.{theirs}")
            number += 1
    torch.save(published, tmp_path / "published.pth")
    other = EfficientNetLite()
    load_published(other, tmp_path / "published.pth")
    state = other.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert len(WIDTHS) == len(REPEATS) + 1


def _published(network: EfficientNetLite, ours: str, theirs: str) -> dict[str, torch.Tensor]:
    state = network.state_dict()
    return {f"{theirs}{name.removeprefix(ours)}": value for name, value in state.items() if name.startswith(f"{ours}.")}
