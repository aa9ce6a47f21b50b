"""Frames of a video, the sharpest of each stretch of time; the only file that knows `av`."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from nerf.sharpness import sharpness

SUFFIXES = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg")
JPEG_QUALITY = 95
MAX_PIXELS = 60_000_000  # of one frame; 8k has 33 million


def extract_frames(video: Path, folder: Path, *, count: int = 120, fewest: int = 8) -> list[tuple[Path, float]]:
    """Write the sharpest frame of each of `count` equal stretches as JPEG; gives the files with their seconds.

    Short videos give at most every frame. ValueError where fewer than `fewest` frames can be decoded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    total = _frame_count(video)
    if total < fewest:
        raise ValueError(f"{video}: has only {total} frames that can be decoded (at least {fewest} are needed)")
    window = max(1, total // count)
    kept: list[tuple[Path, float]] = []
    best: tuple[float, float, Image.Image] | None = None
    for number, (seconds, picture) in enumerate(_frames(video)):
        score = sharpness(np.asarray(picture.convert("L")))
        if best is None or score > best[0]:
            best = (score, seconds, picture)
        if number % window == window - 1:
            kept.append(_write(best, folder, len(kept)))
            best = None
    return kept


def _write(frame: tuple[float, float, Image.Image], folder: Path, number: int) -> tuple[Path, float]:
    _, seconds, picture = frame
    path = folder / f"frame{number:05d}.jpg"
    picture.save(path, quality=JPEG_QUALITY)
    return path, seconds


def _frame_count(video: Path) -> int:
    return sum(1 for _ in _decoded(video))


def _frames(video: Path) -> Any:
    """Seconds and upright picture of each frame."""
    for frame in _decoded(video):
        turn = -int(getattr(frame, "rotation", 0) or 0) % 360
        picture = frame.to_image()
        yield float(frame.time or 0.0), picture.rotate(-turn, expand=True) if turn else picture


def _decoded(video: Path) -> Any:
    """Each frame that can be decoded; what a damaged end loses is left out."""
    av = _av()
    try:
        with av.open(str(video)) as container:
            if not container.streams.video:
                raise ValueError(f"{video}: has no pictures in it")
            stream = container.streams.video[0]
            if stream.width * stream.height > MAX_PIXELS:
                raise ValueError(f"{video}: is {stream.width}x{stream.height} pixels (allowed: {MAX_PIXELS} in all)")
            stream.thread_type = "AUTO"
            yield from container.decode(stream)
    except (av.error.FFmpegError, OSError) as error:
        raise ValueError(f"{video}: is not a readable video ({error})") from error


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise ImportError("videos need av: pip install 'scenewright[sfm]'") from error
    return av
