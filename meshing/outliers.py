"""The few places where a simplified surface lies farthest from its original get a point of the original."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64

from meshing.distance import Tree
from meshing.distance_numba import farthest, nearest, tree_of

_ROUNDS = 3
_WATCHED = 16  # points of the original for each that may be put in
_TRIED = 3  # places for each that is put in in a round
_FINE = np.array([(i, j, 4 - i - j) for i in range(5) for j in range(5 - i)]) / 4
"""Weights of points all over a face."""

_FAR = 16  # one face of so many is looked at all over: samples at random miss peaks
_ON = 1e-9  # from a face: on it
_TURN = 0.2  # cosine between a face's normal and those of the faces that replace it

Surface = tuple[Float32[np.ndarray, "_ 3"], Int32[np.ndarray, "_ 3"]]


@dataclass(frozen=True, eq=False)
class _Places:
    """Points of the original, farthest off first, each with the simplified face nearest to it; a face is named once."""

    off: Float64[np.ndarray, "places"]
    face: Int64[np.ndarray, "places"]
    target: Float64[np.ndarray, "places 3"]


@dataclass(frozen=True)
class _Fan:
    """The faces that a point replaces, and the sides that it is joined to."""

    place: int
    gone: list[int]
    sides: list[tuple[int, int]]


def with_outliers_split(
    vertices: Float32[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
    original: Surface,
    n_splits: int,
    *,
    tree: Tree | None = None,
    n_samples: int = 60_000,
) -> Surface:
    """The surface with `n_splits` points of `original` put in where it lies farthest off; each adds two faces.

    A closed surface stays closed. Sides on open borders are not split. Fewer are put in only where faces run out. What
    lies far off is looked for once, over at most `n_samples` faces of each surface, and measured in every round: of two
    places on a face one has to wait, and a new face may lie off where the old one did not. `tree` is that of the
    original, where it is there already.
    """
    tree = tree_of(*original) if tree is None else tree
    watched = _watched((vertices, faces), original, tree, n_samples)
    first = watched.farthest(_WATCHED * n_splits)
    made, left = (vertices, faces), n_splits
    for rounds in range(_ROUNDS, 0, -1):
        made, n = _split(made, _placed(first, made), tree, -(-left // rounds))
        left -= n
    return _filled(made, _placed(watched, made), left) if left else made


def _split(surface: Surface, places: _Places, tree: Tree, n_splits: int) -> tuple[Surface, int]:
    """At most `n_splits` of the places' points put in where all of it is nearer to the original then, and how many."""
    fans = _upright(surface, _all_fans(surface, places, range(min(_TRIED * n_splits, len(places.face)))), places)
    worst = _worst(surface[0].astype(np.float64), fans, places, tree)
    place = np.array([fan.place for fan in fans], np.int64)
    better = np.flatnonzero(worst < places.off[place])
    order = better[np.lexsort((worst[better], place[better]))]
    return _with(surface, [fans[n] for n in order], places, n_splits)


def _filled(surface: Surface, places: _Places, n_splits: int) -> Surface:
    """With points where it lies best, which do no harm."""
    numbers = range(len(places.face) - 1, -1, -1)
    return _with(surface, _upright(surface, _all_fans(surface, places, numbers), places), places, n_splits)[0]


def _all_fans(surface: Surface, places: _Places, numbers: range) -> list[_Fan]:
    beside = _Beside.of(surface[1], len(surface[0]), places.face[numbers])
    return [fan for n in numbers for fan in _fans(surface[1], beside, places, n)]


def _with(surface: Surface, fans: list[_Fan], places: _Places, n_splits: int) -> tuple[Surface, int]:
    """The first fan of each place whose faces are still there, up to `n_splits`."""
    vertices, faces = surface
    free, made, added = np.ones(len(faces), bool), list[tuple[int, int, int]](), list[np.ndarray]()
    done = -1
    for fan in fans:
        if fan.place == done or not free[fan.gone].all():
            continue
        done = fan.place
        free[fan.gone] = False
        made += [(a, b, len(vertices) + len(added)) for a, b in fan.sides]
        added.append(places.target[fan.place])
        if len(added) == n_splits:
            break
    if not added:
        return surface, 0
    more = np.concatenate([faces[free], np.array(made, np.int32)])
    return (np.concatenate([vertices, np.array(added, np.float32)]), more), len(added)


def _worst(
    points: Float64[np.ndarray, "vertices 3"], fans: list[_Fan], places: _Places, tree: Tree
) -> Float64[np.ndarray, "fans"]:
    """How far the new faces lie from the original at most, or some of them where that is farther than the place did."""
    number = np.array([n for n, fan in enumerate(fans) for _ in fan.sides], np.int64)
    place = np.array([fan.place for fan in fans], np.int64)
    sides = np.array([side for fan in fans for side in fan.sides], np.int64).reshape(-1, 2)
    corners = np.concatenate([points[sides], places.target[place[number]][:, None]], axis=1)
    looked_at = np.einsum("sk,nkc->nsc", _FINE, corners).reshape(-1, 3)
    return farthest(looked_at, np.repeat(number, len(_FINE)), places.off[place], tree)


@dataclass(frozen=True, eq=False)
class _Watched:
    """Points to measure from, and the points of the original there: the same, or their feet.

    `off` is how far points of the simplified surface lay off, which holds as long as they lie on it.
    """

    points: Float64[np.ndarray, "n 3"]
    target: Float64[np.ndarray, "n 3"]
    off: Float64[np.ndarray, "n"]
    is_foot: Bool[np.ndarray, "n"]

    def farthest(self, most: int) -> "_Watched":
        """The first so many."""
        return _Watched(self.points[:most], self.target[:most], self.off[:most], self.is_foot[:most])


def _watched(surface: Surface, original: Surface, tree: Tree, n_samples: int) -> _Watched:
    """Where the surfaces lie farthest apart, those places first."""
    here, off_here, met = _peaks(surface, tree, n_samples)
    there, off_there, _ = _peaks(original, tree_of(*surface), n_samples)
    feet = _feet(here, original[0][original[1][met]].astype(np.float64))
    off = np.concatenate([off_here, off_there])
    order = np.argsort(-off, kind="stable")
    points, target = np.concatenate([here, there])[order], np.concatenate([feet, there])[order]
    return _Watched(points, target, off[order], order < len(here))


def _peaks(
    surface: Surface, tree: Tree, most: int
) -> tuple[Float64[np.ndarray, "n 3"], Float64[np.ndarray, "n"], Int64[np.ndarray, "n"]]:
    """Points all over those faces whose middles lie farthest from others, how far off they are, the faces they meet."""
    vertices, faces = surface
    corners = vertices[faces[:: -(-len(faces) // most)]].astype(np.float64)
    off, _ = nearest(corners.mean(axis=1), tree)
    far = np.argsort(-off, kind="stable")[: -(-len(off) // _FAR)]
    points = np.einsum("sk,nkc->nsc", _FINE, corners[far]).reshape(-1, 3)
    return points, *nearest(points, tree)


def _placed(watched: _Watched, surface: Surface) -> _Places:
    off, face = nearest(watched.points, tree_of(*surface))
    off = np.where(watched.is_foot, np.where(off < _ON, watched.off, 0.0), off)
    order = np.argsort(-off, kind="stable")
    order = order[np.sort(np.unique(face[order], return_index=True)[1])]
    return _Places(off[order], face[order], watched.target[order])


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


@dataclass(frozen=True, eq=False)
class _Beside:
    """Faces by their sides, each from its first to its second point: those that lie beside some faces, and more."""

    sides: Int64[np.ndarray, "sides"]
    faces: Int64[np.ndarray, "sides"]
    n: int

    @classmethod
    def of(cls, faces: Int32[np.ndarray, "faces 3"], n: int, chosen: Int64[np.ndarray, "chosen"]) -> "_Beside":
        is_near = np.zeros(n, bool)
        is_near[faces[chosen]] = True
        a, b, c = is_near.take(faces.T)
        near = np.flatnonzero((a & b) | (b & c) | (c & a))
        corners = faces[near].astype(np.int64)
        key = (corners * n + np.roll(corners, -1, axis=1)).ravel()
        order = np.argsort(key, kind="stable")
        return cls(key[order], near[order // 3], n)

    def at(self, a: int, b: int) -> int:
        """The face; -1 for none or several."""
        first, after = np.searchsorted(self.sides, (a * self.n + b, a * self.n + b + 1))
        return int(self.faces[first]) if after - first == 1 else -1


def _fans(faces: Int32[np.ndarray, "faces 3"], beside: _Beside, places: _Places, place: int) -> Iterator[_Fan]:
    """The ways to put a place's point in: into its face, or into one of the face's sides."""
    face = int(places.face[place])
    corners = faces[face].tolist()
    sides = [(corners[k], corners[(k + 1) % 3]) for k in range(3)]
    yield _Fan(place, [face], sides)
    for k in range(3):
        a, b = sides[k]
        other = beside.at(b, a)
        if other < 0 or beside.at(a, b) < 0:
            continue
        tip = next(corner for corner in faces[other].tolist() if corner not in (a, b))
        yield _Fan(place, [face, other], [sides[k - 2], sides[k - 1], (a, tip), (tip, b)])


def _upright(surface: Surface, fans: list[_Fan], places: _Places) -> list[_Fan]:
    """Those whose faces do not turn over: the last two of four replace the second face, all others the first."""
    points = surface[0].astype(np.float64)
    number = np.array([n for n, fan in enumerate(fans) for _ in fan.sides], np.int64)
    old = [fan.gone[n // 2 if len(fan.gone) > 1 else 0] for fan in fans for n in range(len(fan.sides))]
    sides = np.array([side for fan in fans for side in fan.sides], np.int64).reshape(-1, 2)
    target = places.target[[fans[n].place for n in number]]
    before = _normals(points[surface[1][np.array(old, np.int64)]])
    new = _normals(np.concatenate([points[sides], target[:, None]], axis=1))
    turned = np.bincount(number, (new * before).sum(axis=1) <= _TURN, len(fans))
    return [fan for fan, n in zip(fans, turned, strict=True) if n == 0]


def _normals(triangles: Float64[np.ndarray, "n 3 3"]) -> Float64[np.ndarray, "n 3"]:
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    normals: np.ndarray = cross / np.maximum(np.linalg.norm(cross, axis=1, keepdims=True), 1e-30)
    return normals
