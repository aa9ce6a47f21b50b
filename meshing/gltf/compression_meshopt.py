"""Vertices and faces as EXT_meshopt_compression stores them."""

import numpy as np

from meshing.gltf.model import Primitive

try:
    import meshopt  # type: ignore[import-untyped]
except ImportError as error:
    raise ImportError("compressed GLB needs meshopt: pip install 'scenewright[meshopt]'") from error


def encode(array: np.ndarray, mode: str) -> bytes:
    """The compressed bytes of an array of attributes (rows of whole multiples of 4 bytes) or of triangle indices."""
    data: bytes = meshopt.encode_gltf_buffer(np.ascontiguousarray(array), mode)
    return data


def decode(data: bytes, count: int, stride: int, mode: str, filter: str = "NONE") -> bytes:
    """What `encode` packed, whole: `count` rows of `stride` bytes, a glTF filter undone."""
    rows = meshopt.decode_gltf_buffer(data, count, stride, mode, None if filter == "NONE" else filter)
    return np.ascontiguousarray(rows).tobytes()


def reorder(primitive: Primitive) -> Primitive:
    """The same triangles in an order that a GPU's vertex cache and the encoder like; every vertex must be in use."""
    faces = np.ascontiguousarray(primitive.faces.ravel(), dtype=np.uint32)
    indices, place, n_used = meshopt.reorder_mesh(faces, True, False)
    order = np.argsort(np.asarray(place)[: len(primitive.positions)], kind="stable")[:n_used]
    optional = (primitive.normals, primitive.uv, primitive.colors)
    normals, uv, colors = (None if row is None else row[order] for row in optional)
    ordered = np.asarray(indices).reshape(-1, 3).astype(np.int32)
    return Primitive(primitive.positions[order], ordered, normals, uv, colors, primitive.material)
