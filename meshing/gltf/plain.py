"""A glTF file without the extensions that a simple reader stumbles over, ready for one.

Owns what is undone before reading: EXT_meshopt_compression, normalized integers, KHR_texture_transform, pictures of
KHR_texture_basisu that are UASTC as we write it, and colours: where no texture is used, the material's colour and
COLOR_0 become one sRGB colour per vertex.
"""

import base64
import io
import json
import struct
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from PIL import Image

from meshing.color import srgb_from_linear
from meshing.gltf.buffers import COMPONENT_TYPES

_DTYPES = {number: np.dtype(f"<{name}") for name, number in COMPONENT_TYPES.items()}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_UNDONE = {"EXT_meshopt_compression", "KHR_mesh_quantization", "KHR_texture_transform", "KHR_texture_basisu"}

Document = dict[str, Any]


def plain_glb(path: Path) -> bytes:
    """The GLB or glTF file at `path` as GLB bytes; pictures outside of it stay outside."""
    data = path.read_bytes()
    if path.suffix.lower() == ".glb":
        document, binary = _chunks(data)
    else:
        document, binary = json.loads(data), b""
    plain = _Plain(document, [_buffer(entry, binary, path.parent) for entry in document.get("buffers", [])])
    plain.unpack_pictures(path.parent)
    return plain.written()


def _chunks(data: bytes) -> tuple[Document, bytes]:
    if data[:4] != b"glTF" or len(data) < 20:
        raise ValueError("is no GLB: it does not begin with glTF")
    (length,) = struct.unpack("<I", data[12:16])
    binary = data[28 + length :] if len(data) >= 28 + length else b""
    return json.loads(data[20 : 20 + length]), binary


def _buffer(entry: Document, binary: bytes, folder: Path) -> bytes:
    uri = entry.get("uri")
    if uri is None:
        is_fallback = "EXT_meshopt_compression" in entry.get("extensions", {})
        return bytes(entry["byteLength"]) if is_fallback else binary
    return _outside(uri, folder)


def _outside(uri: str, folder: Path) -> bytes:
    """What a URI names: data in itself, or a file beside the one that names it."""
    if uri.startswith("data:"):
        return base64.b64decode(uri.partition(",")[2])
    file = (folder / unquote(uri)).resolve()
    if folder.resolve() not in file.parents:
        raise ValueError(f"buffers: {uri!r} lies outside of the file's own folder")
    if not file.is_file():
        raise FileNotFoundError(f"buffers: {uri!r} does not lie beside the file that names it")
    return file.read_bytes()


class _Plain:
    """A document whose buffer views are rewritten one after the other into one buffer."""

    def __init__(self, document: Document, buffers: list[bytes]) -> None:
        self.document = document
        self.binary = bytearray()
        self.views = document.get("bufferViews", [])
        for view in self.views:
            self._place(view, _view_bytes(view, buffers))
        for mesh in document.get("meshes", []):
            for primitive in mesh["primitives"]:
                if "KHR_draco_mesh_compression" not in primitive.get("extensions", {}):
                    self._undo(primitive)

    def unpack_pictures(self, folder: Path) -> None:
        """Make PNGs of the KTX2 pictures that textures have no other one beside."""
        for texture in self.document.get("textures", []):
            packed = texture.get("extensions", {}).pop("KHR_texture_basisu", None)
            if packed is None or "source" in texture:
                continue
            texture["source"] = packed["source"]
            image = self.document["images"][packed["source"]]
            if image.get("mimeType") != "image/png":
                data = self._picture(image, folder)
                try:
                    png = _png(data)
                except ValueError as error:
                    raise ValueError(f"images[{packed['source']}]: {error}") from error
                view: Document = {}
                self._place(view, png)
                self.views.append(view)
                image.pop("uri", None)
                image.update(bufferView=len(self.views) - 1, mimeType="image/png")

    def _picture(self, image: Document, folder: Path) -> bytes:
        if "uri" in image:
            return _outside(image["uri"], folder)
        view = self.views[image["bufferView"]]
        return bytes(self.binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]])

    def written(self) -> bytes:
        document = self.document
        for key in ("extensionsRequired", "extensionsUsed"):
            document[key] = [name for name in document.get(key, []) if name not in _UNDONE]
        document["buffers"] = [{"byteLength": len(self.binary)}] if self.binary else []
        text = json.dumps({key: value for key, value in document.items() if value != []}).encode()
        text += b" " * (-len(text) % 4)
        data = bytes(self.binary) + b"\0" * (-len(self.binary) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(data), 0x004E4942) + data
        return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks

    def _place(self, view: Document, data: bytes) -> None:
        self.binary.extend(b"\0" * (-len(self.binary) % 4))
        view.update(buffer=0, byteOffset=len(self.binary), byteLength=len(data))
        view.pop("extensions", None)
        self.binary.extend(data)

    def _undo(self, primitive: Document) -> None:
        attributes = primitive["attributes"]
        for name in ("POSITION", "NORMAL", "TEXCOORD_0"):
            entry = self._accessor(attributes.get(name))
            if entry and entry.get("normalized"):
                attributes[name] = self._add(self._values(entry).astype(np.float32), bounds=name == "POSITION")
        materials = self.document.get("materials", [])
        material = materials[primitive["material"]] if "material" in primitive else {}
        surface = material.get("pbrMetallicRoughness", {})
        texture = surface.get("baseColorTexture", {})
        transform = texture.get("extensions", {}).get("KHR_texture_transform")
        if transform and self._accessor(attributes.get("TEXCOORD_0")):
            uv = _transformed(self._values(self._accessor(attributes["TEXCOORD_0"])), transform)
            attributes["TEXCOORD_0"] = self._add(uv.astype(np.float32))
        factor = surface.get("baseColorFactor", [1.0] * 4)
        if not self.document.get("textures") and ("COLOR_0" in attributes or factor[:3] != [1.0] * 3):
            self._color(primitive, np.array(factor[:3]))

    def _color(self, primitive: Document, factor: np.ndarray) -> None:
        """One colour per vertex instead of a material, which simple readers take either of."""
        attributes = primitive["attributes"]
        position, entry = self._accessor(attributes.get("POSITION")), self._accessor(attributes.get("COLOR_0"))
        if position is None:
            return
        light = np.ones((position["count"], 3)) if entry is None else self._values(entry)[:, :3]
        color = np.full((len(light), 4), 255, np.uint8)
        color[:, :3] = srgb_from_linear(np.clip(light * factor, 0, 1))
        attributes["COLOR_0"] = self._add(color, normalized=True)
        primitive.pop("material", None)

    def _accessor(self, index: int | None) -> Any:
        entry = None if index is None else self.document["accessors"][index]
        return entry if entry and "bufferView" in entry and "sparse" not in entry else None

    def _values(self, entry: Document) -> np.ndarray:
        """(count, width), as numbers: normalized integers from -1 or 0 to 1."""
        dtype, width = _DTYPES[entry["componentType"]], _WIDTHS[entry["type"]]
        view = self.views[entry["bufferView"]]
        start = view["byteOffset"] + entry.get("byteOffset", 0)
        stride, count = view.get("byteStride", width * dtype.itemsize), entry["count"]
        if start + (count - 1) * stride + width * dtype.itemsize > view["byteOffset"] + view["byteLength"]:
            raise ValueError(f"accessors: {count} values do not fit into a buffer view of {view['byteLength']} bytes")
        values: np.ndarray = np.ndarray((count, width), dtype, self.binary, start, (stride, dtype.itemsize)).astype(
            np.float64
        )
        if entry.get("normalized"):
            values = np.maximum(values / np.iinfo(dtype).max, -1.0)
        return values

    def _add(self, array: np.ndarray, *, normalized: bool = False, bounds: bool = False) -> int:
        view: Document = {}
        self._place(view, array.tobytes())
        self.views.append(view)
        entry: Document = {
            "bufferView": len(self.views) - 1,
            "componentType": COMPONENT_TYPES[array.dtype.str[1:]],
            "count": len(array),
            "type": f"VEC{array.shape[1]}",
            "normalized": normalized,
        }
        if bounds:
            entry |= {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
        self.document["accessors"].append(entry)
        return len(self.document["accessors"]) - 1


def _view_bytes(view: Document, buffers: list[bytes]) -> bytes:
    packed = view.get("extensions", {}).get("EXT_meshopt_compression")
    source = packed or view
    start = source.get("byteOffset", 0)
    data = buffers[source["buffer"]][start : start + source["byteLength"]]
    if len(data) < source["byteLength"]:
        raise ValueError(f"buffers: end before byte {start + source['byteLength']}, the file is cut off")
    if packed is None:
        return bytes(data)
    from meshing.gltf.compression_meshopt import decode

    return decode(data, packed["count"], packed["byteStride"], packed["mode"], packed.get("filter", "NONE"))


def _png(data: bytes) -> bytes:
    from meshing.gltf import ktx2

    texels = ktx2.decode(data)
    out = io.BytesIO()
    Image.fromarray(texels if (texels[..., 3] < 255).any() else texels[..., :3]).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _transformed(uv: np.ndarray, transform: Document) -> np.ndarray:
    """KHR_texture_transform: scaled, turned counter-clockwise, then moved."""
    turn = transform.get("rotation", 0.0)
    c, s = np.cos(turn), np.sin(turn)
    matrix = np.array([[c, s], [-s, c]])
    moved: np.ndarray = (uv * transform.get("scale", [1, 1])) @ matrix.T + transform.get("offset", [0, 0])
    return moved
