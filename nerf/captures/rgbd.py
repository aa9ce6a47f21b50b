"""Folders of colour, depth and pose for each frame: 7-Scenes and TSDF samples (flat), ScanNet and the like (folders).

Poses are OpenCV camera-to-world in metres, one text file of 4x4 numbers each; depth is in millimetres unless told
otherwise. A pose of NaN or infinity means that tracking was lost: the frame is skipped.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from nerf.camera import Camera
from nerf.captures.paths import inside, natural_order, read_text
from nerf.captures.raw import RawCapture, RawFrame
from nerf.photo import SUFFIXES, read_header
from nerf.posed_images import DepthEncoding, Skipped

Array = np.ndarray

COLOUR_FOLDERS = ("color", "colour", "rgb", "images", "image")
DEPTH_FOLDERS = ("depth", "depths")
POSE_FOLDERS = ("pose", "poses")
DEPTH_SUFFIXES = (".png", ".npy", ".tif", ".tiff")
INTRINSICS = (
    "camera-intrinsics.txt",
    "camera_intrinsics.txt",
    "intrinsics.txt",
    "intrinsic/intrinsic_color.txt",
    "intrinsic/intrinsic_depth.txt",
    "intrinsics/intrinsic_color.txt",
)


@dataclass(frozen=True)
class _Files:
    name: str
    colour: Path
    depth: Path | None
    pose: Path | None


def looks_like_rgbd(folder: Path) -> bool:
    """Whether a folder has colour and a pose for each frame in one of the known layouts."""
    return next(folder.glob("*.pose.txt"), None) is not None or _layout(folder) is not None


def read_rgbd(folder: Path, *, metres_per_step: float = 0.001) -> RawCapture:
    """An RGB-D folder; `metres_per_step` is what one level of the depth pictures stands for."""
    files = _flat(folder) or _in_folders(folder)
    if not files:
        raise ValueError(
            f"{folder}: has no colour pictures (allowed: NAME.color.jpg, or folders color, depth and pose)"
        )
    frames, skipped, matrix = [], [], _read_intrinsics(folder)
    for entry in files:
        pose = None if entry.pose is None else _read_pose(entry.pose)
        if entry.pose is None or pose is None:
            skipped.append(
                Skipped(entry.name, "it has no pose file" if entry.pose is None else "its pose is not finite")
            )
            continue
        header = read_header(entry.colour)
        fx, fy, cx, cy = (float(matrix[place]) for place in ((0, 0), (1, 1), (0, 2), (1, 2)))
        camera = Camera(header.width, header.height, fx, fy, cx, cy)
        frames.append(RawFrame(entry.name, str(entry.pose), entry.colour, camera, pose, depth=entry.depth))
    return RawCapture(
        folder=folder,
        format="rgbd",
        frames=tuple(frames),
        camera_axes="opencv",
        up="-y",
        unit="metre",
        depth_encoding=DepthEncoding(metres_per_step),
        skipped=tuple(skipped),
    )


def _flat(folder: Path) -> list[_Files]:
    """NAME.color.EXT, NAME.depth.png and NAME.pose.txt side by side."""
    colours = [path for path in folder.glob("*.color.*") if path.suffix.lower() in SUFFIXES]
    files = []
    for colour in sorted(colours, key=natural_order):
        name = colour.name.split(".color.")[0]
        depth = _first_existing(folder, name, [f".depth{suffix}" for suffix in DEPTH_SUFFIXES])
        files.append(_Files(name, _own(folder, colour), depth, _first_existing(folder, name, [".pose.txt"])))
    return files


def _in_folders(folder: Path) -> list[_Files]:
    """Files of one name in the folders color, depth and pose; names may carry the folder's own word."""
    layout = _layout(folder)
    if layout is None:
        return []
    colours, depths, poses = layout
    depth_of = _by_stem(depths, DEPTH_SUFFIXES) if depths else {}
    pose_of = _by_stem(poses, (".txt",))
    return [
        _Files(stem, _own(folder, path), depth_of.get(stem), pose_of.get(stem))
        for stem, path in _by_stem(colours, SUFFIXES).items()
    ]


def _layout(folder: Path) -> tuple[Path, Path | None, Path] | None:
    colours, depths, poses = (
        next((folder / name for name in names if (folder / name).is_dir()), None)
        for names in (COLOUR_FOLDERS, DEPTH_FOLDERS, POSE_FOLDERS)
    )
    return None if colours is None or poses is None else (colours, depths, poses)


def _by_stem(folder: Path, suffixes: tuple[str, ...]) -> dict[str, Path]:
    """Files by what their names have in common: `frame-000010.color.jpg` and `frame-000010.pose.txt` agree."""
    found = [path for path in folder.iterdir() if path.suffix.lower() in suffixes]
    return {path.name.split(".")[0]: _own(folder.parent, path) for path in sorted(found, key=natural_order)}


def _first_existing(folder: Path, name: str, endings: list[str]) -> Path | None:
    return next((_own(folder, folder / f"{name}{end}") for end in endings if (folder / f"{name}{end}").is_file()), None)


def _own(folder: Path, path: Path) -> Path:
    """The path, after making sure that no link leads out of the capture."""
    return inside(folder, path.relative_to(folder).as_posix(), str(path))


def _read_pose(path: Path) -> Float64[Array, "4 4"] | None:
    """A camera-to-world matrix; None where tracking was lost."""
    pose = _read_matrix(path)
    if pose.shape != (4, 4):
        raise ValueError(f"{path}: must hold a pose of 4x4 numbers (got {pose.shape[0]}x{pose.shape[1]})")
    return pose if np.isfinite(pose).all() else None


def _read_intrinsics(folder: Path) -> Float64[Array, "rows columns"]:
    path = next((folder / name for name in INTRINSICS if (folder / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"{folder}: has no intrinsics (looked for {', '.join(INTRINSICS)})")
    matrix = _read_matrix(_own(folder, path))
    if matrix.shape == (1, 4):
        fx, fy, cx, cy = matrix[0]
        matrix = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    if matrix.shape not in {(3, 3), (3, 4), (4, 4)} or not np.isfinite(matrix).all():
        raise ValueError(f"{path}: must hold 3x3 finite numbers, or fx fy cx cy (got shape {matrix.shape})")
    if matrix[0, 0] <= 0 or matrix[1, 1] <= 0:
        raise ValueError(f"{path}: focal lengths must be positive pixels (got {matrix[0, 0]:g} and {matrix[1, 1]:g})")
    return matrix


def _read_matrix(path: Path) -> Float64[Array, "rows columns"]:
    rows = [line.replace(",", " ").split() for line in read_text(path).splitlines() if line.strip()]
    try:
        return np.array([[float(word) for word in row] for row in rows], np.float64).reshape(len(rows), -1)
    except ValueError as error:
        raise ValueError(f"{path}: must hold rows of numbers, as many in each ({error})") from error
