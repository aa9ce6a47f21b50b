"""Depth all around: views cut out of a panorama, each seen by a model for photos, brought to one scale and blended."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float64, UInt8
from PIL import Image

from vision.depth import InverseDepth, inverse_depth
from vision.sphere import Views, directions, merged, seen_from, views_around

COUNT, DEGREES, SIZE = 8, 100.0, 256  # views in the ring, their angle, and their pixels a side
_COMPARED = 32  # rows of the panorama on which views are brought to agree
_AS_IS = 0.03  # how much a view's own scale counts against agreement with its neighbours

Predict = Callable[[np.ndarray], InverseDepth]


def depth_of_panorama(
    rgb: UInt8[np.ndarray, "h w 3"], predict: Predict, *, count: int = COUNT, size: int = SIZE
) -> InverseDepth:
    """Inverse distance along the rays of an equirectangular panorama, by `predict` on views in a ring.

    Each view's numbers are known up to scale and shift alone, so these are chosen for all views at once, such that
    overlaps agree. Straight up and down, where models for photos know nothing, a level floor and ceiling are assumed.
    Raises ValueError where the picture is not twice as wide as high.
    """
    height, width = rgb.shape[:2]
    if width != 2 * height:
        raise ValueError(f"panorama: must be twice as wide as high (got {width}x{height})")
    views = views_around(count, DEGREES)
    small = np.array(Image.fromarray(rgb).resize((4 * size, 2 * size), Image.Resampling.LANCZOS))
    made = [predict(picture) for picture in seen_from(views, small, size)[:count]]
    values = np.ones((len(views), size, size))
    for k, each in enumerate(made):
        values[k] = each.values / max(float(np.abs(each.values).mean()), 1e-9)
    metric = all(each.metric for each in made)
    if metric:
        values[:count] = [each.values for each in made]
    scale, shift = (np.ones(len(views)), np.zeros(len(views))) if metric else agreed(views, values)
    if metric:
        values[count:] = _level(views, values, count)
    cosine = 1 / np.linalg.norm(views.rays(size), axis=-1)
    along = np.maximum(scale[:, None, None] * values + shift[:, None, None], 0) * cosine
    rows = max(2, round(size * 180 / DEGREES))
    blended = merged(views, along[..., None].astype(np.float32), rows)[..., 0]
    confidence = float(np.mean([each.confidence.mean() for each in made]))
    whole = inverse_depth(
        blended, 0.8 * confidence, metric=metric, source=f"{made[0].source} in {count} views", where="panorama's depth"
    )
    return whole.resized(height, width)


def agreed(
    views: Views, values: Float64[np.ndarray, "views s s"]
) -> tuple[Float64[np.ndarray, "views"], Float64[np.ndarray, "views"]]:
    """A factor and an offset for each view, by least squares over all overlaps of inverse distance."""
    n, size = len(views), values.shape[1]
    ways = directions(_COMPARED).reshape(-1, 3)
    weigh = np.sqrt(np.linalg.norm(ways[:, [0, 2]], axis=1))  # rows near the poles are crowded
    seen, level, cosine = _sampled(views, values, ways, size)
    rows, wanted = [], []
    for i in range(n):
        for j in range(i + 1, n):
            both = seen[i] & seen[j]
            part = np.zeros((int(both.sum()), 2 * n))
            part[:, i], part[:, n + i] = level[i, both] * cosine[i, both], cosine[i, both]
            part[:, j], part[:, n + j] = -level[j, both] * cosine[j, both], -cosine[j, both]
            rows.append(part * weigh[both, None])
            wanted.append(np.zeros(len(part)))
    own = np.sqrt(_AS_IS * sum(len(part) for part in rows) / n)
    rows.append(own * np.eye(2 * n))
    wanted.append(own * np.concatenate([np.ones(n), np.zeros(n)]))
    found = np.linalg.lstsq(np.concatenate(rows), np.concatenate(wanted), rcond=None)[0]
    return np.maximum(found[:n], 0.1), found[n:]


def _sampled(
    views: Views, values: Float64[np.ndarray, "views s s"], ways: Float64[np.ndarray, "rays 3"], size: int
) -> tuple[Bool[np.ndarray, "views rays"], Float64[np.ndarray, "views rays"], Float64[np.ndarray, "views rays"]]:
    """For each view and direction: whether it is seen, the value there, and its cosine from the view's axis."""
    places = np.stack([views.places(k, ways) for k in range(len(views))])
    seen = np.isfinite(places).all(axis=-1)
    at = np.clip(np.nan_to_num((places + 1) / 2 * size), 0, size - 1).astype(np.int64)
    level = np.stack([value[place[:, 1], place[:, 0]] for value, place in zip(values, at, strict=True)])
    cosine = np.stack([np.maximum(ways @ rotation[:, 2], 1e-6) for rotation in views.rotations])
    return seen, level, cosine


def _level(views: Views, values: Float64[np.ndarray, "views s s"], count: int) -> Float64[np.ndarray, "rest s s"]:
    """Up and down where depth is in metres: the plane that fits the ring's views where they overlap."""
    size = values.shape[1]
    ways = directions(_COMPARED).reshape(-1, 3)
    seen, level, cosine = _sampled(views, values, ways, size)
    planes = []
    for k in range(count, len(views)):
        both = seen[:count] & seen[k]
        height = (level[:count] * cosine[:count] / cosine[k])[both]
        planes.append(np.full((size, size), float(np.median(height)) if len(height) else 0.0))
    return np.array(planes)
