"""Pictures in a row as a film: an animated WebP with what is always there, MP4 with the extra `video`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import UInt8
from PIL import Image

WEBP_QUALITY = 80
MP4_REPEATABLE = "threads=1:lookahead-threads=1:sync-lookahead=0:rc-lookahead=0:mbtree=0"
"""x264 looks ahead over memory that it has not written: with that, one film in twenty had other bytes."""
MP4_QUALITY = 20  # constant rate factor: lower is better, 17 looks lossless


def write_film(
    pictures: Sequence[UInt8[np.ndarray, "h w 3"]],
    path: Path,
    kind: Literal["mp4", "webp"],
    *,
    per_second: float = 24.0,
) -> Path:
    """Write pictures of one size as `path` with the kind's suffix, the same bytes each time; returns the file."""
    if not len(pictures):
        raise ValueError("film: needs at least one picture (got none)")
    path = path.with_suffix(f".{kind}")
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "mp4":
        _write_mp4(pictures, path, per_second)
        return path
    first, *rest = [Image.fromarray(picture) for picture in pictures]
    duration = max(1, round(1000 / per_second))
    first.save(path, save_all=True, append_images=rest, duration=duration, loop=0, quality=WEBP_QUALITY, method=2)
    return path


def _write_mp4(pictures: Sequence[UInt8[np.ndarray, "h w 3"]], path: Path, per_second: float) -> None:
    """H.264 in yuv420p, which all browsers and headsets play; sides are cut to even numbers, on one thread."""
    av = _av()
    height, width = (side // 2 * 2 for side in pictures[0].shape[:2])
    if not height or not width:
        raise ValueError(
            f"film: MP4 needs pictures of at least 2x2 pixels (got {pictures[0].shape[1]}x{pictures[0].shape[0]})"
        )
    options = {"crf": str(MP4_QUALITY), "preset": "medium", "x264-params": MP4_REPEATABLE}
    with av.open(
        str(path), "w", options={"movflags": "+faststart", "write_btrt": "0", "fflags": "+bitexact"}
    ) as container:
        stream = container.add_stream("libx264", rate=round(per_second), options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = 1
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(_yuv(picture[:height, :width]), format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _yuv(rgb: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "planes w"]:
    """BT.601 in video range, colours at half the size: Y, then U, then V, as `yuv420p` lies in memory.

    FFmpeg's own conversion reads beyond the ends of lines, so that now and then a film's bytes differed.
    """
    red, green, blue = np.moveaxis(rgb.astype(np.float32), -1, 0)
    luma = 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255
    u = 128 + (-37.797 * red - 74.203 * green + 112.0 * blue) / 255
    v = 128 + (112.0 * red - 93.786 * green - 18.214 * blue) / 255
    height, width = luma.shape
    halves = [plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)).ravel() for plane in (u, v)]
    planes = np.concatenate([luma.ravel(), *halves])
    return np.asarray(np.rint(planes).astype(np.uint8).reshape(height * 3 // 2, width))


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise ImportError("MP4 films need PyAV: pip install 'scenewright[video]'") from error
    return av
