"""Depth and second views that phones store inside a photo's file.

Read: HEIC auxiliary depth (pillow-heif), GDepth and XDM maps in a JPEG's XMP, Dynamic Depth maps appended to a JPEG,
Apple's auxiliary pictures in a JPEG (multi-picture format), and stereo pairs in MPO files.
"""

import base64
import binascii
import io
import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, UInt8
from PIL import Image

from vision.depth import InverseDepth, inverse_depth
from vision.photo import exif_orientation, is_heic, open_image, opened, turned_upright

_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\x00"
_GDEPTH = "http://ns.google.com/photos/1.0/depthmap/"
_APPLE = "http://ns.apple.com/pixeldatainfo/1.0/"
_UNITS = {"m": 1.0, "mm": 0.001, "cm": 0.01, "meters": 1.0}
_MPF_INDEX = 0xB002

Fields = dict[str, str]  # local names of one namespace


def depth_in_photo(path: Path) -> InverseDepth | None:
    """The depth stored in the photo at `path`, turned as the photo is; None where there is none.

    Its resolution is its own. Raises ValueError where depth is there but damaged.
    """
    with opened(path) as image:
        orientation = exif_orientation(image)
        if is_heic(path):
            return _from_heic(image, path)
        if image.format not in ("JPEG", "MPO"):
            return None
        data = path.read_bytes()
        try:
            found = _from_xmp(data) or _from_pictures(data, image)
        except (OSError, SyntaxError, KeyError, struct.error, binascii.Error) as error:
            raise ValueError(f"{path}: its depth map is damaged ({error})") from error
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
    if found is None:
        return None
    return InverseDepth(
        turned_upright(found.values, orientation),
        turned_upright(found.confidence, orientation),
        found.metric,
        found.source,
    )


def stereo_pair_in_photo(path: Path) -> tuple[UInt8[np.ndarray, "h w 3"], UInt8[np.ndarray, "h w 3"]] | None:
    """Left and right picture of a stereo photo (MPO), None where the file holds no two pictures of one size."""
    with opened(path) as image:
        if image.format != "MPO" or getattr(image, "n_frames", 1) < 2:
            return None
        orientation = exif_orientation(image)
        left = np.array(image.convert("RGB"))
        image.seek(1)
        if image.size != (left.shape[1], left.shape[0]) or image.mode != "RGB":
            return None
        right = np.array(image.convert("RGB"))
    return turned_upright(left, orientation), turned_upright(right, orientation)


def _from_heic(image: Image.Image, path: Path) -> InverseDepth | None:
    maps: list[Any] = image.info.get("depth_images") or []
    if not maps:
        return None
    levels = np.asarray(maps[0].to_pillow(), np.float64)
    levels = levels[..., 0] if levels.ndim == 3 else levels
    top = 255.0 if levels.max() <= 255 else 65535.0
    return _from_heif_levels(levels / top, maps[0].info.get("metadata") or {}, f"{path}: depth image")


def _from_heif_levels(share: Float64[np.ndarray, "h w"], about: Mapping[str, Any], where: str) -> InverseDepth:
    """The representations of ISO/IEC 23008-2's depth message: inverse Z, disparity or Z, between two ends."""
    near, far = about.get("z_near"), about.get("z_far")
    low, high = about.get("d_min"), about.get("d_max")
    kind = about.get("representation_type", 1)
    if kind == 2 and near and far:
        values = 1 / (near + share * (far - near))
    elif kind == 0 and near and far:
        values = 1 / far + share * (1 / near - 1 / far)
    elif low is not None and high is not None and high > low:
        values = low + share * (high - low)
    else:
        values = -share if kind == 2 else share
    return inverse_depth(values, source="heic", where=where)


def _from_xmp(data: bytes) -> InverseDepth | None:
    """GDepth, XDM or Dynamic Depth: a map described in the XMP, its pixels there or appended to the file."""
    spaces: dict[str, Fields] = {}
    for packet in _xmp_packets(data):
        for space, fields in _fields(packet).items():
            spaces.setdefault(space, {}).update(fields)
    for space, fields in spaces.items():
        if not space.lower().endswith("/depthmap/"):
            continue
        pixels = _inline(fields, "Data") or _appended(data, fields.get("DepthURI"))
        if pixels is None:
            continue
        source = "gdepth" if space == _GDEPTH else "dynamic_depth"
        return _from_range(_levels(pixels), _confidence(fields), fields, source)
    return None


def _from_range(
    share: Float64[np.ndarray, "h w"], confidence: np.ndarray | None, fields: Fields, source: str
) -> InverseDepth:
    """Levels 0 (near) to 1 (far) between Near and Far, linear in depth or in its inverse.

    The specification of GDepth says: RangeInverse d = far * near / (far - share * (far - near)), RangeLinear
    d = near + share * (far - near).
    """
    near, far = (float(fields.get(key, "nan")) for key in ("Near", "Far"))
    units = fields.get("Units", "").lower()
    metres = _UNITS.get(units)
    if not (np.isfinite(near) and np.isfinite(far) and 0 < near < far):
        near, far, metres = 1.0, 100.0, None
    scale = metres or 1.0
    near, far = near * scale, far * scale
    if "linear" in fields.get("Format", "RangeInverse").lower():
        values = 1 / (near + share * (far - near))
    else:
        values = (far - share * (far - near)) / (far * near)
    if confidence is not None and confidence.shape != share.shape:
        confidence = None
    sure: np.ndarray | float = 1.0 if confidence is None else confidence
    return inverse_depth(values, sure, metric=metres is not None, source=source, where="depth map")


def _from_pictures(data: bytes, image: Image.Image) -> InverseDepth | None:
    """Apple's auxiliary disparity or depth: a grey picture of the multi-picture index, told by its own XMP."""
    for picture in _pictures(data, image):
        about: Fields = {}
        for packet in _xmp_packets(picture):
            about |= _fields(packet).get(_APPLE, {})
        kind = about.get("AuxiliaryImageType", "").lower()
        if not kind and about.get("NativeFormat", "") not in ("1751411059", "1717855600"):  # 'hdis', 'fdep'
            continue
        if kind and "disparity" not in kind and "depth" not in kind:
            continue
        share = _levels(picture)
        low, high = (float(about.get(key, "nan")) for key in ("FloatMinValue", "FloatMaxValue"))
        values = low + share * (high - low) if np.isfinite(low) and np.isfinite(high) and high > low else share
        if "disparity" not in kind and kind:
            values = 1 / np.maximum(values, 1e-3)
        return inverse_depth(values, source="apple", where="auxiliary picture")
    return None


def _pictures(data: bytes, image: Image.Image) -> Iterator[bytes]:
    index = getattr(image, "mpinfo", None)
    start = data.find(b"MPF\x00") + 4
    if not index or start < 4:
        return
    for entry in index.get(_MPF_INDEX, [])[1:]:
        offset, size = start + entry["DataOffset"], entry["Size"]
        yield data[offset : offset + size]


def _xmp_packets(data: bytes) -> Iterator[bytes]:
    """The XMP of the file's first picture: the standard packet, then the extended one put together."""
    parts: dict[int, bytes] = {}
    for segment in _app1(data):
        if segment.startswith(_XMP):
            yield segment[len(_XMP) :]
        elif segment.startswith(_EXTENDED_XMP):
            body = segment[len(_EXTENDED_XMP) + 32 :]
            parts[struct.unpack(">I", body[4:8])[0]] = body[8:]
    if parts:
        yield b"".join(parts[offset] for offset in sorted(parts))


def _app1(data: bytes) -> Iterator[bytes]:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], struct.unpack(">H", data[place + 2 : place + 4])[0]
        if marker == 0xDA or length < 2:
            return
        if marker == 0xE1:
            yield data[place + 4 : place + 2 + length]
        place += 2 + length


def _fields(packet: bytes) -> dict[str, Fields]:
    """Attributes and texts by namespace and local name; the first of a name counts."""
    text = packet.strip(b"\x00 \r\n\t")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError("its XMP declares entities, which XMP never does")
    found: dict[str, Fields] = {}
    for element in ElementTree.fromstring(text).iter():
        named = [*element.attrib.items(), (element.tag, (element.text or "").strip())]
        for name, value in named:
            space, _, local = name.removeprefix("{").rpartition("}")
            if value:
                found.setdefault(space, {}).setdefault(local, value)
    return found


def _inline(fields: Fields, key: str) -> bytes | None:
    text = "".join(fields.get(key, "").split())
    return base64.b64decode(text + "=" * (-len(text) % 4)) if text else None


def _appended(data: bytes, uri: str | None) -> bytes | None:
    """The item of a Dynamic Depth container: items follow the picture in the order of the directory."""
    if uri is None:
        return None
    items = [item for packet in _xmp_packets(data) for item in _container_items(packet)]
    rest = 0
    for item in reversed(items):
        rest += int(item.get("Length", "0")) + int(item.get("Padding", "0"))
        if item.get("DataURI") == uri and rest:
            start = len(data) - rest
            return data[start : start + int(item["Length"])]
    return None


def _container_items(packet: bytes) -> Iterator[Fields]:
    for element in ElementTree.fromstring(packet.strip(b"\x00 \r\n\t")).iter():
        fields = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        if "Mime" in fields and ("Length" in fields or "DataURI" in fields) and element.tag.endswith("Item"):
            yield fields


def _confidence(fields: Fields) -> Float64[np.ndarray, "h w"] | None:
    pixels = _inline(fields, "Confidence")
    return None if pixels is None else _levels(pixels)


def _levels(pixels: bytes) -> Float64[np.ndarray, "h w"]:
    """One channel as shares of its greatest level."""
    with open_image(io.BytesIO(pixels)) as image:
        if image.mode.startswith("I"):
            return np.asarray(image, np.float64) / 65535
        return np.asarray(image.convert("L"), np.float64) / 255
