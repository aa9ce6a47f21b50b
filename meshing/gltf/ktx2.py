"""A picture as a KTX2 file that stays compressed on the GPU: UASTC blocks with all mip levels, packed by Zstandard.

Owns the container (KTX File Format 2.0). Needs the extra `ktx2`.
"""

import struct

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from meshing.color import linear_from_srgb, srgb_from_linear
from meshing.gltf import uastc

try:
    import zstandard
except ImportError as error:
    raise ImportError("KTX2 textures need zstandard: pip install 'scenewright[ktx2]'") from error

_IDENTIFIER = b"\xabKTX 20\xbb\r\n\x1a\n"
_UASTC, _BT709, _SRGB, _ZSTD = 166, 1, 2, 2
_RGB, _RGBA = 0, 3
_LEVEL = 12  # of Zstandard; 19 takes ten times as long for 2 % less


def encode(image: UInt8[np.ndarray, "h w channels"]) -> bytes:
    """An sRGB picture with its mip levels; sides that are no multiple of 4 are stretched to one, as glTF asks for."""
    from meshing.gltf.uastc_numba import encode as blocks_of

    whole = _fitted(image)
    has_alpha = bool((whole[..., 3] < 255).any())
    levels = [blocks_of(level).tobytes() for level in mip_levels(whole)]
    return _container(whole.shape[1], whole.shape[0], levels, has_alpha)


def decode(data: bytes) -> UInt8[np.ndarray, "h w 4"]:
    """The finest level of a picture in UASTC, in the modes that `encode` writes.

    Raises ValueError at any other, ETC1S among them, and at a file that is cut off.
    """
    if not data.startswith(_IDENTIFIER) or len(data) < 104:
        raise ValueError(f"ktx2: is no KTX2 file, or cut off ({len(data)} bytes)")
    width, height, depth = struct.unpack_from("<3I", data, 20)
    packing, about_at = struct.unpack_from("<2I", data, 44)
    if packing not in (0, _ZSTD) or depth or data[about_at + 12 : about_at + 13] != bytes([_UASTC]):
        kind = "ETC1S" if packing == 1 else "in another format"
        raise ValueError(f"ktx2: only flat pictures in UASTC can be read (got one {kind}); store it as PNG or JPEG")
    start, size, whole = struct.unpack_from("<QQQ", data, 80)
    raw = data[start : start + size]
    expected = -(-height // 4) * -(-width // 4) * 16
    try:
        raw = zstandard.ZstdDecompressor().decompress(raw, max_output_size=expected) if packing else raw
    except zstandard.ZstdError as error:
        raise ValueError(f"ktx2: its finest level cannot be unpacked ({error})") from error
    if not len(raw) == whole == expected:
        raise ValueError(f"ktx2: {width} x {height} texels take {expected} bytes (got {len(raw)}), the file is cut off")
    blocks = np.frombuffer(raw, np.uint8).reshape(-(-height // 4), -(-width // 4), 16)
    return uastc.decode(blocks)[:height, :width]


def mip_levels(image: UInt8[np.ndarray, "h w 4"]) -> list[UInt8[np.ndarray, "_ _ 4"]]:
    """The picture and its halves down to one texel, averaged as light."""
    levels = [image]
    light = np.concatenate([linear_from_srgb(image[..., :3]), image[..., 3:] / np.float32(255)], axis=2)
    while max(light.shape[:2]) > 1:
        light = _halved(light.astype(np.float32))
        color, alpha = srgb_from_linear(light[..., :3]), np.rint(255 * light[..., 3:])
        levels.append(np.concatenate([color, alpha.astype(np.uint8)], axis=2))
    return levels


def _halved(light: Float32[np.ndarray, "h w 4"]) -> Float32[np.ndarray, "h2 w2 4"]:
    h, w = light.shape[:2]
    shape = (max(1, w // 2), max(1, h // 2))
    channels = [Image.fromarray(light[..., c]).resize(shape, Image.Resampling.BOX) for c in range(4)]
    return np.stack([np.asarray(channel) for channel in channels], axis=2)


def _fitted(image: UInt8[np.ndarray, "h w channels"]) -> UInt8[np.ndarray, "h2 w2 4"]:
    """With sides that are multiples of 4, and an alpha channel."""
    h, w = image.shape[:2]
    picture = Image.fromarray(image).convert("RGBA")
    shape = (-(-w // 4) * 4, -(-h // 4) * 4)
    return np.asarray(picture if shape == (w, h) else picture.resize(shape, Image.Resampling.BICUBIC))


def _container(width: int, height: int, levels: list[bytes], has_alpha: bool) -> bytes:
    packed = [zstandard.ZstdCompressor(_LEVEL).compress(level) for level in levels]
    about = _format(has_alpha)
    notes = _notes({"KTXorientation": "rd", "KTXwriter": "Scenewright"})
    about_at = 80 + 24 * len(levels)
    notes_at = about_at + len(about)
    at = notes_at + len(notes)
    places, body = [(0, 0, 0)] * len(levels), b""
    for k in reversed(range(len(levels))):  # the smallest comes first
        places[k] = (at + len(body), len(packed[k]), len(levels[k]))
        body += packed[k]
    head = struct.pack("<9I", 0, 1, width, height, 0, 0, 1, len(levels), _ZSTD)
    index = struct.pack("<4I2Q", about_at, len(about), notes_at, len(notes), 0, 0)
    return _IDENTIFIER + head + index + b"".join(struct.pack("<3Q", *place) for place in places) + about + notes + body


def _format(has_alpha: bool) -> bytes:
    """The data format descriptor: one sample of 16 bytes for 4 x 4 texels (Khronos Data Format 1.3)."""
    sample = struct.pack("<HBBIII", 0, 127, _RGBA if has_alpha else _RGB, 0, 0, 0xFFFFFFFF)
    block = struct.pack("<IHH4B4B8B", 0, 2, 24 + len(sample), _UASTC, _BT709, _SRGB, 0, 3, 3, 0, 0, *[0] * 8) + sample
    return struct.pack("<I", 4 + len(block)) + block


def _notes(values: dict[str, str]) -> bytes:
    out = b""
    for key, value in sorted(values.items()):
        entry = f"{key}\0{value}\0".encode()
        out += struct.pack("<I", len(entry)) + entry + b"\0" * (-len(entry) % 4)
    return out
