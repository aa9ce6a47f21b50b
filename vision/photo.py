"""One photo from a file as upright sRGB, with every kind of bad file told in a sentence.

Owns decoding, orientation, colour profiles, size limits and the focal length. Does not own depth.
"""

import io
import json
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from jaxtyping import UInt8
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from vision.depth import InverseDepth

Projection = Literal["perspective", "equirectangular"]

_READERS = (  # imported, so that Pillow knows them before it has seen a first file
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    WebPImagePlugin.WebPImageFile,
    TiffImagePlugin.TiffImageFile,
    BmpImagePlugin.BmpImageFile,
    GifImagePlugin.GifImageFile,
)
FORMATS = [str(reader.format) for reader in _READERS]  # a multi-picture file (MPO) claims to be a JPEG
HEIC_SUFFIXES = (".heic", ".heif", ".hif", ".avif")
ALLOWED = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC"
MAX_PIXELS = 170_000_000  # just under Pillow's own refusal
MIN_SIDE = 16
_STRIP = 512
TURNED = (5, 6, 7, 8)  # EXIF orientations that exchange width and height

_ORIENTATION, _DETAILS, _FOCAL_35MM = 0x0112, 0x8769, 0xA405
_FULL_FRAME_DIAGONAL = 43.2666  # mm, of a 36 x 24 mm frame
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error, zlib.error)
_NEAREST = Image.Resampling.NEAREST
_GREY_16 = ("I;16", "I;16B", "I;16L", "I;16N", "I")


@dataclass(frozen=True, eq=False)
class Photo:
    """Upright sRGB. `focal` is the focal length in pixels of `rgb`, None where the file does not say.

    An equirectangular photo shows all directions: the middle column looks straight ahead. `depth` is what the file
    itself holds, of a size of its own; `right` is the second picture of a stereo photo, of the first one's size.
    """

    rgb: UInt8[np.ndarray, "h w 3"]
    focal: float | None = None
    projection: Projection = "perspective"
    name: str = "photo"
    licence: str = ""
    depth: InverseDepth | None = None
    right: UInt8[np.ndarray, "h w 3"] | None = None

    def save(self, folder: Path) -> None:
        """Write `photo.png`, `photo.json` and, where there are such, `right.png` and `depth/`."""
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(self.rgb).save(folder / "photo.png", compress_level=1)
        if self.right is not None:
            Image.fromarray(self.right).save(folder / "right.png", compress_level=1)
        if self.depth is not None:
            self.depth.save(folder / "depth")
        about = {"focal": self.focal, "projection": self.projection, "name": self.name, "licence": self.licence}
        (folder / "photo.json").write_text(json.dumps(about, sort_keys=True, indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "Photo":
        """The photo that `save` wrote into `folder`."""
        about = json.loads((folder / "photo.json").read_text())
        if about["projection"] not in get_args(Projection):
            allowed = ", ".join(get_args(Projection))
            raise ValueError(f"{folder}: projection must be one of {allowed} (got {about['projection']!r})")
        depth = InverseDepth.load(folder / "depth") if (folder / "depth").is_dir() else None
        right = _stored(folder / "right.png") if (folder / "right.png").is_file() else None
        return cls(_stored(folder / "photo.png"), **about, depth=depth, right=right)


def _stored(path: Path) -> UInt8[np.ndarray, "h w 3"]:
    with Image.open(path) as image:
        return np.array(image)


def read_photo(path: Path, *, max_side: int = 1536) -> Photo:
    """The photo in `path`, turned upright, in sRGB, its longer side brought down to `max_side` pixels.

    Of an animation the first picture counts; transparency shows white. Raises FileNotFoundError, ValueError for a
    file that is no whole picture, and ImportError for HEIC without its extra.
    """
    if max_side < MIN_SIDE:
        raise ValueError(f"max_side: must be at least {MIN_SIDE} (got {max_side})")
    with opened(path) as image:
        orientation, focal_35mm = _exif(image)
        projection = _projection(image)
        width, height = image.size
        if min(width, height) < MIN_SIDE:
            raise ValueError(f"{path}: is {width}x{height} pixels; a photo needs at least {MIN_SIDE}x{MIN_SIDE}")
        rgb = _upright(_srgb(_shrunk(image, max_side, path)), orientation)
    focal = None if focal_35mm is None else float(np.hypot(*rgb.shape[:2])) * focal_35mm / _FULL_FRAME_DIAGONAL
    return Photo(rgb, focal, projection, path.stem)


def stored_size(path: Path) -> tuple[int, int]:
    """Width and height of the picture in `path` as they are stored; nothing is decoded."""
    with opened(path) as image:
        return image.width, image.height


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """The image with its header checked; what goes wrong even while decoding becomes one ValueError."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such photo")
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    try:
        image = _heic(path) if is_heic(path) else open_image(path)
    except _DAMAGE as error:
        raise ValueError(f"{path}: is not a readable picture ({_reason(error)}); allowed: {ALLOWED}") from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError(f"{path}: is {image.width}x{image.height} pixels (allowed: {MAX_PIXELS} in all)")
        try:
            yield image
        except _DAMAGE as error:
            if str(error).startswith(str(path)):
                raise
            raise ValueError(f"{path}: cannot be decoded, it is damaged or cut short ({_reason(error)})") from error


def open_image(source: Path | io.BytesIO) -> Image.Image:
    """Pillow's image of a file that claims one of the allowed formats; quiet about odd EXIF and large pictures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Image.open(source, formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise ValueError(f"more than {MAX_PIXELS} pixels") from error


def is_heic(path: Path) -> bool:
    """Whether the file's first bytes (or else its name) say HEIF or AVIF."""
    with path.open("rb") as file:
        start = file.read(12)
    brands = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
    return (start[4:8] == b"ftyp" and start[8:12] in brands) or (
        path.suffix.lower() in HEIC_SUFFIXES and start[4:8] == b"ftyp"
    )


def _heic(path: Path) -> Image.Image:
    try:
        import pillow_heif
    except ImportError as error:
        raise ImportError(f"{path}: HEIC needs pillow-heif: pip install 'scenewright[heic]'") from error
    image: Image.Image = pillow_heif.open_heif(path).to_pillow()
    image.info["turned"] = True  # the library applies the file's rotation
    return image


def exif_orientation(image: Image.Image) -> int:
    """1 to 8; 1 where the file does not say, or the decoder has turned it already."""
    return _exif(image)[0]


def _exif(image: Image.Image) -> tuple[int, float | None]:
    """Orientation and 35 mm focal length; damaged EXIF counts as none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tags = image.getexif()
            orientation = 1 if image.info.get("turned") else tags.get(_ORIENTATION, 1)
            focal = tags.get_ifd(_DETAILS).get(_FOCAL_35MM)
            focal_35mm = float(focal) if focal else None
    except _DAMAGE:
        return 1, None
    known = isinstance(orientation, int) and 1 <= orientation <= 8
    sane = focal_35mm is not None and np.isfinite(focal_35mm) and 2 <= focal_35mm <= 2000
    return (orientation if known else 1), (focal_35mm if sane else None)


def _projection(image: Image.Image) -> Projection:
    """Equirectangular where the XMP says so and the picture is twice as wide as high: not for partial panoramas."""
    xmp = image.info.get("xmp", b"")
    xmp = xmp.encode() if isinstance(xmp, str) else xmp
    says = b"GPano" in xmp and b"equirectangular" in xmp
    return "equirectangular" if says and image.width == 2 * image.height else "perspective"


def _shrunk(image: Image.Image, max_side: int, path: Path) -> Image.Image:
    """Decoded, and at most `max_side` long; JPEG is decoded at a fraction of its size where that is enough."""
    if image.mode in _GREY_16:
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    elif image.mode == "F":
        raise ValueError(f"{path}: holds floating-point levels; a photo has 8 or 16-bit ones")
    scale = max_side / max(image.size)
    if scale < 1:
        image.draft(None, (2 * max_side, 2 * max_side))
    image.load()
    if image.mode in ("P", "PA"):
        colors = image
        step = max(1, max(image.size) // (4 * max_side))  # four times what is asked for is enough to average
        if step > 1:
            colors = _keeping_info(image.resize((image.width // step, image.height // step), _NEAREST), image)
        image = _keeping_info(colors.convert("RGBA"), image)
    scale = max_side / max(image.size)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = _keeping_info(image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0), image)
    return image


def _eight_bits(levels: np.ndarray) -> UInt8[np.ndarray, "h w"]:
    """16-bit levels as 8-bit ones, strip by strip: a large picture is large enough once."""
    top = 257 if levels.max(initial=0) > 255 else 1
    made = np.empty(levels.shape, np.uint8)
    for start in range(0, len(levels), _STRIP):
        made[start : start + _STRIP] = np.clip(levels[start : start + _STRIP] // top, 0, 255)
    return made


def _keeping_info(image: Image.Image, original: Image.Image) -> Image.Image:
    image.info = dict(original.info)
    return image


def _srgb(image: Image.Image) -> Image.Image:
    """Transparency over white, then the colour profile applied where it can be read."""
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, clear).convert("RGB")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            wanted = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(image, given, wanted, outputMode="RGB")
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the plain conversion is close
    return image.convert("RGB")


def _upright(image: Image.Image, orientation: int) -> UInt8[np.ndarray, "h w 3"]:
    return turned_upright(np.array(image), orientation)


def turned_upright(array: np.ndarray, orientation: int) -> np.ndarray:
    """Rows and columns turned as an EXIF orientation asks for."""
    if orientation in TURNED:
        array = np.swapaxes(array, 0, 1)
    # 5: transposed; 6: then mirrored in x; 7: both; 8: in y
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    return np.ascontiguousarray(array)


def _reason(error: BaseException) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__
