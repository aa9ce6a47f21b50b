"""Models made up from nothing, and GLB files of them, for the sample run and for the page's tests."""

import io
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

Array = np.ndarray
Part = tuple[Array, Array, Array, bytes]
"""Vertices (v, 3), faces (f, 3), uv (v, 2) and a PNG."""

Json = dict[str, Any]

_FLOAT, _UINT, _VERTICES, _INDICES = 5126, 5125, 34962, 34963  # as OpenGL and so glTF number them


@dataclass
class _Binary:
    """The binary half of a GLB while it grows."""

    chunks: list[bytes] = field(default_factory=list)
    views: list[Json] = field(default_factory=list)
    size: int = 0

    def add(self, data: bytes, **more: Any) -> int:
        """The number of the view that holds the data."""
        self.views.append({"buffer": 0, "byteOffset": self.size, "byteLength": len(data), **more})
        self.chunks.append(data + bytes(-len(data) % 4))
        self.size += len(self.chunks[-1])
        return len(self.views) - 1


def write_glb(
    path: Path,
    parts: list[Part],
    *,
    generator: str = "scenewright sample",
    levels: bool = False,
    extras: Json | None = None,
) -> None:
    """A GLB of unlit parts. With `levels`, those after the first are its coarser levels of detail. `extras` are those
    of the scene."""
    binary = _Binary()
    accessors = [accessor for part in parts for accessor in _accessors(binary, part)]
    images = [{"bufferView": binary.add(png), "mimeType": "image/png"} for *_, png in parts]
    numbers = range(len(parts))
    document = {
        "asset": {"version": "2.0", "generator": generator, "extras": {"license": "CC0-1.0"}},
        "extensionsUsed": ["KHR_materials_unlit", *(["MSFT_lod"] if levels else [])],
        "scene": 0,
        "scenes": [{"nodes": [0] if levels else list(numbers), **({"extras": extras} if extras else {})}],
        "nodes": _nodes(len(parts), levels),
        "meshes": [{"primitives": [_primitive(number)]} for number in numbers],
        "materials": [_material(number) for number in numbers],
        "textures": [{"source": number, "sampler": 0} for number in numbers],
        "samplers": [{"magFilter": 9729, "minFilter": 9987}],
        "images": images,
        "accessors": accessors,
        "bufferViews": binary.views,
        "buffers": [{"byteLength": binary.size}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + binary.size, len(text), 0x4E4F534A)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + text + struct.pack("<II", binary.size, 0x004E4942) + b"".join(binary.chunks))


def _accessors(binary: _Binary, part: Part) -> list[Json]:
    """A part's vertices, uv and corners, in this order."""
    vertices, faces, uv, _ = part
    corners = np.ascontiguousarray(vertices, "<f4")
    bounds = {"min": corners.min(0).tolist(), "max": corners.max(0).tolist()}
    return [
        {
            "bufferView": binary.add(data.tobytes(), target=target),
            "componentType": code,
            "count": len(data),
            "type": kind,
            **more,
        }
        for data, kind, code, target, more in (
            (corners, "VEC3", _FLOAT, _VERTICES, bounds),
            (np.ascontiguousarray(uv, "<f4"), "VEC2", _FLOAT, _VERTICES, {}),
            (np.ascontiguousarray(faces, "<u4").reshape(-1), "SCALAR", _UINT, _INDICES, {}),
        )
    ]


def _nodes(n: int, levels: bool) -> list[Json]:
    name = "part_lod" if levels else "part"
    nodes: list[Json] = [{"mesh": number, "name": f"{name}{number}"} for number in range(n)]
    if levels:
        nodes[0]["extensions"] = {"MSFT_lod": {"ids": list(range(1, n))}}
    return nodes


def _primitive(number: int) -> Json:
    first = 3 * number
    return {
        "attributes": {"POSITION": first, "TEXCOORD_0": first + 1},
        "indices": first + 2,
        "material": number,
    }


def _material(number: int) -> Json:
    return {
        "pbrMetallicRoughness": {"baseColorTexture": {"index": number}, "metallicFactor": 0, "roughnessFactor": 1},
        "extensions": {"KHR_materials_unlit": {}},
        "doubleSided": True,
    }


def box(size: tuple[float, float, float], at: tuple[float, float, float]) -> tuple[Array, Array, Array]:
    """A box standing with the middle of its underside at a point: vertices, faces, and uv with each side whole."""
    vertices: list[Array] = []
    faces, uv = [], []
    for axis in range(3):
        for sign in (-1, 1):
            u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
            normal = sign * np.eye(3)[axis]
            side = [normal - u - v, normal + u - v, normal + u + v, normal - u + v]
            start = len(vertices)
            vertices += side if sign > 0 else side[::-1]
            uv += [(0, 1), (1, 1), (1, 0), (0, 0)]
            faces += [(start, start + 1, start + 2), (start, start + 2, start + 3)]
    half = np.array(size) / 2
    return np.array(vertices) * half + np.array(at) + (0, half[1], 0), np.array(faces), np.array(uv)


def png(image: Image.Image) -> bytes:
    """The picture's bytes as PNG."""
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _checker(light: str, dark: str, squares: int = 8, side: int = 256) -> bytes:
    image = Image.new("RGB", (side, side), light)
    draw = ImageDraw.Draw(image)
    step = side / squares
    for row in range(squares):
        for column in range(row % 2, squares, 2):
            draw.rectangle([column * step, row * step, (column + 1) * step - 1, (row + 1) * step - 1], fill=dark)
    return png(image)


def still_life() -> list[Part]:
    """Four boxes on a board, 60 cm wide."""
    return [
        (*box((0.6, 0.02, 0.4), (0, 0, 0)), _checker("#d8cbb4", "#cbbb9f")),
        (*box((0.12, 0.24, 0.12), (-0.16, 0.02, -0.05)), _checker("#d9694b", "#c55a3e", 6)),
        (*box((0.1, 0.14, 0.1), (0.02, 0.02, 0.05)), _checker("#4f8f8b", "#437e7b", 4)),
        (*box((0.16, 0.08, 0.12), (0.17, 0.02, -0.03)), _checker("#e7c15a", "#d8b04a", 5)),
    ]


def ring(n_around: int = 96, n_across: int = 40) -> dict[str, Array]:
    """A mesh as the `mesh` stage leaves it: a torus with colours, standing on the floor."""
    around, across = np.meshgrid(
        np.linspace(0, 2 * np.pi, n_around, False), np.linspace(0, 2 * np.pi, n_across, False), indexing="ij"
    )
    radius = 0.2 + 0.08 * np.cos(across)
    vertices = np.stack([radius * np.cos(around), 0.28 + radius * np.sin(around), 0.08 * np.sin(across)], -1).reshape(
        -1, 3
    )
    a, b = np.meshgrid(np.arange(n_around), np.arange(n_across), indexing="ij")
    corners = [
        ((a + i) % n_around * n_across + (b + j) % n_across).reshape(-1) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    faces = np.concatenate(
        [np.stack([corners[0], corners[1], corners[2]], -1), np.stack([corners[0], corners[2], corners[3]], -1)]
    )
    colours = (127 + 100 * np.stack([np.cos(around), np.sin(around + 1), np.cos(across)], -1)).reshape(-1, 3)
    return {"vertices": vertices.astype("<f4"), "faces": faces.astype("<i4"), "vertex_colors": colours.astype(np.uint8)}
