"""Camera-to-world matrices: checked, repaired where they have drifted a little, turned to the project's axes."""

import numpy as np
from jaxtyping import Float64

from nerf.captures.raw import CameraAxes, WorldUp

Array = np.ndarray

MAX_DRIFT = 0.03  # how far a rotation's scale may be from 1 before it counts as wrong instead of rounded
FARTHEST = 1e15  # units from the origin; squares of larger numbers are lost

OPENCV_FROM_OPENGL = np.diag([1.0, -1.0, -1.0, 1.0])

_TO_Y_UP: dict[WorldUp, tuple[tuple[int, int, int], ...]] = {
    "y": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "-y": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "z": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "-z": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "x": ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    "-x": ((0, 0, 1), (-1, 0, 0), (0, -1, 0)),
}


def y_up_from(up: WorldUp) -> Float64[Array, "3 3"]:
    """The rotation that takes a world with this axis up to one with y up; z up keeps x and turns y to -z, as glTF."""
    return np.array(_TO_Y_UP[up], np.float64)


def with_opencv_axes(pose: Float64[Array, "*views 4 4"], axes: CameraAxes) -> Float64[Array, "*views 4 4"]:
    """The same cameras with x right, y down, z forward; OpenGL's has y up and looks along -z."""
    return pose @ OPENCV_FROM_OPENGL if axes == "opengl" else pose


def checked_pose(pose: Float64[Array, "4 4"], place: str) -> Float64[Array, "4 4"]:
    """The pose with its rotation made exactly orthonormal; ValueError where it is no rotation at all."""
    if not np.isfinite(pose).all():
        raise ValueError(f"{place}: every number of the pose must be finite (got NaN or infinity)")
    if np.abs(pose).max() > FARTHEST:
        raise ValueError(f"{place}: no number of the pose may be beyond {FARTHEST:g} (got {np.abs(pose).max():.3g})")
    if not np.allclose(pose[3], [0, 0, 0, 1], atol=1e-6):
        raise ValueError(f"{place}: the last row of the pose must be 0 0 0 1 (got {pose[3].tolist()})")
    left, scales, right = np.linalg.svd(pose[:3, :3])
    if np.abs(scales - 1).max() > MAX_DRIFT:
        shown = ", ".join(f"{scale:.3g}" for scale in scales)
        raise ValueError(f"{place}: the rotation must not scale or shear (its scales are {shown}, allowed: 1)")
    rotation = left @ right
    if np.linalg.det(rotation) < 0:
        raise ValueError(f"{place}: the rotation mirrors (determinant -1); flip one axis to make it right-handed")
    checked = np.eye(4)
    checked[:3, :3], checked[:3, 3] = rotation, pose[:3, 3]
    return checked
