from pathlib import Path

import numpy as np
import pytest
import torch

from meshing.photo.build import LayerSettings, build_layers
from pipeline.stage import Context
from pipeline.stages.inpaint_layers import InpaintLayersConfig, examine_inpainting, inpaint_layers, inpaint_sources


class Grey(torch.nn.Module):
    def forward(self, picture: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return picture * (1 - mask) + 0.5 * mask


def told(**settings: object) -> list[str]:
    return [finding.message for finding in examine_inpainting(InpaintLayersConfig(**settings))]  # type: ignore[arg-type]


def test_what_a_method_lacks_is_told_before_any_work(tmp_path: Path) -> None:
    program = tmp_path / "lama.pt"
    program.write_bytes(b"")
    assert told() == told(method="network") == told(method="diffusers", hub="a/model") == []
    assert "needs the setting `model`" in told(method="lama")[0]
    assert "needs the setting `model`" in told(method="diffusers")[0]
    assert "is a program that would be run" in told(method="lama", model=program)[0]
    assert told(method="lama", model=program, trust_code=True) == []


def test_the_networks_weights_count_as_its_input_and_those_of_no_other_method() -> None:
    assert {path.name for path in inpaint_sources(InpaintLayersConfig(method="network"))} >= {"card.json"}
    assert inpaint_sources(InpaintLayersConfig()) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_network_of_ones_own_paints_large_hidden_parts_and_leaves_the_photo(tmp_path: Path) -> None:
    torch.jit.trace(Grey(), (torch.rand(1, 3, 16, 16), torch.rand(1, 1, 16, 16))).save(str(tmp_path / "lama.pt"))
    rgb = np.zeros((64, 96, 3), np.uint8)
    rgb[..., 1] = 200
    inverse = np.full((64, 96), 0.2, np.float32)
    rgb[20:50, 30:60], inverse[20:50, 30:60] = 255, 1.0
    layers = build_layers(rgb, inverse, settings=LayerSettings(parallax=0.1))
    config = InpaintLayersConfig(method="lama", model=tmp_path / "lama.pt", trust_code=True)
    filled = inpaint_layers(config, Context(0, tmp_path), layers=layers)
    n = layers.n_photo
    assert len(layers.x) - n > 500
    assert np.array_equal(filled.color[:n], rgb.reshape(-1, 3))
    assert (filled.color[n:] == 128).all()
