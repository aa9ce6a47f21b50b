from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from vision.inpaint_lama import LamaInpainter, padded

HALF_RED = 128


class Painter(torch.nn.Module):
    """Paints half red into the mask; the rest it spoils."""

    red: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("red", torch.tensor([0.5, 0.0, 0.0]).view(1, 3, 1, 1))

    def forward(self, picture: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.red * mask + (1 - mask) * (1 - picture)


class Narrow(torch.nn.Module):
    def forward(self, picture: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return picture[:, :, ::2] * mask[:, :, ::2]


def scripted(path: Path, network: torch.nn.Module) -> Path:
    network.eval()
    torch.jit.trace(network, (torch.rand(1, 3, 16, 16), torch.rand(1, 1, 16, 16))).save(str(path))
    return path


@pytest.fixture
def canvas() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rgb = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    known, unknown = np.ones((2, 20, 30), bool)
    known[:, 10:] = False
    unknown[:, :10] = unknown[:, 20:] = False
    return rgb, known, unknown


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_unknown_pixels_are_the_networks_and_no_others_change(tmp_path: Path, canvas: tuple[np.ndarray, ...]) -> None:
    rgb, known, unknown = canvas
    made = LamaInpainter(scripted(tmp_path / "lama.pt", Painter()), trust_code=True).fill(rgb, known, unknown)
    assert np.array_equal(made[~unknown], rgb[~unknown])
    assert (made[unknown] == (HALF_RED, 0, 0)).all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_torchscript_file_is_not_run_unasked(tmp_path: Path) -> None:
    path = scripted(tmp_path / "lama.pt", Painter())
    with pytest.raises(ValueError, match="is a program that will be run"):
        LamaInpainter(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_network_that_gives_another_size_is_told(tmp_path: Path, canvas: tuple[np.ndarray, ...]) -> None:
    network = LamaInpainter(scripted(tmp_path / "narrow.pt", Narrow()), trust_code=True)
    with pytest.raises(ValueError, match=r"narrow.pt: must give a picture of shape \(1, 3, 64, 64\)"):
        network.fill(*canvas)


def test_files_that_are_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "no.pt").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="is no TorchScript file"):
        LamaInpainter(tmp_path / "no.pt", trust_code=True)
    with pytest.raises(FileNotFoundError, match="no such network"):
        LamaInpainter(tmp_path / "missing.onnx")


@pytest.mark.skipif(find_spec("onnxruntime") is not None, reason="onnxruntime is installed")
def test_without_onnxruntime_the_error_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "lama.onnx").write_bytes(b"")
    with pytest.raises(ImportError, match=r"scenewright\[onnx\]"):
        LamaInpainter(tmp_path / "lama.onnx")


def test_the_network_never_sees_what_is_hidden_and_the_picture_goes_on_mirrored(
    canvas: tuple[np.ndarray, ...],
) -> None:
    rgb, known, _ = canvas
    picture, mask = padded(rgb, ~known)
    assert picture.shape == (1, 3, 64, 64)
    assert mask.shape == (1, 1, 64, 64)
    assert not (picture * mask).any()
    assert np.array_equal(picture[0, :, 20:40], picture[0, :, 19::-1])
    assert padded(rgb, ~known, (512, 256))[0].shape == (1, 3, 512, 256)
