"""The few places where a simplified surface lies farthest from its original get a point of the original."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64

from meshing.distance import samples
from meshing.distance_numba import Tree, nearest, tree_of

_NEAR_SIDE = 0.2  # of a face's height: nearer to a side than this the side is split, not the face
_TRIED = 4  # places for each that is wanted
_SPREAD = np.array([[4, 1, 1], [1, 4, 1], [1, 1, 4], [2, 2, 2], [3, 0, 3], [0, 3, 3]]) / 6
"""Weights of the points at which a new face is measured."""

_TURN = 0.2  # cosine between a face's normal and those of the faces that replace it

Surface = tuple[Float32[np.ndarray, "_ 3"], Int32[np.ndarray, "_ 3"]]


@dataclass(frozen=True, eq=False)
class _Places:
    """Faces of the simplified surface, those farthest off first, and where the original lies there."""

    off: Float64[np.ndarray, "places"]
    face: Int64[np.ndarray, "places"]
    target: Float64[np.ndarray, "places 3"]


@dataclass(frozen=True)
class _Fan:
    """The faces that a point replaces, and the sides that it is joined to."""

    gone: list[int]
    sides: list[tuple[int, int]]


def with_outliers_split(
    vertices: Float32[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
    original: Surface,
    n_splits: int,
    *,
    n_samples: int,
    seed: int = 0,
) -> Surface:
    """The surface with `n_splits` points of `original` put in where it lies farthest off; each adds two faces.

    A closed surface stays closed. Sides on open borders are not split. Fewer are put in only where faces run out.
    """
    tree = tree_of(original[0][original[1]].astype(np.float64))
    places = _worst(vertices, faces, original, tree, n_samples, np.random.default_rng(seed))
    beside, points = _beside(faces), vertices.astype(np.float64)
    n_tried = min(_TRIED * n_splits, len(places.face))
    fans = [_fan(points, faces, beside, places.face[n], places.target[n]) for n in range(n_tried)]
    better = np.flatnonzero(_better(points, fans, places, tree))
    spare = range(len(places.face) - 1, n_tried - 1, -1)  # where it lies best a point more does no harm
    free, made = np.ones(len(faces), bool), []
    added: list[np.ndarray] = []
    for number in (*better, *spare):
        at = places.face[number], places.target[number]
        fan = fans[number] if number < n_tried else _fan(points, faces, beside, *at)
        if fan is None or not free[fan.gone].all():
            continue
        free[fan.gone] = False
        made += [(a, b, len(vertices) + len(added)) for a, b in fan.sides]
        added.append(places.target[number])
        if len(added) == n_splits:
            break
    if not added:
        return vertices, faces
    more = np.array(made, np.int32)
    return np.concatenate([vertices, np.array(added, np.float32)]), np.concatenate([faces[free], more])


def _better(
    points: Float64[np.ndarray, "vertices 3"], fans: list["_Fan | None"], places: "_Places", tree: Tree
) -> Bool[np.ndarray, "fans"]:
    """Which fans lie nearer to the original everywhere than the place they are made for."""
    number = np.array([n for n, fan in enumerate(fans) if fan for _ in fan.sides], np.int64)
    sides = np.array([side for fan in fans if fan for side in fan.sides], np.int64).reshape(-1, 2)
    corners = np.concatenate([points[sides], places.target[number][:, None]], axis=1)
    off = nearest(np.einsum("sk,nkc->nsc", _SPREAD, corners).reshape(-1, 3), tree)[0]
    worst = np.full(len(fans), np.inf)
    worst[number] = 0.0
    np.maximum.at(worst, number, off.reshape(-1, len(_SPREAD)).max(axis=1, initial=0.0))
    found: np.ndarray = worst < places.off[: len(fans)]
    return found


def _worst(
    vertices: Float32[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
    original: Surface,
    tree: Tree,
    n_samples: int,
    rng: np.random.Generator,
) -> _Places:
    """By samples of both surfaces; a face is named once."""
    triangles = original[0][original[1]].astype(np.float64)
    here, owner = samples(vertices, faces, n_samples, rng)
    there, _ = samples(*original, n_samples, rng)
    off_here, met = nearest(here, tree)
    off_there, on = nearest(there, tree_of(vertices[faces].astype(np.float64)))
    off = np.concatenate([off_here, off_there])
    order = np.argsort(-off, kind="stable")
    face = np.concatenate([owner, on])[order]
    first = np.sort(np.unique(face, return_index=True)[1])
    sample = order[first]
    is_here = sample < n_samples
    target = there[np.where(is_here, 0, sample - n_samples)]
    target[is_here] = _feet(here[sample[is_here]], triangles[met[sample[is_here]]])
    return _Places(off[sample], face[first], target)


def _feet(points: Float64[np.ndarray, "n 3"], triangles: Float64[np.ndarray, "n 3 3"]) -> Float64[np.ndarray, "n 3"]:
    """The point of each triangle that is nearest to each point, or nearly so beside a corner."""
    weights = np.clip(_weights(points, triangles), 0, None)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-30)
    found: np.ndarray = np.einsum("nk,nkc->nc", weights, triangles)
    return found


def _weights(points: Float64[np.ndarray, "n 3"], triangles: Float64[np.ndarray, "n 3 3"]) -> Float64[np.ndarray, "n 3"]:
    """Barycentric coordinates of the points' feet on the triangles' planes."""
    a, e, f = triangles[:, 0], triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    normal = np.cross(e, f)
    square = np.maximum((normal * normal).sum(axis=1), 1e-300)
    way = points - a
    second = (np.cross(way, f) * normal).sum(axis=1) / square
    third = (np.cross(e, way) * normal).sum(axis=1) / square
    return np.stack([1 - second - third, second, third], axis=1)


def _beside(faces: Int32[np.ndarray, "faces 3"]) -> dict[tuple[int, int], int]:
    """The face that runs along each side from its first to its second point; -1 where several do."""
    found: dict[tuple[int, int], int] = {}
    for k in range(3):
        for face, side in enumerate(zip(faces[:, k].tolist(), faces[:, (k + 1) % 3].tolist(), strict=True)):
            found[side] = -1 if side in found else face
    return found


def _fan(
    vertices: Float64[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
    beside: dict[tuple[int, int], int],
    face: np.int64,
    target: Float64[np.ndarray, "3"],
) -> _Fan | None:
    """None where a new face would turn over."""
    corners = faces[face].tolist()
    weights = _weights(target[None], vertices[faces[face]][None])[0]
    sides = [(corners[k], corners[(k + 1) % 3]) for k in range(3)]
    gone = [int(face)]
    if weights.min() < _NEAR_SIDE:
        k = (int(np.argmin(weights)) + 1) % 3
        a, b = sides.pop(k)
        other = beside.get((b, a), -1)
        if other < 0 or beside[(a, b)] < 0:
            return None
        gone.append(other)
        tip = next(corner for corner in faces[other].tolist() if corner not in (a, b))
        sides += [(a, tip), (tip, b)]
    old = np.concatenate([np.repeat(_normals(vertices[faces[g]][None]), 3 - (len(gone) - 1), axis=0) for g in gone])
    new = _normals(np.array([[vertices[a], vertices[b], target] for a, b in sides]))
    return _Fan(gone, sides) if ((old * new).sum(axis=1) > _TURN).all() else None


def _normals(triangles: Float64[np.ndarray, "n 3 3"]) -> Float64[np.ndarray, "n 3"]:
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    normals: np.ndarray = cross / np.maximum(np.linalg.norm(cross, axis=1, keepdims=True), 1e-30)
    return normals
