"""A camera's intrinsics, and the one convention for axes and pixels that the whole project follows.

Camera axes are OpenCV's: x right, y down, z forward. Pixel (0, 0) has its centre at (0.5, 0.5), so an image reaches
from 0 to `width` and from 0 to `height`, and scaling an image scales its intrinsics. See docs/conventions.md.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from nerf import lens

Array = np.ndarray
CameraModel = Literal["pinhole", "opencv", "fisheye", "equirect"]

DISTORTION_LENGTHS: dict[CameraModel, tuple[int, ...]] = {
    "pinhole": (0,),
    "opencv": (4, 5, 6, 7, 8),
    "fisheye": (0, 1, 2, 3, 4),
    "equirect": (0,),
}


@dataclass(frozen=True)
class Camera:
    """Intrinsics in pixels.

    `opencv` takes k1, k2, p1, p2[, k3, k4, k5, k6]; `fisheye` takes k1 to k4; `equirect` counts longitude along x and
    latitude along y, with focal lengths in pixels per radian (use `equirect` to make one).
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    model: CameraModel = "pinhole"
    distortion: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"camera: the image size must be at least 1x1 (got {self.width}x{self.height})")
        for name in ("fx", "fy"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0):
                raise ValueError(f"camera.{name}: must be a positive number of pixels (got {getattr(self, name)})")
        for name in ("cx", "cy"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"camera.{name}: must be a finite number of pixels (got {getattr(self, name)})")
        if self.model not in get_args(CameraModel):
            raise ValueError(f"camera.model: must be one of {', '.join(get_args(CameraModel))} (got {self.model!r})")
        if len(self.distortion) not in DISTORTION_LENGTHS[self.model]:
            allowed = ", ".join(map(str, DISTORTION_LENGTHS[self.model]))
            raise ValueError(
                f"camera.distortion: {self.model} takes {allowed} coefficients (got {len(self.distortion)})"
            )
        if not all(map(math.isfinite, self.distortion)):
            raise ValueError(f"camera.distortion: must be finite numbers (got {self.distortion})")

    def project(self, points: Float[Array, "points 3"]) -> Float[Array, "points 2"]:
        """Pixels of points given in camera coordinates; NaN where the camera cannot see the point at all.

        That is behind a pinhole or opencv camera, or so far outside that the lens polynomial folds back.
        """
        points = np.asarray(points, np.float64)
        with np.errstate(all="ignore"):
            if self.model == "equirect":
                return self._pixels(_longitude_latitude(points))
            if self.model == "fisheye":
                return self._pixels(_fisheye_plane(points, self.distortion))
            plane = np.where(points[:, 2:] > 0, points[:, :2] / points[:, 2:], np.nan)
            if self.model == "opencv":
                plane[np.hypot(*plane.T) >= lens.opencv_fold(self.distortion)] = np.nan
                plane = lens.distort_opencv(plane, self.distortion)
            return self._pixels(plane)

    def directions(self, pixels: Float[Array, "points 2"]) -> Float[Array, "points 3"]:
        """Rays through pixels, in camera coordinates, with the lens undone; NaN where the lens sends no ray.

        pinhole and opencv: z = 1, so that `depth * direction` is the point. fisheye and equirect see past 90 degrees:
        unit length.
        """
        plane = (np.asarray(pixels, np.float64) - (self.cx, self.cy)) / (self.fx, self.fy)
        if self.model == "equirect":
            return _from_longitude_latitude(plane)
        if self.model == "fisheye":
            return _from_fisheye_plane(plane, self.distortion)
        if self.model == "opencv":
            plane = lens.undistort_opencv(plane, self.distortion)
        return np.concatenate([plane, np.where(np.isnan(plane[:, :1]), np.nan, 1.0)], axis=1)

    def pixel_centres(self) -> Float[Array, "points 2"]:
        """Centres of all pixels, row by row from the top left: (0.5, 0.5), (1.5, 0.5), ..."""
        y, x = np.mgrid[0 : self.height, 0 : self.width]
        return np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1)

    def resized(self, width: int, height: int) -> "Camera":
        """The same camera for its image resampled to another size."""
        x, y = width / self.width, height / self.height
        return replace(self, width=width, height=height, fx=self.fx * x, fy=self.fy * y, cx=self.cx * x, cy=self.cy * y)

    def undistorted(self) -> "Camera":
        """The pinhole camera of the same size, focal length and centre."""
        if self.model == "equirect":
            raise ValueError("camera: a full panorama has no pinhole camera (model is equirect)")
        return replace(self, model="pinhole", distortion=())

    def _pixels(self, plane: Float[Array, "points 2"]) -> Float[Array, "points 2"]:
        return plane * (self.fx, self.fy) + (self.cx, self.cy)


def equirect(width: int, height: int) -> Camera:
    """A full panorama: its centre looks along +z, its left edge is longitude -180 degrees, its top edge straight up."""
    return Camera(width, height, width / (2 * math.pi), height / math.pi, width / 2, height / 2, "equirect")


def from_field_of_view(width: int, height: int, horizontal: float) -> Camera:
    """A pinhole camera with square pixels and a horizontal field of view in radians."""
    if not 0 < horizontal < math.pi:
        raise ValueError(f"field of view: must lie between 0 and pi radians (got {horizontal})")
    focal = 0.5 * width / math.tan(0.5 * horizontal)
    return Camera(width, height, focal, focal, width / 2, height / 2)


def _longitude_latitude(points: Float[Array, "points 3"]) -> Float[Array, "points 2"]:
    x, y, z = points.T
    return np.stack([np.arctan2(x, z), np.arctan2(y, np.hypot(x, z))], axis=1)


def _from_longitude_latitude(plane: Float[Array, "points 2"]) -> Float[Array, "points 3"]:
    longitude, latitude = plane.T
    flat = np.cos(latitude)
    return np.stack([flat * np.sin(longitude), np.sin(latitude), flat * np.cos(longitude)], axis=1)


def _fisheye_plane(points: Float[Array, "points 3"], distortion: tuple[float, ...]) -> Float[Array, "points 2"]:
    across = np.hypot(points[:, 0], points[:, 1])
    angle = np.arctan2(across, points[:, 2])
    radius = np.where(angle < lens.fisheye_fold(distortion), lens.distort_fisheye(angle, distortion), np.nan)
    scale = np.where(across > 0, radius / np.where(across > 0, across, 1.0), 0.0)
    scale = np.where((across == 0) & (points[:, 2] <= 0), np.nan, scale)
    return points[:, :2] * scale[:, None]


def _from_fisheye_plane(plane: Float[Array, "points 2"], distortion: tuple[float, ...]) -> Float[Array, "points 3"]:
    radius = np.hypot(plane[:, 0], plane[:, 1])
    angle = lens.undistort_fisheye(radius, distortion)
    scale = np.where(radius > 0, np.sin(angle) / np.where(radius > 0, radius, 1.0), 1.0)
    return np.concatenate([plane * scale[:, None], np.cos(angle)[:, None]], axis=1)
