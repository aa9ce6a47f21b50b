"""Point clouds in PLY files: positions and colours, ASCII and binary."""

from pathlib import Path

import numpy as np

from nerf.posed_images import SparsePoints

TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
ORDERS = {"ascii": "<", "binary_little_endian": "<", "binary_big_endian": ">"}
MAX_HEADER = 65536


def read_points(path: Path) -> SparsePoints:
    """The vertices of a PLY file, with colours where it has red, green and blue."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file of points")
    content = path.read_bytes()
    encoding, count, fields, body = _read_header(path, content)
    dtype = np.dtype([(name, ORDERS[encoding] + code) for name, code in fields])
    vertices = _ascii_vertices(path, body, count, dtype) if encoding == "ascii" else _binary(path, body, count, dtype)
    if not {"x", "y", "z"} <= set(vertices.dtype.names or ()):
        raise ValueError(f"{path}: vertices must have x, y and z (got {', '.join(vertices.dtype.names or ())})")
    xyz = np.stack([vertices[axis].astype(np.float64) for axis in "xyz"], axis=1)
    if not np.isfinite(xyz).all():
        raise ValueError(f"{path}: every coordinate must be finite (got NaN or infinity)")
    if not {"red", "green", "blue"} <= set(vertices.dtype.names or ()):
        return SparsePoints(xyz)
    rgb = np.stack([_level(vertices[colour]) for colour in ("red", "green", "blue")], axis=1)
    return SparsePoints(xyz, rgb)


def write_points(points: SparsePoints, path: Path) -> None:
    """A binary PLY of float32 positions and uint8 colours, white where there are none."""
    dtype = np.dtype([(axis, "<f4") for axis in "xyz"] + [(colour, "u1") for colour in ("red", "green", "blue")])
    vertices = np.full(len(points.xyz), 255, dtype)
    for column, axis in enumerate("xyz"):
        vertices[axis] = points.xyz[:, column]
    if points.rgb is not None:
        for column, colour in enumerate(("red", "green", "blue")):
            vertices[colour] = points.rgb[:, column]
    properties = "".join(f"property float {axis}\n" for axis in "xyz")
    properties += "".join(f"property uchar {colour}\n" for colour in ("red", "green", "blue"))
    header = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\n{properties}end_header\n"
    path.write_bytes(header.encode("ascii") + vertices.tobytes())


def _read_header(path: Path, content: bytes) -> tuple[str, int, list[tuple[str, str]], bytes]:
    """Encoding, number of vertices, their properties, and the bytes after the header."""
    end = content.find(b"end_header", 0, MAX_HEADER)
    if not content.startswith(b"ply") or end < 0:
        raise ValueError(f"{path}: is not a PLY file (no header from 'ply' to 'end_header')")
    body = content[content.index(b"\n", end) + 1 :] if b"\n" in content[end:] else b""
    encoding, count, element, fields = "", -1, "", []
    for line in content[:end].decode("latin-1").splitlines():
        words = line.split()
        if words[:1] == ["format"] and len(words) > 1:
            encoding = words[1]
        elif words[:1] == ["element"] and len(words) == 3:
            if count < 0 and words[1] != "vertex":
                raise ValueError(f"{path}: vertices must be the first element (got {words[1]})")
            element = words[1]
            if element == "vertex":
                count = int(words[2]) if words[2].isdigit() else -1
        elif words[:1] == ["property"] and element == "vertex":
            if len(words) != 3 or words[1] not in TYPES:
                raise ValueError(f"{path}: vertex properties must be plain numbers (got {line!r})")
            fields.append((words[2], TYPES[words[1]]))
    if encoding not in ORDERS or count < 0 or len({name for name, _ in fields}) != len(fields):
        raise ValueError(f"{path}: the header must tell a format, a vertex count and each property once")
    return encoding, count, fields, body


def _binary(path: Path, body: bytes, count: int, dtype: np.dtype) -> np.ndarray:
    if len(body) < count * dtype.itemsize:
        raise ValueError(f"{path}: is cut short ({len(body)} bytes for {count} vertices of {dtype.itemsize})")
    return np.frombuffer(body, dtype, count)


def _ascii_vertices(path: Path, body: bytes, count: int, dtype: np.dtype) -> np.ndarray:
    rows = body.decode("latin-1").splitlines()[:count]
    names = dtype.names or ()
    try:
        table = np.array([[float(word) for word in row.split()[: len(names)]] for row in rows], np.float64)
        table = table.reshape(count, len(names))
    except ValueError as error:
        raise ValueError(f"{path}: must have {count} rows of {len(names)} numbers") from error
    vertices = np.empty(count, dtype)
    for column, name in enumerate(names):
        vertices[name] = table[:, column]
    return vertices


def _level(values: np.ndarray) -> np.ndarray:
    """Colours as bytes; floats count from 0 to 1."""
    return (
        np.clip(np.round(values * 255), 0, 255).astype(np.uint8)
        if values.dtype.kind == "f"
        else values.astype(np.uint8)
    )
