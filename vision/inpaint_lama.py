"""LaMa (Suvorov et al. 2022), or any network of the same interface, on the canvases of a layered photo.

A picture (1 x 3 x h x w, 0 to 1) and a mask (1 x 1 x h x w, 1 where unknown) in, a picture out: the interface of the
published exports. ONNX files are data; a TorchScript file is a program, and is run only where that was asked for.
"""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from vision.onnx_network import fixed_size, open_network

CONTEXT = 64  # steps along links: such networks look far
SMALLEST = 200  # pixels of a chart that is worth a run of the network
_MULTIPLE = 8
_LEAST = 64

Run = Callable[[np.ndarray, np.ndarray], np.ndarray]


class LamaInpainter:
    """`path` is an .onnx file, or with `trust_code` a TorchScript file (.pt, .jit)."""

    def __init__(self, path: Path, *, trust_code: bool = False, device: str = "cpu") -> None:
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such network")
        self._name = path.name
        self._size: tuple[int, int] | None = None
        if path.suffix == ".onnx":
            self._run = self._from_onnx(path)
        elif trust_code:
            self._run = _from_torchscript(path, device)
        else:
            raise ValueError(
                f"{path}: a TorchScript file is a program that will be run; give an .onnx file, or say that you trust "
                "it by `trust_code`"
            )

    def fill(
        self, rgb: UInt8[np.ndarray, "h w 3"], known: Bool[np.ndarray, "h w"], unknown: Bool[np.ndarray, "h w"]
    ) -> UInt8[np.ndarray, "h w 3"]:
        """`rgb` with the unknown pixels filled; void is unknown to the network, too, and stays as it is."""
        picture, open_ = padded(rgb, ~known, self._size)
        made = self._run(picture, open_)
        if made.shape != picture.shape:
            raise ValueError(f"{self._name}: must give a picture of shape {picture.shape} (got {made.shape})")
        if not np.isfinite(made).all():
            raise ValueError(f"{self._name}: gave numbers that are not finite")
        height, width = unknown.shape
        filled = _levels(made)
        if self._size is not None:
            filled = np.array(Image.fromarray(filled).resize((width, height), Image.Resampling.BILINEAR))
        return np.where(unknown[..., None], filled[:height, :width], rgb)

    def _from_onnx(self, path: Path) -> Run:
        session = open_network(path)
        inputs = session.get_inputs()
        if len(inputs) != 2:
            raise ValueError(f"{path}: must take a picture and a mask (got {len(inputs)} inputs)")
        self._size = fixed_size(inputs[0].shape)
        return lambda picture, mask: np.asarray(
            session.run(None, {inputs[0].name: picture, inputs[1].name: mask})[0], np.float32
        )


def _from_torchscript(path: Path, device: str) -> Run:
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the published file has this format, deprecated or not
            network = torch.jit.load(str(path), map_location=device).eval()  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"{path}: is no TorchScript file ({_first_line(error)})") from error

    def run(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            made = network(torch.from_numpy(picture).to(device), torch.from_numpy(mask).to(device))
        return np.asarray(made.float().cpu().numpy())

    return run


def padded(
    rgb: UInt8[np.ndarray, "h w 3"], open_: Bool[np.ndarray, "h w"], size: tuple[int, int] | None = None
) -> tuple[Float32[np.ndarray, "1 3 h2 w2"], Float32[np.ndarray, "1 1 h2 w2"]]:
    """What the network takes: sides a multiple of 8 by mirroring the picture, or exactly `size` by resampling it."""
    height, width = open_.shape
    if size is None:
        wanted = [max(_LEAST, -(-side // _MULTIPLE) * _MULTIPLE) for side in (height, width)]
        rows, columns = (_mirrored(side, out) for side, out in zip((height, width), wanted, strict=True))
        levels, mask = rgb[rows][:, columns].astype(np.float32) / 255, open_[rows][:, columns]
    else:
        shape = (size[1], size[0])
        levels = np.asarray(Image.fromarray(rgb).resize(shape, Image.Resampling.BILINEAR), np.float32) / 255
        whole = Image.fromarray(open_.astype(np.uint8) * 255)
        mask = np.asarray(whole.resize(shape, Image.Resampling.BILINEAR)) > 0
    levels = np.where(mask[..., None], 0, levels)
    return levels.transpose(2, 0, 1)[None].astype(np.float32).copy(), mask[None, None].astype(np.float32)


def _mirrored(side: int, wanted: int) -> np.ndarray:
    """Indices that go up and down again until `wanted` are there."""
    period = np.concatenate([np.arange(side), np.arange(side - 1, -1, -1)])
    return np.asarray(period[np.arange(wanted) % len(period)])


def _levels(made: Float32[np.ndarray, "1 3 h2 w2"]) -> UInt8[np.ndarray, "h2 w2 3"]:
    """0 to 255; some exports give 0 to 1, some 0 to 255."""
    levels = made[0].transpose(1, 2, 0) * (1.0 if made.max() > 2 else 255.0)
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__
