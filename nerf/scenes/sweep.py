"""The demo capture: a hand-held sweep through the room, as a colour and depth camera would record it."""

from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt16
from PIL import Image

from nerf.camera import Camera
from nerf.scenes.render import render
from nerf.scenes.room import Solid, demo_room

Array = np.ndarray

CAMERA = Camera(320, 240, 262.0, 262.0, 160.0, 120.0)
UP = np.array([0.0, 1.0, 0.0])
LEVEL = 0.00307  # a Kinect's depth is 1 / (3.33 - 0.00307 raw): one raw level, in 1 / metres
NOISE_LEVELS = 0.3
RANGE = 4.0  # metres
SHADOW = 0.06  # relative jump in depth beside which the projector's light is hidden
JPEG_QUALITY = 90

README = """# Demo capture

Forty colour and depth frames of a room that exists only as formulas: `examples/make_demo_capture.py` renders it.

- `frame-NNNNNN.color.jpg`: 320 x 240
- `frame-NNNNNN.depth.png`: depth along z in millimetres, 0 is none, with the noise and the steps of a Kinect
- `frame-NNNNNN.pose.txt`: camera to world; camera axes x right, y down, z forward; world in metres, y up, floor at 0
- `camera-intrinsics.txt`: 3 x 3, pixels

Licence: Apache-2.0, like the project that made it.
"""


def demo_poses() -> Float64[Array, "views 4 4"]:
    """Forty poses: once round the table from above, back along its front from below, then over the walls."""
    around = [
        _on_circle(45 + 22.5 * step, 1.36, 1.3 + 0.1 * np.sin(step), target=(0.1, 0.5, 0.1)) for step in range(16)
    ]
    below = [
        _on_circle(160 - 20.0 * step, 1.42, 0.4 + 0.05 * np.cos(step), target=(0.1, 0.42, 0.1)) for step in range(12)
    ]
    over = [_on_circle(-10 + 10.0 * step, 1.45, 1.25, target=_along_walls(step / 11)) for step in range(12)]
    return np.stack([*around, *below, *over])


def write_demo_capture(folder: Path, *, camera: Camera = CAMERA, views: int | None = None, samples: int = 2) -> None:
    """Render the sweep into an RGB-D folder; the same arguments give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(README, encoding="utf-8")
    intrinsics = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    (folder / "camera-intrinsics.txt").write_text(_rows(intrinsics), encoding="ascii")
    room = demo_room()
    for number, pose in enumerate(demo_poses()[:views]):
        write_frame(folder / f"frame-{number:06d}", room, camera, pose, number, samples)


def write_frame(
    stem: Path, room: tuple[Solid, ...], camera: Camera, pose: Float64[Array, "4 4"], number: int, samples: int
) -> None:
    """One frame's colour, depth and pose; its number seeds the depth noise."""
    view = render(room, camera, pose, samples=samples)
    depth = measured_depth(view.depth, np.random.default_rng(number))
    Image.fromarray(view.colour).save(f"{stem}.color.jpg", quality=JPEG_QUALITY, subsampling=0)
    Image.fromarray(depth).save(f"{stem}.depth.png", optimize=True)
    Path(f"{stem}.pose.txt").write_text(_rows(pose), encoding="ascii")


def measured_depth(depth: Float64[Array, "h w"], generator: np.random.Generator) -> UInt16[Array, "h w"]:
    """Millimetres as a Kinect would tell them: in steps that grow with the square of depth, nothing beside edges.

    Khoshelham and Elberink 2012: quantised disparity with normal noise.
    """
    seen = (depth > 0) & (depth < RANGE) & ~_in_shadow(depth)
    levels = 1 / (LEVEL * np.where(seen, depth, 1.0)) + NOISE_LEVELS * generator.standard_normal(depth.shape)
    millimetres = 1000 / (LEVEL * np.round(levels))
    return np.where(seen, np.round(millimetres), 0).astype(np.uint16)


def _in_shadow(depth: Float64[Array, "h w"]) -> Array:
    """Pixels just right of something nearer, where the sensor sees and its projector does not."""
    nearer_left = np.zeros(depth.shape, bool)
    nearer_left[:, 1:] = (depth[:, :-1] > 0) & (depth[:, :-1] < (1 - SHADOW) * depth[:, 1:])
    return nearer_left


def _on_circle(degrees: float, radius: float, height: float, *, target: tuple[float, float, float]) -> Array:
    angle = np.radians(degrees)
    eye = np.array([0.1 + radius * np.cos(angle), height, 0.1 + radius * np.sin(angle)])
    return look_at(eye, np.array(target))


def _along_walls(share: float) -> tuple[float, float, float]:
    """A point that wanders along the left wall, past the corner and along the back wall."""
    if share < 0.5:
        return (-1.8, 1.15, 1.5 - 3.3 * 2 * share)
    return (-1.8 + 3.3 * (2 * share - 1), 1.15, -1.8)


def look_at(eye: Float64[Array, "3"], target: Float64[Array, "3"]) -> Float64[Array, "4 4"]:
    """The pose of a level camera (x right, y down, z forward) at `eye` that looks at `target`; y is up."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, UP)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3] = np.stack([right, np.cross(forward, right), forward, eye], axis=1)
    return pose


def _rows(matrix: Float64[Array, "rows columns"]) -> str:
    return "".join(" ".join(f"{value:.9f}" for value in row) + "\n" for row in matrix)
