"""Matting by any ONNX network that takes one picture and gives one map (U2-Net, IS-Net, BiRefNet, MODNet exports)."""

from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from vision.matting import Matting, as_alpha

Array = np.ndarray

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
FREE = 512
"""The longer side for networks that take any size."""


class OnnxMatting(Matting):
    """An ONNX file run by onnxruntime on the CPU; the first output is the map, as it is or before a sigmoid."""

    def __init__(self, path: Path, *, mean: tuple[float, ...] = MEAN, std: tuple[float, ...] = STD) -> None:
        try:
            import onnxruntime  # type: ignore[import-not-found]
        except ImportError as error:
            raise ImportError(f"{path}: ONNX needs onnxruntime: pip install 'scenewright[onnx]'") from error
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such ONNX file")
        try:
            self._session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions have no common public class
            raise ValueError(f"{path}: is not a readable ONNX network ({str(error).splitlines()[0][:120]})") from error
        self._input = self._session.get_inputs()[0]
        if len(self._input.shape) != 4:
            raise ValueError(f"{path}: must take one 1 x 3 x h x w input (got {self._input.shape})")
        self._mean, self._std, self._name = np.array(mean, np.float32), np.array(std, np.float32), path.name

    def alpha(self, rgb: UInt8[Array, "h w 3"]) -> Float32[Array, "h w"]:
        """See `Matting.alpha`."""
        height, width = rgb.shape[:2]
        small = np.asarray(Image.fromarray(rgb).resize(self._size(height, width), Image.Resampling.BILINEAR))
        given = ((small.astype(np.float32) / 255 - self._mean) / self._std).transpose(2, 0, 1)[None]
        return as_alpha(self._session.run(None, {self._input.name: given})[0], height, width, self._name)

    def _size(self, height: int, width: int) -> tuple[int, int]:
        """Width and height that the network takes."""
        fixed = self._input.shape[2:]
        if all(isinstance(side, int) for side in fixed):
            return int(fixed[1]), int(fixed[0])
        scale = FREE / max(height, width)
        return max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32)
