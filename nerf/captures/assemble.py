"""From a capture's own words to the project's convention: axes, gravity, units, image sizes and EXIF orientation."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, get_args

import numpy as np
from jaxtyping import Float64

from nerf.camera import Camera
from nerf.captures import heic
from nerf.captures.gravity import estimate_up, rotation_between
from nerf.captures.paths import read_licence
from nerf.captures.poses import checked_pose, with_opencv_axes, y_up_from
from nerf.captures.raw import RawCapture, RawFrame, WorldUp
from nerf.frame import Gravity, SceneFrame, transform
from nerf.photo import Header, read_header
from nerf.posed_images import Photo, PosedImages, Source

Array = np.ndarray
Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_PROBLEMS = 20  # told at once
SIZE_SLACK = 1.0  # pixels by which a resized photo's height may be rounded
OWN_UP = 25.0  # degrees within which the cameras confirm the up axis that a format holds to be up
NEAREST = 60.0  # degrees up to which the format's usual axis is where the smallest turn starts
LEVEL = 2.0  # degrees below which the capture was level already
WORLD_UPS: tuple[WorldUp, ...] = get_args(WorldUp)
UP_AXIS = np.array([0.0, 1.0, 0.0])


def assemble(
    raw: RawCapture, scratch: Path, *, up: WorldUp | None = None, metres_per_unit: float | None = None
) -> PosedImages:
    """Posed images in scene coordinates; ValueError naming every frame that cannot be right.

    HEIC photos are decoded into `scratch`, which must outlive the capture.
    """
    if not raw.frames:
        named = "; ".join(f"{skipped.name}: {skipped.reason}" for skipped in raw.skipped[:3])
        raise ValueError(f"{raw.folder}: no usable frame is left of {len(raw.skipped)} ({named or 'none is named'})")
    _check_names(raw)
    poses = np.stack(all_or_errors(lambda frame: checked_pose(frame.pose, frame.place), raw.frames))
    poses = with_opencv_axes(poses, raw.camera_axes)
    frames = all_or_errors(lambda frame: replace(frame, image=heic.decoded(frame.image, scratch)), raw.frames)
    fitted = all_or_errors(fit_camera, frames)
    scene, notes = _scene_frame(raw, poses, up, metres_per_unit)
    cameras = tuple(dict.fromkeys(camera for camera, _, _ in fitted))
    photos = tuple(
        Photo(
            frame.name,
            frame.image,
            cameras.index(camera),
            orientation,
            frame.depth,
            frame.mask,
            frame.time,
            frame.split,
        )
        for frame, (camera, orientation, _) in zip(frames, fitted, strict=True)
    )
    scaled = sorted({note for _, _, note in fitted if note})
    return PosedImages(
        cameras=cameras,
        photos=photos,
        world_from_camera=_move_poses(scene, poses),
        scene=scene,
        source=Source(raw.format, read_licence(raw.folder), (*raw.notes, *notes, *scaled)),
        depth_encoding=replace(raw.depth_encoding, units_per_step=raw.depth_encoding.units_per_step / scene.scale),
        points=raw.points and replace(raw.points, xyz=transform(scene.scene_from_capture, raw.points.xyz)),
        skipped=raw.skipped,
    )


def all_or_errors(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The function of every item; where some fail, one ValueError with a line for each."""
    results, problems = [], []
    for item in items:
        try:
            results.append(function(item))
        except (ValueError, OSError) as error:
            problems.append(str(error))
    if problems:
        raise ValueError(together(problems))
    return results


def together(problems: list[str]) -> str:
    """One line for each problem, the first twenty of them."""
    more = [f"and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
    return "\n".join([*problems[:MOST_PROBLEMS], *more])


def fit_camera(frame: RawFrame) -> tuple[Camera, int, str]:
    """The camera at the photo's real size, the EXIF orientation to apply to the photo, and a note where it was scaled.

    Intrinsics that have the size of the stored pixels refer to those, so nothing is turned; where they have the size of
    the picture as it is shown, the orientation is applied.
    """
    header, camera = read_header(frame.image), frame.camera
    size = (camera.width, camera.height)
    if size == (header.width, header.height):
        return camera, 1, ""
    if size == header.turned_size:
        return camera, header.orientation, ""
    for (width, height), orientation in _possible_sizes(header):
        scale = width / camera.width
        if abs(camera.height * scale - height) <= max(SIZE_SLACK, scale):
            resized = camera.resized(width, height)
            return resized, orientation, f"intrinsics for {size[0]}x{size[1]} were scaled to photos of {width}x{height}"
    raise ValueError(
        f"{frame.place}: intrinsics are for {size[0]:.9g}x{size[1]:.9g}, which is no scaled "
        f"{header.width}x{header.height} as {frame.image.name} has; correct w and h or resize the photo"
    )


def _possible_sizes(header: Header) -> list[tuple[tuple[int, int], int]]:
    return [((header.width, header.height), 1), (header.turned_size, header.orientation)]


def _check_names(raw: RawCapture) -> None:
    first: dict[str, str] = {}
    problems = []
    for frame in raw.frames:
        if frame.name in first:
            problems.append(f"{frame.place}: names {frame.name!r} again, which {first[frame.name]} has already")
        first.setdefault(frame.name, frame.place)
    if problems:
        raise ValueError(together(problems))


def _scene_frame(
    raw: RawCapture, poses: Float64[Array, "views 4 4"], up: WorldUp | None, metres_per_unit: float | None
) -> tuple[SceneFrame, tuple[str, ...]]:
    if metres_per_unit is not None and not 0 < metres_per_unit < np.inf:
        raise ValueError(f"metres_per_unit: must be a positive number (got {metres_per_unit})")
    rotation, gravity, notes = _upright(raw, poses, up)
    capture_from_scene = np.eye(4)
    capture_from_scene[:3, :3] = rotation.T / (metres_per_unit or 1.0)
    unit = raw.unit if metres_per_unit is None else "metre"
    return SceneFrame(capture_from_scene, unit, gravity), notes


def _upright(
    raw: RawCapture, poses: Float64[Array, "views 4 4"], up: WorldUp | None
) -> tuple[Float64[Array, "3 3"], Gravity, tuple[str, ...]]:
    """The rotation from the capture's world to one with y up, how well that is known, and what to say about it.

    An estimate turns the world as little as it can from the nearest axis, and not at all where the file was level.
    """
    if up or raw.up_is_known:
        return y_up_from(up or raw.up), "known", ()
    estimate = estimate_up(poses)
    if estimate is None:
        note = f"the cameras do not agree which way is up; {raw.up} is taken for it as is usual in this format"
        return y_up_from(raw.up), "unknown", (note,)
    held = {axis: _angle(axis, estimate) for axis in WORLD_UPS}
    if raw.up in ("y", "z") and held[raw.up] < OWN_UP:
        return y_up_from(raw.up), "estimated", ()
    nearest = raw.up if held[raw.up] < NEAREST else min(WORLD_UPS, key=lambda axis: held[axis])
    base = y_up_from(nearest)
    levelled = base if held[nearest] < LEVEL else rotation_between(base @ estimate, UP_AXIS) @ base
    return levelled, "estimated", ()


def _angle(axis: WorldUp, direction: Float64[Array, "3"]) -> float:
    """Degrees between a world axis and a unit vector."""
    return float(np.degrees(np.arccos(np.clip((y_up_from(axis) @ direction) @ UP_AXIS, -1, 1))))


def _move_poses(scene: SceneFrame, poses: Float64[Array, "views 4 4"]) -> Float64[Array, "views 4 4"]:
    """Poses in scene coordinates: their rotations stay rotations where the scene has another scale."""
    moved = scene.scene_from_capture @ poses
    moved[:, :3, :3] *= scene.scale
    return np.asarray(moved)
