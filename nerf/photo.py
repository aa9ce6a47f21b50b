"""Image files of a capture: what the header says, and decoding on demand, with every kind of damage told in a sentence.

Owns formats, EXIF orientation and limits; does not own cameras or poses.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Shaped, UInt8
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

Array = np.ndarray

FORMATS = [str(reader.format) for reader in (JpegImageFile, PngImageFile, WebPImageFile, TiffImageFile, BmpImageFile)]
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp")
MAX_PIXELS = 170_000_000  # just under Pillow's own refusal; a 12k panorama has 72 million
TURNED = (5, 6, 7, 8)  # EXIF orientations that exchange width and height
EXIF_ORIENTATION = 0x0112
EXIF_DETAILS = 0x8769
EXIF_FOCAL_LENGTH_35MM = 0xA405
FULL_FRAME_DIAGONAL = 43.2666  # mm, of a 36 x 24 mm frame

_UNDO_NAMES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error, zlib.error)


@dataclass(frozen=True)
class Header:
    """What an image file says of itself before any pixel is decoded; the size is that of the stored pixels."""

    width: int
    height: int
    orientation: int = 1
    focal_35mm: float | None = None

    @property
    def turned_size(self) -> tuple[int, int]:
        """Width and height once the EXIF orientation is applied."""
        return (self.height, self.width) if self.orientation in TURNED else (self.width, self.height)


def read_header(path: Path) -> Header:
    """Size, EXIF orientation and 35 mm focal length, after checking that the file has an end and is no bomb."""
    _check_end(path)
    with _opened(path) as image:
        orientation, focal_35mm = _exif(image)
        return Header(image.width, image.height, orientation, focal_35mm)


def read_rgb(path: Path, orientation: int = 1) -> UInt8[Array, "h w 3"]:
    """The photo's colours, turned by an EXIF orientation; alpha is left out, not blended."""
    with _opened(path) as image:
        if image.mode.startswith("I"):
            grey = (np.asarray(_turned(image, orientation)) >> 8).astype(np.uint8)
            return np.repeat(grey[:, :, None], 3, axis=2)
        return np.array(_turned(image, orientation).convert("RGB"))


def read_small_grey(path: Path, longest: int = 800) -> UInt8[Array, "h w"]:
    """A grey copy whose longer side has one to two times `longest` pixels; JPEGs are decoded small, quickly."""
    with _opened(path) as image:
        scale = max(1, max(image.size) // longest)
        image.draft("L", (image.width // scale, image.height // scale))
        grey = image.convert("RGB").convert("L") if image.mode != "L" else image
        step = max(1, max(grey.size) // longest)
        return np.array(grey.reduce(step) if step > 1 else grey)


def read_alpha(path: Path, orientation: int = 1) -> Float32[Array, "h w"] | None:
    """How opaque each pixel is, 0 to 1; None where the file has no alpha."""
    with _opened(path) as image:
        if not image.has_transparency_data:
            return None
        alpha = _turned(image, orientation).convert("RGBA").getchannel("A")
        return np.asarray(alpha, np.float32) / np.float32(255)


def read_levels(path: Path) -> Shaped[Array, "h w"]:
    """The numbers of a single-channel file as stored: 8 or 16-bit levels, floats, or an .npy array."""
    if path.suffix.lower() == ".npy":
        return _read_npy(path)
    with _opened(path) as image:
        levels = np.array(image)
    if levels.ndim != 2:
        raise ValueError(f"{path}: must have one channel of numbers (got {image.mode} with shape {levels.shape})")
    return levels


def focal_from_35mm(width: int, height: int, focal_35mm: float) -> float:
    """Focal length in pixels from the 35 mm equivalent, which compares the diagonals (CIPA DCG-001)."""
    return float(np.hypot(width, height)) * focal_35mm / FULL_FRAME_DIAGONAL


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The image with its header checked; what Pillow raises, even while decoding, becomes one ValueError."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such image file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd EXIF; limits are checked here
        try:
            image = Image.open(path, formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise ValueError(f"{path}: {error} (allowed: {MAX_PIXELS} pixels)") from error
        except _DAMAGE as error:
            allowed = "JPEG, PNG, WebP, TIFF, BMP"
            raise ValueError(f"{path}: is not a readable image ({_reason(error)}); allowed: {allowed}") from error
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"{path}: is {image.width}x{image.height} pixels (allowed: {MAX_PIXELS} in all)")
            try:
                yield image
            except _DAMAGE as error:
                raise ValueError(f"{path}: cannot be decoded, it is damaged or cut short ({_reason(error)})") from error


def _check_end(path: Path) -> None:
    """Raise ValueError for an empty file and for a JPEG or PNG whose last bytes are missing, without decoding it."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such image file")
    size = path.stat().st_size
    if size == 0:
        raise ValueError(f"{path}: the file is empty")
    with path.open("rb") as file:
        start = file.read(8)
        file.seek(max(0, size - 65536))
        tail = file.read()
    cut_jpeg = start[:3] == b"\xff\xd8\xff" and b"\xff\xd9" not in tail
    cut_png = start == b"\x89PNG\r\n\x1a\n" and b"IEND" not in tail
    if cut_jpeg or cut_png:
        raise ValueError(f"{path}: is cut short, its end is missing ({size} bytes)")


def _exif(image: Image.Image) -> tuple[int, float | None]:
    """Orientation (1 where unknown) and 35 mm focal length; damaged EXIF counts as none."""
    if "exif" not in image.info and image.format == "PNG":
        return 1, None  # Pillow would decode the whole picture to look for it after the pixels
    try:
        tags: Any = image.getexif()
        orientation = tags.get(EXIF_ORIENTATION, 1)
        focal = tags.get_ifd(EXIF_DETAILS).get(EXIF_FOCAL_LENGTH_35MM)
        focal_35mm = float(focal) if focal else None
    except _DAMAGE:
        return 1, None
    known = isinstance(orientation, int) and 1 <= orientation <= 8
    return (orientation if known else 1), (focal_35mm if focal_35mm and focal_35mm > 0 else None)


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    operation = _UNDO_NAMES.get(orientation)
    return image if operation is None else image.transpose(operation)


def _read_npy(path: Path) -> Shaped[Array, "h w"]:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such depth file")
    try:
        levels = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"{path}: is not a plain .npy array ({_reason(error)})") from error
    levels = np.squeeze(levels)
    if levels.ndim != 2 or levels.dtype.kind not in "uif":
        raise ValueError(f"{path}: must be a two-dimensional array of numbers (got {levels.dtype} {levels.shape})")
    return np.asarray(levels)


def _reason(error: BaseException) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__
