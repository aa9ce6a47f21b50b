from pathlib import Path

import numpy as np
import pytest
import torch

from vision.depth_net import DepthNet, EmbeddedDepth, decoded, encoded, load_network, save_network
from vision.depth_training import TINY


def test_what_the_network_says_keeps_the_order_of_depth() -> None:
    inverse = torch.rand(1, 1, 16, 24, generator=torch.Generator().manual_seed(0)) + 0.05
    back = decoded(encoded(inverse)[0, 0].numpy())
    order = inverse[0, 0].numpy().ravel().argsort()
    assert (np.diff(back.ravel()[order]) >= 0).all()
    assert back.min() > 0


def test_weights_survive_the_disk_and_prediction_has_the_photos_size(tmp_path: Path) -> None:
    network = DepthNet(TINY.shape).eval()
    save_network(network, tmp_path / "a.safetensors", {"scored": "never"})
    again = load_network(tmp_path / "a.safetensors").eval()
    x = torch.rand(1, 3, 64, 96)
    assert torch.equal(network(x), again(x))
    rgb = np.random.default_rng(0).integers(0, 255, (70, 110, 3), dtype=np.uint8)
    made = EmbeddedDepth.load(tmp_path / "a.safetensors").predict(rgb)
    assert made.values.shape == made.confidence.shape == (70, 110)
    assert made.detail == 110
    assert not made.metric
    (tmp_path / "b.safetensors").write_bytes(b"no")
    with pytest.raises(ValueError, match="is no safetensors file"):
        load_network(tmp_path / "b.safetensors")
