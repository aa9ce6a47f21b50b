"""The binary part of a GLB: buffer views and accessors over one growing buffer, plain or meshopt-compressed."""

from typing import Any

import numpy as np

ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
COMPONENT_TYPES = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class Buffers:
    """Collects arrays and pictures; `accessors`, `views` and `buffers` are glTF's JSON for them."""

    def __init__(self, *, meshopt: bool = False) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.meshopt = meshopt
        self._fallback_bytes = 0

    @property
    def buffers(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [{"byteLength": len(self.data)}] if self.data else []
        if self._fallback_bytes:
            extensions = {"EXT_meshopt_compression": {"fallback": True}}
            found.append({"byteLength": self._fallback_bytes, "extensions": extensions})
        return found

    def add_bytes(self, data: bytes) -> int:
        """The buffer view of some bytes, such as an encoded picture."""
        self.views.append({"buffer": 0, "byteOffset": self._append(data), "byteLength": len(data)})
        return len(self.views) - 1

    def add_attribute(self, array: np.ndarray, *, normalized: bool = False, bounds: bool = False) -> int:
        """The accessor of one value per vertex; rows are padded to multiples of 4 bytes, as glTF asks for."""
        n, width = array.shape
        stride = -(-width * array.itemsize // 4) * 4
        padded = np.zeros((n, stride // array.itemsize), array.dtype)
        padded[:, :width] = array
        view: dict[str, Any] = {"byteStride": stride, "target": ARRAY_BUFFER}
        accessor = {
            "bufferView": self._add_array(padded, "ATTRIBUTES", view),
            "componentType": COMPONENT_TYPES[array.dtype.str[1:]],
            "count": n,
            "type": _TYPES[width],
        }
        if normalized:
            accessor["normalized"] = True
        if bounds:
            accessor |= {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def add_unstored(self, count: int, sample: np.ndarray, *, normalized: bool = False, bounds: bool = False) -> int:
        """The accessor of values that an extension of the primitive holds; `sample` has their kind and bounds."""
        kinds = {"componentType": COMPONENT_TYPES[sample.dtype.str[1:]], "type": _TYPES[sample.shape[1]]}
        accessor: dict[str, Any] = {"count": count, **kinds}
        if normalized:
            accessor["normalized"] = True
        if bounds:
            accessor |= {"min": sample.min(axis=0).tolist(), "max": sample.max(axis=0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def add_faces(self, faces: np.ndarray, n_vertices: int) -> int:
        """The accessor of triangle indices, 16 bit where they suffice (65535 itself is reserved)."""
        indices = faces.reshape(-1, 1).astype(np.uint16 if n_vertices <= 65535 else np.uint32)
        accessor = {
            "bufferView": self._add_array(indices, "TRIANGLES", {"target": ELEMENT_ARRAY_BUFFER}),
            "componentType": COMPONENT_TYPES[indices.dtype.str[1:]],
            "count": len(indices),
            "type": "SCALAR",
        }
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def _add_array(self, array: np.ndarray, mode: str, view: dict[str, Any]) -> int:
        array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        if self.meshopt:
            self.views.append(self._compressed(array, mode) | view)
        else:
            data = array.tobytes()
            self.views.append({"buffer": 0, "byteOffset": self._append(data), "byteLength": len(data)} | view)
        return len(self.views) - 1

    def _compressed(self, array: np.ndarray, mode: str) -> dict[str, Any]:
        from meshing.gltf.compression_meshopt import encode

        data = encode(array, mode)
        compressed = {
            "buffer": 0,
            "byteOffset": self._append(data),
            "byteLength": len(data),
            "byteStride": array.shape[1] * array.itemsize,
            "count": len(array),
            "mode": mode,
        }
        start = -(-self._fallback_bytes // 4) * 4
        self._fallback_bytes = start + array.nbytes
        extensions = {"EXT_meshopt_compression": compressed}
        return {"buffer": 1, "byteOffset": start, "byteLength": array.nbytes, "extensions": extensions}

    def _append(self, data: bytes) -> int:
        self.data.extend(b"\0" * (-len(self.data) % 4))
        start = len(self.data)
        self.data.extend(data)
        return start
