"""Which photo paints which face: the sharpest, nearest, squarest one that the others agree with, in large patches."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from meshing.raycast_embree import RayCaster
from meshing.views import Photo, View, at_pixels, detail, facing, pixels_of, smooth, visible

_WINDOW = 5  # pixels over which a face's colour and detail in a photo are judged
_OUTLIER = 30.0  # sRGB levels from the median of all photos at which a photo's say drops to a third
_GRAZING = 0.15  # cosine between view and normal below which a photo does not see a face
_ROUNDS = 10  # of averaging over neighbours; fewer leave scattered patches, more did not raise the held-out PSNR


@dataclass(frozen=True, eq=False)
class Choice:
    """`label` is each face's photo, -1 where none sees it; `score` is above 0 where a photo sees a face."""

    label: Int32[np.ndarray, "faces"]
    score: Float32[np.ndarray, "views faces"]


def choose_views(
    vertices: Float64[np.ndarray, "vertices 3"],
    faces: Int64[np.ndarray, "faces 3"],
    photos: Sequence[Photo],
    caster: RayCaster,
    *,
    slack: float,
) -> Choice:
    """The photo for each face. Holds 11 bytes per photo and face."""
    score = np.zeros((len(photos), len(faces)), np.float32)
    change = np.zeros((len(photos), len(faces)), np.float32)
    color = np.zeros((len(photos), len(faces), 3), np.uint8)
    for number in range(len(photos)):
        photo = photos[number]
        seen, area, pixels = _seen_faces(vertices, faces, photo.view, caster, slack)
        score[number, seen] = area
        color[number, seen] = at_pixels(smooth(photo.image, _WINDOW), pixels)
        change[number, seen] = at_pixels(detail(photo.image, _WINDOW), pixels)
    score *= _sharpness(score > 0, change)[:, None] ** 2
    score *= _agreement(score > 0, color)
    return Choice(_patches(score, faces), score)


def _seen_faces(
    vertices: Float64[np.ndarray, "vertices 3"],
    faces: Int64[np.ndarray, "faces 3"],
    view: View,
    caster: RayCaster,
    slack: float,
) -> tuple[Int64[np.ndarray, "seen"], Float64[np.ndarray, "seen"], Float64[np.ndarray, "seen 2"]]:
    """Faces seen whole, their area in pixels times their facing, and the pixels of their centres."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normal, center = np.cross(b - a, c - a), (a + b + c) / 3
    cosine = facing(view, center, normal)
    pixels, inside = pixels_of(view, vertices)
    candidate = (cosine > _GRAZING) & inside[faces].all(axis=1)
    asked = np.zeros(len(vertices), bool)
    asked[faces[candidate]] = True
    free = visible(view, vertices, asked, caster, slack=slack)
    candidate &= free[faces].all(axis=1)
    candidate = visible(view, center, candidate, caster, slack=slack)
    seen = np.flatnonzero(candidate)
    p = pixels[faces[seen]]
    (ux, uy), (vx, vy) = (p[:, 1] - p[:, 0]).T, (p[:, 2] - p[:, 0]).T
    area = 0.5 * np.abs(ux * vy - uy * vx)
    return seen, area * cosine[seen] + 1e-6, p.mean(axis=1)


def _sharpness(seen: np.ndarray, change: Float32[np.ndarray, "views faces"]) -> Float32[np.ndarray, "views"]:
    """How much detail each photo has where others look too: a shaken photo has less. Around 1."""
    usual = (change * seen).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    relative = change / np.maximum(usual, 0.5)
    sharp = [np.median(relative[v, seen[v]]) if seen[v].any() else 1.0 for v in range(len(seen))]
    return np.clip(np.array(sharp, np.float32), 0.2, 2.0)


def _agreement(seen: np.ndarray, color: np.ndarray) -> Float32[np.ndarray, "views faces"]:
    """Near 1 for photos whose colour is the usual one, small for those that saw a reflection or a passer-by."""
    agreement = np.ones(seen.shape, np.float32)
    for start in range(0, seen.shape[1], 4096):
        part = slice(start, start + 4096)
        values = np.where(seen[:, part, None], color[:, part], np.float32(np.nan))
        values = np.sort(values, axis=0)  # NaN last
        n = seen[:, part].sum(axis=0)
        middle = np.take_along_axis(values, np.maximum(n - 1, 0)[None, :, None] // 2, axis=0)[0]
        apart = np.abs(color[:, part] - np.nan_to_num(middle)).max(axis=2)
        penalty = np.exp(-((apart / _OUTLIER) ** 2)) + 0.02
        agreement[:, part] = np.where(n >= 3, penalty, 1.0)
    return agreement


def _patches(
    score: Float32[np.ndarray, "views faces"], faces: Int64[np.ndarray, "faces 3"]
) -> Int32[np.ndarray, "faces"]:
    """The best photo of each face after neighbours were heard, among those that see the face."""
    seen = score.T > 0
    share = score.T / np.maximum(score.max(axis=0), 1e-30)[:, None]
    neighbors = _neighbor_means(faces)
    heard = share
    for _ in range(_ROUNDS):
        heard = 0.5 * heard + 0.5 * (neighbors @ heard)
    label = np.where(seen, heard + 1e-12, -1).argmax(axis=1)
    return np.where(seen.any(axis=1), label, -1).astype(np.int32)


def _neighbor_means(faces: Int64[np.ndarray, "faces 3"]):  # type: ignore[no-untyped-def]
    """A sparse matrix that gives each face the mean of the faces across its edges."""
    from scipy.sparse import coo_array, csr_array, diags_array

    n = len(faces)
    ends = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    edge = np.unique(ends, axis=0, return_inverse=True)[1].ravel()
    on_edge = csr_array(coo_array((np.ones(3 * n, np.float32), (np.tile(np.arange(n), 3), edge))))
    across = on_edge @ on_edge.T
    across.setdiag(0)
    across.eliminate_zeros()
    count = np.maximum(np.asarray(across.sum(axis=1)).ravel(), 1)
    return (diags_array((1 / count).astype(np.float32)) @ across).tocsr()
