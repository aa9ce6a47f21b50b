"""What a format's reader hands over: frames in the capture's own coordinates and axes, no convention applied yet."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float64

from nerf.camera import Camera
from nerf.frame import Unit
from nerf.posed_images import DepthEncoding, Skipped, SparsePoints

Array = np.ndarray
CameraAxes = Literal["opencv", "opengl"]
WorldUp = Literal["x", "-x", "y", "-y", "z", "-z"]


@dataclass(frozen=True, eq=False)
class RawFrame:
    """One frame as the capture tells it; `place` says where, for messages."""

    name: str
    place: str
    image: Path
    camera: Camera
    pose: Float64[Array, "4 4"]
    depth: Path | None = None
    mask: Path | None = None
    time: float | None = None
    split: str | None = None


@dataclass(frozen=True, eq=False)
class RawCapture:
    """Frames with camera-to-world poses in the capture's coordinates.

    `up` is the axis that the format holds to be up; `up_is_known` says that it really is, and needs no estimate.
    """

    folder: Path
    format: str
    frames: tuple[RawFrame, ...]
    camera_axes: CameraAxes
    up: WorldUp
    up_is_known: bool = False
    unit: Unit = "unknown"
    depth_encoding: DepthEncoding = field(default_factory=DepthEncoding)
    points: SparsePoints | None = None
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
