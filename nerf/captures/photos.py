"""A folder of photos, or a video, without poses: prepared for structure from motion, which places them.

The photos stay as they are; structure from motion sees upright copies of at most 1,600 pixels, and the intrinsics that
come back are scaled to the originals.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from nerf.captures import heic, video
from nerf.captures.assemble import all_or_errors
from nerf.captures.colmap import model_frames
from nerf.captures.colmap_files import read_points
from nerf.captures.paths import inside, natural_order
from nerf.captures.raw import RawCapture
from nerf.captures.sfm import PhotoGroup, pose_photos
from nerf.photo import SUFFIXES, Header, focal_from_35mm, read_header, read_rgb
from nerf.posed_images import Skipped

FEWEST = 3
LONGEST_SIDE = 1600
PLACED_SHARE = 0.25  # of the photos, below which nothing sensible can come of them
JPEG_QUALITY = 95


@dataclass(frozen=True)
class _Input:
    """A photo to place: its own name, its file, and the name of the copy that structure from motion sees."""

    name: str
    path: Path
    copy: str
    header: Header
    time: float | None = None


def photo_files(folder: Path) -> list[Path]:
    """The photos in a folder, HEIC included, in natural order; those of `images` where the folder has none itself."""
    for place in (folder, folder / "images"):
        if place.is_dir():
            found = [path for path in place.iterdir() if path.suffix.lower() in (*SUFFIXES, *heic.SUFFIXES)]
            if found:
                return sorted(found, key=natural_order)
    return []


def read_photos(folder: Path, scratch: Path) -> RawCapture:
    """A folder of photos, placed by structure from motion; `scratch` must outlive the capture."""
    files = photo_files(folder)
    names = [path.relative_to(folder).as_posix() for path in files]
    paths = [inside(folder, name, str(folder / name)) for name in names]
    decoded = all_or_errors(lambda path: heic.decoded(path, scratch), paths)
    inputs = _inputs(names, decoded, [None] * len(names))
    return _place(folder, "photos", inputs, scratch, sequential=False)


def read_video(path: Path, scratch: Path) -> RawCapture:
    """A video's sharpest frames, placed by structure from motion; `scratch` must outlive the capture."""
    frames = video.extract_frames(path, scratch / "frames")
    inputs = _inputs([frame.name for frame, _ in frames], [frame for frame, _ in frames], [time for _, time in frames])
    return replace(_place(scratch / "frames", "video", inputs, scratch, sequential=True), folder=path.parent)


def _inputs(names: Sequence[str], paths: Sequence[Path], times: Sequence[float | None]) -> list[_Input]:
    headers = all_or_errors(read_header, paths)
    entries = enumerate(zip(names, paths, headers, times, strict=True))
    return [_Input(name, path, f"{number:05d}.jpg", header, time) for number, (name, path, header, time) in entries]


def _place(folder: Path, kind: str, inputs: list[_Input], scratch: Path, *, sequential: bool) -> RawCapture:
    if len(inputs) < FEWEST:
        raise ValueError(f"{folder}: placing photos takes at least {FEWEST} of them (got {len(inputs)})")
    copies = scratch / "upright"
    copies.mkdir(parents=True, exist_ok=True)
    sizes = all_or_errors(lambda entry: _write_copy(entry, copies), inputs)
    try:
        model = pose_photos(copies, _groups(inputs, sizes), scratch / "sfm", sequential=sequential)
    except ValueError as error:
        raise ValueError(f"{folder}: {error}") from error
    placed = {frame.name: frame for frame in model_frames(model, copies)}
    if len(placed) < max(FEWEST, PLACED_SHARE * len(inputs)):
        raise ValueError(
            f"{folder}: only {len(placed)} of {len(inputs)} photos could be placed, which is too few; "
            "take photos that overlap by two thirds, of things with texture, without motion blur"
        )
    frames = [
        replace(placed[entry.copy], name=entry.name, place=str(entry.path), image=entry.path, time=entry.time)
        for entry in inputs
        if entry.copy in placed
    ]
    missed = [entry.name for entry in inputs if entry.copy not in placed]
    return RawCapture(
        folder=folder,
        format=kind,
        frames=tuple(frames),
        camera_axes="opencv",
        up="-y",
        points=read_points(model / "points3D.bin"),
        skipped=tuple(
            Skipped(name, "could not be placed: too little overlap, texture or sharpness") for name in missed
        ),
        notes=(f"structure from motion placed {len(frames)} of {len(inputs)} frames",),
    )


def _write_copy(entry: _Input, folder: Path) -> tuple[int, int]:
    """An upright copy of at most 1,600 pixels, without EXIF; gives its size."""
    picture = Image.fromarray(read_rgb(entry.path, entry.header.orientation))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    picture.save(folder / entry.copy, quality=JPEG_QUALITY)
    return picture.size


def _groups(inputs: list[_Input], sizes: list[tuple[int, int]]) -> list[PhotoGroup]:
    """Photos of one size and focal length share a camera."""

    def key(item: tuple[_Input, tuple[int, int]]) -> tuple[tuple[int, int], float]:
        return item[1], item[0].header.focal_35mm or 0.0

    groups = []
    for ((width, height), focal_35mm), members in itertools.groupby(
        sorted(zip(inputs, sizes, strict=True), key=key), key
    ):
        names = tuple(entry.copy for entry, _ in members)
        focal = focal_from_35mm(width, height, focal_35mm) if focal_35mm else None
        groups.append(PhotoGroup(names, width, height, focal))
    return groups
