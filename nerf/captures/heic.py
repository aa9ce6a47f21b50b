"""HEIC and HEIF photos, which phones write, decoded to PNG; the only file that knows `pillow-heif`."""

import zlib
from pathlib import Path
from typing import Any

from PIL import Image

SUFFIXES = (".heic", ".heif")


def decoded(path: Path, scratch: Path) -> Path:
    """The photo itself, or for a HEIC photo its PNG in the folder `scratch`, made where it is not there yet."""
    if path.suffix.lower() not in SUFFIXES:
        return path
    target = scratch / "decoded" / f"{path.stem}-{zlib.crc32(str(path).encode()):08x}.png"
    return target if target.is_file() else to_png(path, target)


def to_png(path: Path, target: Path) -> Path:
    """Decode a HEIC photo, already turned upright, to a PNG that keeps its EXIF; ImportError without the extra."""
    pillow_heif = _pillow_heif()
    try:
        photo = pillow_heif.open_heif(path, convert_hdr_to_8bit=True)
        size, mode, data = photo.size, photo.mode, bytes(photo.data)
        image = Image.frombytes(mode, size, data, "raw", mode, photo.stride)
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError, MemoryError) as error:
        raise ValueError(f"{path}: is not a readable HEIC photo ({error})") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    image.save(partial, "PNG", exif=_without_orientation(photo.info.get("exif") or b""), compress_level=1)
    return partial.rename(target)


def _without_orientation(content: bytes) -> bytes:
    """EXIF without its orientation: the decoder has applied the file's own already."""
    exif = Image.Exif()
    exif.load(content)
    exif[0x0112] = 1
    return exif.tobytes()


def _pillow_heif() -> Any:
    try:
        import pillow_heif
    except ImportError as error:
        raise ImportError("HEIC photos need pillow-heif: pip install 'scenewright[heic]'") from error
    return pillow_heif
