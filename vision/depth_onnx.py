"""Depth from any ONNX network that takes one picture and gives one map of inverse depth."""

from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from vision.depth import DepthModel, InverseDepth, inverse_depth
from vision.onnx_network import open_picture_network, size_for

FREE = 384
"""The longer side for networks that take any size."""


class OnnxDepth(DepthModel):
    """An ONNX file run by onnxruntime on the CPU.

    The input must be 1 x 3 x h x w float; free sizes become 384 on the longer side, a multiple of 32. `mean`, `std`
    and `top` say how levels are normalised: (rgb / 255 * top - mean) / std. `grows_away` is for networks that give
    depth, not its inverse.
    """

    def __init__(
        self,
        path: Path,
        *,
        mean: tuple[float, float, float] = (0.0, 0.0, 0.0),
        std: tuple[float, float, float] = (1.0, 1.0, 1.0),
        top: float = 1.0,
        grows_away: bool = False,
        confidence: float = 0.7,
    ) -> None:
        self._session, self._input, self._fixed = open_picture_network(path)
        self._mean, self._std, self._top = np.array(mean, np.float32), np.array(std, np.float32), top
        self._grows_away, self._confidence, self._name = grows_away, confidence, path.stem

    def predict(self, rgb: UInt8[np.ndarray, "h w 3"]) -> InverseDepth:
        """See `DepthModel.predict`."""
        height, width = self._fixed or size_for(rgb.shape[0], rgb.shape[1], FREE)
        small = np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.BICUBIC), np.float32)
        given = ((small / 255 * self._top - self._mean) / self._std).transpose(2, 0, 1)[None]
        values: Float32[np.ndarray, "h w"] = np.squeeze(self._session.run(None, {self._input: given})[0])
        if values.ndim != 2:
            raise ValueError(f"{self._name}: must give one map (got shape {values.shape})")
        if self._grows_away:
            values = 1 / np.maximum(values, 1e-3 * float(np.abs(values).max()) + 1e-9)
        made = inverse_depth(values, self._confidence, source=self._name, where=self._name)
        return made.resized(rgb.shape[0], rgb.shape[1])
