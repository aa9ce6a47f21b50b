"""The plain camera that meshes are rendered with and photographs projected through."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64


@dataclass(frozen=True)
class Pinhole:
    """Intrinsics in pixels; the first pixel's centre lies at (0.5, 0.5). Camera axes: x right, y down, z forward."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    def scaled(self, factor: int) -> "Pinhole":
        """The same view with `factor` times as many pixels a side."""
        k = factor
        return Pinhole(self.width * k, self.height * k, self.fx * k, self.fy * k, self.cx * k, self.cy * k)

    def resized(self, width: int, height: int) -> "Pinhole":
        """The same view with other numbers of pixels."""
        x, y = width / self.width, height / self.height
        return Pinhole(width, height, self.fx * x, self.fy * y, self.cx * x, self.cy * y)

    def project(self, points: Float64[np.ndarray, "points 3"]) -> Float64[np.ndarray, "points 2"]:
        """Pixels of points in camera coordinates; what lies behind the camera gets NaN."""
        z = np.where(points[:, 2] > 1e-9, points[:, 2], np.nan)
        return np.stack([self.fx * points[:, 0] / z + self.cx, self.fy * points[:, 1] / z + self.cy], axis=1)

    def rays(self) -> Float64[np.ndarray, "h w 3"]:
        """Directions through the pixel centres in camera coordinates; z = 1, so distances along them are depths."""
        x = (np.arange(self.width) + 0.5 - self.cx) / self.fx
        y = (np.arange(self.height) + 0.5 - self.cy) / self.fy
        return np.stack([*np.meshgrid(x, y), np.ones((self.height, self.width))], axis=-1)
