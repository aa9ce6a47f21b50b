"""Where a scene lies with regard to the capture it came from: a similarity, a unit, and what is known about gravity."""

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Float

Array = np.ndarray
Unit = Literal["metre", "unknown"]
Gravity = Literal["known", "estimated", "unknown"]

SHEAR_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class SceneFrame:
    """A right-handed scene with y up; `capture_from_scene` takes its points to the capture file's own coordinates."""

    capture_from_scene: Float[Array, "4 4"]
    unit: Unit = "unknown"
    gravity: Gravity = "unknown"

    def __post_init__(self) -> None:
        check_similarity(self.capture_from_scene, "frame.capture_from_scene")
        for name, value, allowed in (("unit", self.unit, Unit), ("gravity", self.gravity, Gravity)):
            if value not in get_args(allowed):
                raise ValueError(f"frame.{name}: must be one of {', '.join(get_args(allowed))} (got {value!r})")

    @property
    def scene_from_capture(self) -> Float[Array, "4 4"]:
        """Takes points of the capture file to the scene."""
        return np.linalg.inv(self.capture_from_scene)

    @property
    def scale(self) -> float:
        """Capture units per scene unit."""
        return similarity_scale(self.capture_from_scene)

    def capture_points(self, scene_points: Float[Array, "points 3"]) -> Float[Array, "points 3"]:
        """Points of the scene, in the capture file's own coordinates."""
        return transform(self.capture_from_scene, scene_points)

    def scene_points(self, capture_points: Float[Array, "points 3"]) -> Float[Array, "points 3"]:
        """Points of the capture file, in scene coordinates."""
        return transform(self.scene_from_capture, capture_points)

    def moved(self, scene_from_new: Float[Array, "4 4"]) -> "SceneFrame":
        """The frame of the same scene in new coordinates, given what takes new points to old ones."""
        return replace(self, capture_from_scene=self.capture_from_scene @ scene_from_new)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and words; `from_json` gives the same frame back to the bit."""
        return {"capture_from_scene": self.capture_from_scene.tolist(), "unit": self.unit, "gravity": self.gravity}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "SceneFrame":
        """The frame that `to_json` described."""
        matrix = np.array(content["capture_from_scene"], np.float64)
        return cls(matrix, content["unit"], content["gravity"])


def identity_frame(unit: Unit = "unknown", gravity: Gravity = "unknown") -> SceneFrame:
    """A scene in the capture's own coordinates."""
    return SceneFrame(np.eye(4), unit, gravity)


def transform(matrix: Float[Array, "4 4"], points: Float[Array, "points 3"]) -> Float[Array, "points 3"]:
    """Points taken through an affine 4x4 matrix."""
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])


def similarity_scale(matrix: Float[Array, "4 4"]) -> float:
    """By how much a similarity lengthens things."""
    return float(np.cbrt(np.linalg.det(matrix[:3, :3])))


def check_similarity(matrix: Float[Array, "4 4"], place: str) -> None:
    """Raise ValueError unless the matrix is a rotation, a uniform scale and a shift, without mirroring."""
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise ValueError(f"{place}: must be 4x4 finite numbers (got shape {matrix.shape})")
    if not np.array_equal(matrix[3], [0, 0, 0, 1]):
        raise ValueError(f"{place}: the last row must be 0 0 0 1 (got {matrix[3].tolist()})")
    scale = similarity_scale(matrix)
    if scale <= 0:
        raise ValueError(f"{place}: must not mirror or flatten (the determinant's cube root is {scale:.3g})")
    rotation = matrix[:3, :3] / scale
    shear = float(np.abs(rotation @ rotation.T - np.eye(3)).max())
    if shear > SHEAR_TOLERANCE:
        raise ValueError(f"{place}: must rotate, scale and shift only (it shears by {shear:.2g})")
