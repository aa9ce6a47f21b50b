"""An object of the library: what is true of it in words, and its painted triangles in a unit frame."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int8, Int32

from nerf.objects.draft import MAIN, Part
from nerf.objects.palette import PATTERNS, Pattern

Array = np.ndarray

RADIUS = 0.6
"""Every object's farthest vertex from the origin, which is the middle of its bounding box."""
CREASE = 0.75
"""Faces that meet at less than about 41 degrees (cosine over 0.75) are shaded as one smooth surface."""


@dataclass(frozen=True)
class Description:
    """What is true of an object, in the library's own words; captions reword it."""

    family: str
    noun: str
    colour: str
    pattern: Pattern
    second: str | None
    """The pattern's other colour."""
    accent: str | None
    """Colour of the parts named `accent_parts`, None where there are none."""
    accent_parts: str | None
    accent_wooden: bool
    adjectives: tuple[str, ...]
    features: tuple[str, ...]
    extent_m: float
    """Longest side in metres."""


@dataclass(frozen=True, eq=False)
class ObjectModel:
    """Triangles with normals at their corners and paint on their faces; front +z, up +y."""

    description: Description
    vertices: Float32[Array, "vertices 3"]
    faces: Int32[Array, "faces 3"]
    corner_normals: Float32[Array, "faces 3 3"]
    first: Float32[Array, "faces 3"]
    second: Float32[Array, "faces 3"]
    pattern: Int8[Array, "faces"]
    patterned: Float64[Array, "2 3"]
    """Lowest and highest corner of the faces that have the object's own pattern."""
    metres_per_unit: float


@dataclass(frozen=True, eq=False)
class Coat:
    """How the parts of one role are painted."""

    first: Float[Array, "3"]
    second: Float[Array, "3"]
    pattern: Pattern = "plain"


def assemble(description: Description, parts: list[Part], coats: dict[str, Coat]) -> ObjectModel:
    """Join parts, centre them, and scale them to the unit frame."""
    vertices = np.concatenate([part.solid.vertices for part in parts])
    low, high = vertices.min(0), vertices.max(0)
    vertices = vertices - (low + high) / 2
    scale = RADIUS / float(np.linalg.norm(vertices, axis=1).max())
    starts = np.cumsum([0, *(len(part.solid.vertices) for part in parts)])
    faces = np.concatenate([part.solid.faces + start for part, start in zip(parts, starts, strict=False)])
    counts = [len(part.solid.faces) for part in parts]
    worn = [coats[part.role] for part in parts]
    return ObjectModel(
        description,
        (vertices * scale).astype(np.float32),
        faces.astype(np.int32),
        corner_normals(vertices * scale, faces).astype(np.float32),
        np.repeat(np.stack([coat.first for coat in worn]), counts, 0).astype(np.float32),
        np.repeat(np.stack([coat.second for coat in worn]), counts, 0).astype(np.float32),
        np.repeat(np.array([PATTERNS.index(coat.pattern) for coat in worn], np.int8), counts),
        _patterned(vertices * scale, faces, np.repeat([part.role == MAIN for part in parts], counts)),
        metres_per_unit=description.extent_m / float((high - low).max() * scale),
    )


def _patterned(vertices: Array, faces: Array, own: Bool[Array, "faces"]) -> Float64[Array, "2 3"]:
    points = vertices[faces[own]].reshape(-1, 3) if own.any() else vertices
    return np.stack([points.min(0), points.max(0)])


def corner_normals(vertices: Array, faces: Array) -> Array:
    """Normals at the corners of faces: the mean of the faces around that meet without a crease, weighted by area."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    weighted = np.cross(b - a, c - a)
    unit = weighted / np.maximum(np.linalg.norm(weighted, axis=1, keepdims=True), 1e-20)
    order = np.argsort(faces.ravel(), kind="stable")
    around = order // 3
    at = faces.ravel()[order]
    starts = np.searchsorted(at, np.arange(len(vertices)))
    ends = np.searchsorted(at, np.arange(len(vertices)), side="right")
    corner = faces.ravel()
    counts = (ends - starts)[corner]
    owner = np.repeat(np.arange(len(corner)), counts)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    other = around[starts[corner][owner] + offset]
    smooth = np.einsum("ni,ni->n", unit[owner // 3], unit[other]) > CREASE
    total = np.zeros((len(corner), 3))
    for axis in range(3):
        total[:, axis] = np.bincount(owner[smooth], weighted[other[smooth], axis], len(corner))
    length = np.linalg.norm(total, axis=1, keepdims=True)
    normals: Array = np.where(length > 1e-20, total / np.maximum(length, 1e-20), np.repeat(unit, 3, 0))
    return normals.reshape(-1, 3, 3)
