"""Matting by any ONNX network that takes one picture and gives one map (U2-Net, IS-Net, BiRefNet, MODNet exports)."""

from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from vision.matting import Matting, as_alpha
from vision.onnx_network import open_picture_network, size_for

Array = np.ndarray

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
FREE = 512
"""The longer side for networks that take any size."""


class OnnxMatting(Matting):
    """An ONNX file run by onnxruntime on the CPU; the first output is the map, as it is or before a sigmoid."""

    def __init__(self, path: Path, *, mean: tuple[float, ...] = MEAN, std: tuple[float, ...] = STD) -> None:
        self._session, self._input, self._fixed = open_picture_network(path)
        self._mean, self._std, self._name = np.array(mean, np.float32), np.array(std, np.float32), path.name

    def alpha(self, rgb: UInt8[Array, "h w 3"]) -> Float32[Array, "h w"]:
        """See `Matting.alpha`."""
        height, width = rgb.shape[:2]
        rows, columns = self._fixed or size_for(height, width, FREE)
        small = np.asarray(Image.fromarray(rgb).resize((columns, rows), Image.Resampling.BILINEAR))
        given = ((small.astype(np.float32) / 255 - self._mean) / self._std).transpose(2, 0, 1)[None]
        return as_alpha(self._session.run(None, {self._input: given})[0], height, width, self._name)
