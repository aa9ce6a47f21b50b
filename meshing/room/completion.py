"""Where to look next, and what is still missing there.

One panorama leaves a fifth of what a visitor can see unseen. Further places are chosen one after the other, each the
one that shows most that is new, until the gain is small; what no picture has shown is painted by whoever can.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8
from scipy import sparse
from scipy.sparse.linalg import splu

from meshing.distance import samples
from meshing.mesh import Mesh
from meshing.raycast_embree import RayCaster
from meshing.room.panorama import directions
from meshing.room.pictures import RoomPicture, RoomPictures
from meshing.room.plan import RoomPlan
from meshing.room.proxy import ProxyRenderer, ProxyView, proxy_mesh, standpoints

Painter = Callable[
    [UInt8[np.ndarray, "h w 3"], Bool[np.ndarray, "h w"], ProxyView, tuple[float, float, float]],
    UInt8[np.ndarray, "h w 3"],
]
"""Fills a picture where the mask says that nothing is known; it is told what the plan shows there, and the place."""

LEAST_GAIN = 0.015
_SAMPLES, _CANDIDATES = 6_000, 80
_GRAZING = 0.1
_SURE = 0.12  # per square metre: a surface seen squarely from 2.9 m is known to 1 - 1/e


def next_views(
    plan: RoomPlan, seen_from: Sequence[tuple[float, float, float]], *, most: int = 6, least_gain: float = LEAST_GAIN
) -> list[tuple[float, float, float]]:
    """Further places to look from: greedily, each the one that makes most of the plan's surface surer.

    Depth errs by a share of the distance, so that a place counts as known the better, the nearer and the more squarely
    it was seen: by 1 - exp(-sum of cosine / distance^2 / `_SURE`). Counting it as known once it is seen at all chose
    fewer and farther places, and fused surfaces had an F-score at 2 cm of .89 in place of .92 at 1 % depth error. Ends
    where the best place would add less than `least_gain` of all that can be seen from anywhere.
    """
    candidates = standpoints(plan)[:_CANDIDATES]
    spots = [np.array(spot) for spot in seen_from]
    points, normals = surface_samples(plan)
    caster = _caster(plan)
    clear = np.array([clarity(caster, points, normals, spot) for spot in [*spots, *candidates]])
    reachable = max(1, int((clear > 0).any(axis=0).sum()))
    known = clear[: len(spots)].sum(axis=0)
    chosen: list[tuple[float, float, float]] = []
    while len(chosen) < most:
        gains = (np.exp(-known) - np.exp(-known - clear[len(spots) :])).sum(axis=1)
        best = int(np.argmax(gains))
        if gains[best] < least_gain * reachable:
            break
        known = known + clear[len(spots) + best]
        x, y, z = candidates[best]
        chosen.append((float(x), float(y), float(z)))
    return chosen


def coverage(plan: RoomPlan, places: Sequence[tuple[float, float, float]]) -> float:
    """The share of the plan's surface, out of what can be seen from anywhere, that these places show."""
    points, normals = surface_samples(plan)
    caster = _caster(plan)
    anywhere = np.any([seen(caster, points, normals, spot) for spot in standpoints(plan)[:_CANDIDATES]], axis=0)
    shown = np.any([seen(caster, points, normals, np.array(spot)) for spot in places], axis=0)
    return float((shown & anywhere).sum() / max(1, anywhere.sum()))


def _caster(plan: RoomPlan) -> RayCaster:
    mesh = proxy_mesh(plan)
    return RayCaster(mesh.vertices, mesh.faces)


def surface_samples(
    plan: RoomPlan, count: int = _SAMPLES, seed: int = 0
) -> tuple[Float64[np.ndarray, "n 3"], Float64[np.ndarray, "n 3"]]:
    """Places spread evenly over the plan's surfaces, with their normals."""
    mesh = proxy_mesh(plan)
    points, face = samples(mesh.vertices, mesh.faces, count, np.random.default_rng(seed))
    corners = mesh.vertices[mesh.faces[face]].astype(np.float64)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return points, normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)


def seen(
    caster: RayCaster,
    points: Float64[np.ndarray, "n 3"],
    normals: Float64[np.ndarray, "n 3"],
    spot: Float64[np.ndarray, "3"],
) -> Bool[np.ndarray, "n"]:
    """Which places are seen from `spot`: from their front, not too much aslant, with nothing between."""
    way = points - spot
    length = np.linalg.norm(way, axis=1)
    facing = -(way * normals).sum(axis=1) > _GRAZING * length
    free = caster.is_free(np.broadcast_to(spot, points.shape), points + 0.002 * normals, slack=0.01)
    return np.asarray(facing & free)


def clarity(
    caster: RayCaster,
    points: Float64[np.ndarray, "n 3"],
    normals: Float64[np.ndarray, "n 3"],
    spot: Float64[np.ndarray, "3"],
) -> Float64[np.ndarray, "n"]:
    """How well places are seen from `spot`, as fusion weighs them: cosine / distance^2 / `_SURE`, 0 where hidden."""
    way = points - spot
    length = np.maximum(np.linalg.norm(way, axis=1), 0.3)
    cosine = np.abs((way * normals).sum(axis=1)) / length
    return np.asarray(np.where(seen(caster, points, normals, spot), cosine / length**2 / _SURE, 0.0))


def looked_at(
    mesh: Mesh, position: tuple[float, float, float], height: int
) -> tuple[RoomPicture, Bool[np.ndarray, "h w"]]:
    """What a fused surface shows from a place, and which pixels are known: hit, and from the front."""
    ways = directions(height, 2 * height)
    rays = ways.reshape(-1, 3)
    hits = RayCaster(mesh.vertices, mesh.faces).cast(np.broadcast_to(position, rays.shape), rays)
    corners = mesh.faces[hits.face]
    a, b, c = (mesh.vertices[corners[:, k]].astype(np.float64) for k in range(3))
    front = (np.cross(b - a, c - a) * rays).sum(axis=1) < 0
    known = (hits.face >= 0) & front
    color = np.zeros((len(rays), 3))
    if mesh.vertex_colors is not None:
        weights = np.stack([1 - hits.u - hits.v, hits.u, hits.v], axis=1)
        color = (mesh.vertex_colors[corners] * weights[..., None]).sum(axis=1)
    color = np.where(known[:, None], color, 0)
    distance = np.where(known, hits.distance, 0).astype(np.float32)
    shape = ways.shape[:2]
    picture = RoomPicture(
        position, np.rint(color).clip(0, 255).astype(np.uint8).reshape(*shape, 3), distance.reshape(shape)
    )
    return picture, known.reshape(shape)


def completed(
    pictures: RoomPictures,
    fuse: Callable[[Sequence[RoomPicture]], Mesh],
    paint: Painter,
    *,
    most: int = 6,
    least_gain: float = LEAST_GAIN,
    report: Callable[[float, str], None] = lambda share, what: None,
) -> RoomPictures:
    """The pictures and those of further places, in which what is unknown is painted and given a distance.

    Each further picture shows what the surface so far shows; `paint` fills its holes; the distance in a hole follows
    the plan, bent so that it meets its rim.
    """
    plan, made = pictures.plan, list(pictures.pictures)
    renderer = ProxyRenderer(plan)
    places = next_views(plan, [picture.position for picture in made], most=most, least_gain=least_gain)
    height = made[0].distance.shape[0]
    for number, place in enumerate(places):
        report(number / len(places), f"place {number + 1} of {len(places)}")
        picture, known = looked_at(fuse(made), place, height)
        if known.all():
            continue
        proxy = renderer.panorama(np.array(place), height)
        color = paint(picture.color, known, proxy, place) if known.any() else picture.color
        distance = filled_distance(picture.distance, known, proxy.near)
        made.append(RoomPicture(place, color, distance))
    return RoomPictures(plan, tuple(made))


def filled_distance(
    distance: Float32[np.ndarray, "h w"], known: Bool[np.ndarray, "h w"], guide: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """Known distances as they are; in holes the guide's, times a smooth factor that is right at the holes' rims."""
    h, w = distance.shape
    guide = np.where(np.isfinite(guide) & (guide > 0), guide, 1.0).astype(np.float32)
    ratio = np.where(known, np.log(np.maximum(distance, 1e-3) / guide), 0.0)
    hole = np.flatnonzero(~known.ravel())
    if len(hole) == 0:
        return distance
    place = np.full(h * w, -1)
    place[hole] = np.arange(len(hole))
    rows, columns = np.divmod(hole, w)
    entries, right = [(np.arange(len(hole)), np.arange(len(hole)), np.full(len(hole), 4 + 1e-4))], np.zeros(len(hole))
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        beside = np.clip(rows + dy, 0, h - 1) * w + (columns + dx) % w
        # Across a silhouette of the guide the factor of one side says nothing of the other's.
        bound = np.abs(np.log(guide.ravel()[beside] / guide.ravel()[hole])) < 0.15
        unknown = place[beside] >= 0
        both = np.flatnonzero(unknown & bound)
        entries.append((both, place[beside[both]], np.full(len(both), -1.0)))
        right += np.where(~unknown & bound, ratio.ravel()[beside], 0.0)
        entries.append((np.flatnonzero(~bound), np.flatnonzero(~bound), np.full(int((~bound).sum()), -1.0)))
    i, j, value = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    matrix = sparse.csc_matrix((value, (i, j)), shape=(len(hole), len(hole)))
    solved = splu(matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve(right)
    result = ratio.ravel().copy()
    result[hole] = solved
    return np.where(known, distance, guide * np.exp(result.reshape(h, w))).astype(np.float32)
