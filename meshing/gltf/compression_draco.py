"""Triangles as KHR_draco_mesh_compression stores them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Int32, UInt16

try:
    import DracoPy
except ImportError as error:
    raise ImportError("Draco-compressed GLB needs DracoPy: pip install 'scenewright[draco]'") from error

_POSITION_BITS, _UV_BITS, _NORMAL_BITS = 16, 14, 10
_COLOR_ID = 16
_LEVEL = 7  # of 10; 10 is twice as slow for 1 % less


@dataclass(frozen=True, eq=False)
class Packed:
    """The bytes, and of each glTF attribute the number Draco knows it by and the values a reader will see."""

    data: bytes
    ids: dict[str, int]
    values: dict[str, np.ndarray]
    n_points: int
    n_faces: int


def encode(
    positions: Float32[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
    normals: Float32[np.ndarray, "vertices 3"] | None = None,
    uv: Float32[np.ndarray, "vertices 2"] | None = None,
    light: UInt16[np.ndarray, "vertices 3"] | None = None,
) -> Packed:
    """Positions to 1/65536 of the longest side, UV to 1/16384, normals to 10 bits; colours (linear) as they are."""
    data = DracoPy.encode(
        np.ascontiguousarray(positions),
        np.ascontiguousarray(faces).astype(np.uint32),
        quantization_bits=_POSITION_BITS,
        compression_level=_LEVEL,
        normals=None if normals is None else normals.astype(np.float64),  # it takes no others
        tex_coord=None if uv is None else uv.astype(np.float64),
        tex_coord_quantization_bits=None if uv is None else _UV_BITS,
        normal_quantization_bits=None if normals is None else _NORMAL_BITS,
        generic_attributes=None if light is None else {_COLOR_ID: np.ascontiguousarray(light)},
    )
    back = DracoPy.decode(data)
    ids, values = {}, {}
    for attribute in back.attributes:
        name = _name(attribute)
        ids[name] = int(attribute["unique_id"])
        values[name] = attribute["data"].astype(np.uint16 if name == "COLOR_0" else np.float32)
    order = [name for name in ("POSITION", "NORMAL", "TEXCOORD_0", "COLOR_0") if name in ids]
    ids, values = {name: ids[name] for name in order}, {name: values[name] for name in order}
    return Packed(bytes(data), ids, values, len(back.points), len(back.faces))


def _name(attribute: dict[str, Any]) -> str:
    if attribute["unique_id"] == _COLOR_ID:
        return "COLOR_0"
    return {0: "POSITION", 1: "NORMAL", 3: "TEXCOORD_0"}[int(attribute["attribute_type"])]
