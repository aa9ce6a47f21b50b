import math
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from nerf.camera import from_field_of_view
from nerf.objects import viewpoints
from nerf.style.stylenerf import waves
from nerf.style.stylenerf_files import load_stylenerf

sys.path.insert(0, str(Path(__file__).parent))
from published import Persistent, generator, write


def test_sizes_and_camera_are_read_off_the_file(tmp_path: Path) -> None:
    model = load_stylenerf(write(tmp_path / "g.pkl", {"G_ema": generator()}).path)
    sizes = model.config
    assert (sizes.z, sizes.w, sizes.mapping_depth, sizes.width, sizes.blocks, sizes.octaves) == (10, 12, 3, 16, 3, 10)
    assert (sizes.features, sizes.background_z, sizes.background_width, sizes.background_blocks) == (8, 4, 8, 2)
    assert sizes.sizes == ((64, 8),)
    assert (sizes.grid, sizes.samples, sizes.background_samples, sizes.depths) == (32, 5, 3, (0.9, 1.1))
    assert sizes.field_of_view == pytest.approx(math.radians(14))


def test_the_field_computes_what_the_published_formulas_say(tmp_path: Path) -> None:
    """Written again in numpy from the paper's formulas and the names in the file."""
    made = write(tmp_path / "g.pkl", {"G_ema": generator()})
    model = load_stylenerf(made.path)
    raw = {name: value.numpy().astype(np.float64) for name, value in made.networks["G_ema"].state_dict().items()}
    z, point = np.random.default_rng(0).normal(size=10), np.array([0.1, -0.2, 0.05])

    def leaky(x: np.ndarray) -> np.ndarray:
        return np.where(x > 0, x, 0.2 * x) * math.sqrt(2)

    w = z / np.sqrt((z**2).mean() + 1e-8)
    for n in range(3):
        weight = raw[f"mapping.fc{n}.weight"]
        w = leaky(weight @ w * 0.01 / math.sqrt(weight.shape[1]) + 0.01 * raw[f"mapping.fc{n}.bias"])

    def styled(name: str, x: np.ndarray, *, normalised: bool = True) -> np.ndarray:
        weight = raw[f"{name}.weight"][:, :, 0, 0]
        scale = raw[f"{name}.affine.weight"] @ w / math.sqrt(12) + raw[f"{name}.affine.bias"]
        weight = weight * (scale if normalised else scale / math.sqrt(weight.shape[1]))
        if normalised:
            weight = weight / np.sqrt((weight**2).sum(1, keepdims=True) + 1e-8)
        return weight @ x + raw[f"{name}.bias"]

    front = "synthesis.fg_nerf"
    x = waves(torch.from_numpy(point), 10).numpy().astype(np.float64)
    for name in ("fc_in", "blocks.0", "blocks.1"):
        x = leaky(styled(f"{front}.{name}", x))
    density = styled(f"{front}.sigma_out", x, normalised=False)
    features = styled(f"{front}.feat_out", x, normalised=False)
    rgb = raw[f"{front}.to_rgb.weight"][:, :, 0, 0] @ features / math.sqrt(8) + raw[f"{front}.to_rgb.bias"]
    ws = model.styles(torch.from_numpy(z).float()[None])
    found = model.foreground(torch.from_numpy(point).float()[None, None], ws)
    assert float(found[0]) == pytest.approx(density[0], rel=2e-3, abs=2e-3)
    assert found[1][0, 0].tolist() == pytest.approx([*rgb, *features], rel=2e-3, abs=2e-3)


def test_a_picture_comes_out(tmp_path: Path) -> None:
    model = load_stylenerf(write(tmp_path / "g.pkl", {"G_ema": generator(sides=(8, 16))}).path)
    camera = from_field_of_view(16, 16, model.config.field_of_view)
    ws = model.styles(torch.randn(1, 10, generator=torch.Generator().manual_seed(0)), 0.7)
    picture = model.render(ws, camera, viewpoints.pose(0.0, 0.0, 1.0)[None])
    assert picture.shape == (1, 3, 16, 16)
    assert torch.isfinite(picture).all()
    assert picture.std() > 0


def test_other_networks_are_told(tmp_path: Path) -> None:
    path = tmp_path / "g.pkl"
    with pytest.raises(ValueError, match=r"must hold G_ema \(got D\)"):
        load_stylenerf(write(path, {"D": Persistent()}).path)
    with pytest.raises(ValueError, match=r"no StyleNeRF with an MLP field \(mapping.fc0.weight is missing\)"):
        load_stylenerf(write(path, {"G_ema": Persistent()}).path)
    wrong = generator()
    wrong.synthesis.b64.torgb.bias = torch.nn.Parameter(torch.zeros(5))
    with pytest.raises(ValueError, match=r"doublings.0.colour.bias must have the shape \(3,\) \(got \(5,\)\)"):
        load_stylenerf(write(path, {"G_ema": wrong}).path)
