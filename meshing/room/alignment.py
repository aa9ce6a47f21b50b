"""Estimated distances brought to the measures of a plan.

A network's depth has the right shape and the wrong scale: off by a factor, by a shift of its inverse, by slow waves,
and by a factor of its own for each thing. The plan knows where walls, floor and ceiling are, and in which boxes things
stand. Five steps, each starting from the last:

1. scale and shift of the inverse distance, robustly on the shell,
2. a smooth field of log scales, by iteratively reweighted least squares,
3. each thing as a whole into its box,
4. Poisson: the estimate's own log gradients, tied to the shell and pulled back into the boxes,
5. what is within a few percent of a wall lies on it; what is nowhere allowed goes to the nearest place that is.

Steps 3 and 4 stand for ControlRoom3D's interval and normal losses (Schult et al. 2023, eq. 2 and 3), in closed form.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64
from scipy import ndimage, sparse
from scipy.sparse.linalg import splu

from meshing.room.classes import name_of
from meshing.room.panorama import solid_angles
from meshing.room.proxy import Intervals, ProxyView


@dataclass(frozen=True)
class AlignmentSettings:
    """Chosen on simulated distortion, see benchmarks/room.py.

    `field` is the number of rows and columns of the smooth field, `smoothness` its stiffness, `boxes` the weight of
    things in it beside the shell's 1. `fills` allows step 3: things are drawn into their boxes. `reach` is the share of
    a thing that has to be in front of its box before it is moved, `front` the share of a wardrobe that is nearer than
    its front. `edge` is the log step from which a gradient counts as a silhouette; `loose` the log distance from a wall
    beyond which a pixel is no longer held to it, `snap` that within which it is put onto it. `anchor` weighs shell and
    boxes against gradients.
    """

    field: tuple[int, int] = (9, 16)
    smoothness: float = 5.0
    boxes: float = 0.15
    fills: bool = True
    reach: float = 0.1
    front: float = 0.25
    edge: float = 0.06
    loose: float = 0.06
    anchor: float = 0.03
    rounds: int = 3
    snap: float = 0.06


_DEFAULT = AlignmentSettings()
_LEAST = 0.05  # metres
_SOLID = frozenset(
    {"wardrobe", "cabinet", "drawers", "tv_stand", "kitchen_unit", "stove", "fridge", "washing_machine", "nightstand"}
    | {"picture", "mirror", "screen", "clock", "curtain", "radiator", "rug"}
)


def align(
    estimate: Float[np.ndarray, "h w"],
    proxy: ProxyView,
    intervals: Intervals,
    settings: AlignmentSettings = _DEFAULT,
) -> Float32[np.ndarray, "h w"]:
    """Distances that keep the shape of a panorama's estimated distances and the measures of the plan.

    Raises ValueError where the estimate is unusable: of another shape, not positive, or without any shell in view.
    """
    _check(estimate, proxy)
    filled = np.where(np.isfinite(estimate) & (estimate > 0), estimate, np.nan)
    filled = np.where(np.isnan(filled), np.nanmedian(filled), filled).astype(np.float64)
    shifted = shifted_and_scaled(filled, proxy)
    waved = smoothly_scaled(shifted, proxy, intervals, settings)
    fitted = touching(waved, proxy, intervals, settings) if settings.fills else waved
    solved = poisson(fitted, proxy, intervals, settings)
    return snapped(solved, intervals, settings)


def _check(estimate: np.ndarray, proxy: ProxyView) -> None:
    if estimate.shape != proxy.near.shape:
        raise ValueError(f"estimate: must be {proxy.near.shape} as the proxy is (got {estimate.shape})")
    usable = np.isfinite(estimate) & (estimate > 0)
    if usable.mean() < 0.5:
        raise ValueError(f"estimate: at least half of the distances must be above 0 (got {usable.mean():.0%})")
    if proxy.is_plain.mean() < 0.02:
        raise ValueError("proxy: walls, floor and ceiling must show in the view (got none to hold the estimate to)")


def shifted_and_scaled(estimate: Float64[np.ndarray, "h w"], proxy: ProxyView) -> Float64[np.ndarray, "h w"]:
    """Step 1: 1 / distance is an affine function of 1 / estimate where the shell is seen."""
    shell = proxy.is_plain & np.isfinite(proxy.near)
    weight = solid_angles(*estimate.shape)[shell]
    wanted = 1 / proxy.near[shell].astype(np.float64)
    columns = np.stack([1 / estimate[shell], np.ones(int(shell.sum()))], axis=1)
    w = weight
    best = np.zeros(2)
    for _ in range(12):
        normal = columns.T @ (columns * w[:, None])
        best = np.linalg.solve(normal + 1e-12 * np.trace(normal) * np.eye(2), columns.T @ (w * wanted))
        w = weight / (1 + ((columns @ best - wanted) / 0.06) ** 2)
    if best[0] <= 0:  # nothing but noise: keep the estimate's shape, fit its scale alone
        best = np.array([float(np.median(wanted * estimate[shell])), 0.0])
    inverse = best[0] / estimate + best[1]
    return np.asarray(1 / np.clip(inverse, 1 / 50, 1 / _LEAST))


def smoothly_scaled(
    distance: Float64[np.ndarray, "h w"],
    proxy: ProxyView,
    intervals: Intervals,
    settings: AlignmentSettings = _DEFAULT,
) -> Float64[np.ndarray, "h w"]:
    """Step 2: times a smooth field, which the shell determines and boxes help with."""
    basis, rough = _field(distance.shape, settings.field)
    target = np.where(np.isfinite(proxy.near), proxy.near, distance).astype(np.float64)
    y = np.log(target / distance).ravel()
    shell = proxy.is_plain.ravel()
    sure = solid_angles(*distance.shape).ravel() * distance.size * np.where(shell, 1.0, settings.boxes)
    weight = sure / (1 + (y / 0.15) ** 2)
    field = np.zeros(basis.shape[1])
    for _ in range(8):
        normal = basis.T @ basis.multiply(weight[:, None]) + settings.smoothness * rough
        field = splu(normal.tocsc()).solve(basis.T @ (weight * y))
        now = (distance * np.exp((basis @ field).reshape(distance.shape))).astype(np.float32)
        wanted = np.log(np.maximum(intervals.nearest(now), _LEAST) / distance).ravel()
        y = np.where(shell, y, wanted)  # inside its box a thing may be anywhere: nothing pulls
        weight = sure / (1 + ((basis @ field - y) / 0.05) ** 2)
    return np.asarray(distance * np.exp((basis @ field).reshape(distance.shape)))


def touching(
    distance: Float64[np.ndarray, "h w"],
    proxy: ProxyView,
    intervals: Intervals,
    settings: AlignmentSettings = _DEFAULT,
) -> Float64[np.ndarray, "h w"]:
    """Step 3: each thing by a factor of its own, the smallest that brings it into its box.

    Only where a good part of it is in front of its box, or behind it, is it moved as a whole, and then by what that
    part needs. Things that are boxes themselves, such as a wardrobe, have their front at the box's front.
    """
    log = np.log(distance)
    calm = ndimage.median_filter(log, 5, mode="grid-wrap")
    shell = np.log(np.maximum(np.where(np.isfinite(intervals.shell), intervals.shell, distance), _LEAST))
    near, far = (np.log(np.maximum(side.astype(np.float64), _LEAST)) for side in (proxy.near, proxy.far))
    result = log.copy()
    for number in np.unique(proxy.instance[~proxy.is_shell & (proxy.semantic > 0)]):
        mine = (proxy.instance == number) & ~proxy.is_shell
        through = np.abs(calm - shell) < np.minimum(settings.loose, 0.5 * np.abs(near - shell))
        thing = mine & ~through
        if thing.sum() < max(12, 0.2 * mine.sum()):
            continue
        if name_of(int(proxy.semantic[mine][0])) in _SOLID:
            factor = -float(np.quantile((calm - near)[thing], settings.front))
        else:
            push = float(np.quantile((near - calm)[thing], 1 - settings.reach))
            pull = float(np.median((calm - far)[thing]))
            factor = max(push, 0.0) - max(pull, 0.0)
        result[thing] += float(np.clip(factor, -0.3, 0.3))
    return np.asarray(np.exp(result))


def _field(shape: tuple[int, ...], cells: tuple[int, int]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Bilinear weights of a coarse grid at every pixel, around the seam; and its squared differences."""
    (h, w), (rows, columns) = shape, cells
    y = np.clip((np.arange(h) + 0.5) / h * (rows - 1), 0, rows - 1.001)
    x = (np.arange(w) + 0.5) / w * columns
    i, j = y.astype(np.int64), x.astype(np.int64)
    a, b = y - i, x - j
    entries = [
        (((i + di)[:, None] * columns + (j + dj)[None] % columns).ravel(), np.outer(wy, wx).ravel())
        for di, wy in ((0, 1 - a), (1, a))
        for dj, wx in ((0, 1 - b), (1, b))
    ]
    pixel = np.tile(np.arange(h * w), 4)
    where, value = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    basis = sparse.csr_matrix((value, (pixel, where)), shape=(h * w, rows * columns))
    grid = np.arange(rows * columns).reshape(rows, columns)
    pairs = np.concatenate(
        [
            np.stack([grid, np.roll(grid, -1, axis=1)], axis=-1).reshape(-1, 2),
            np.stack([grid[:-1], grid[1:]], axis=-1).reshape(-1, 2),
        ]
    )
    difference = _differences(pairs, rows * columns)
    return basis, (difference.T @ difference).tocsr()


def _differences(pairs: np.ndarray, n: int) -> sparse.csr_matrix:
    row = np.repeat(np.arange(len(pairs)), 2)
    return sparse.csr_matrix((np.tile([-1.0, 1.0], len(pairs)), (row, pairs.ravel())), shape=(len(pairs), n))


def poisson(
    distance: Float64[np.ndarray, "h w"],
    proxy: ProxyView,
    intervals: Intervals,
    settings: AlignmentSettings = _DEFAULT,
) -> Float64[np.ndarray, "h w"]:
    """Step 4: the log distance with the same gradients, but for silhouettes, held to the shell and out of the air.

    A pixel is held to the wall that the plan shows there, less the farther it is from it; and to the nearest box or
    wall where it is in the air. What stands in a box may be anywhere between its near and its far side.
    """
    h, w = distance.shape
    log = np.log(distance)
    index = np.arange(h * w).reshape(h, w)
    pairs = [np.stack([index, np.roll(index, -1, axis=1)], axis=-1), np.stack([index[:-1], index[1:]], axis=-1)]
    difference = _differences(np.concatenate([pair.reshape(-1, 2) for pair in pairs]), h * w)
    step = difference @ log.ravel()
    rigid = np.exp(-((step / settings.edge) ** 2)) + 0.002
    laplace = (difference.T @ difference.multiply(rigid[:, None])).tocsc()
    right = difference.T @ (rigid * step)
    shell = np.log(np.where(np.isfinite(intervals.shell), intervals.shell, distance)).ravel()
    x = log.ravel().copy()
    for _ in range(settings.rounds):
        now = np.exp(x).reshape(h, w).astype(np.float32)
        allowed = np.log(np.maximum(intervals.nearest(now), _LEAST)).ravel()
        near_wall = proxy.is_plain.ravel() | (np.abs(allowed - shell) < 1e-6)
        held = settings.anchor / (1 + ((x - shell) / settings.loose) ** 2) ** 2
        pulled = settings.anchor * (np.abs(allowed - x) > 1e-4)
        weight = np.where(near_wall, held, pulled) + 1e-5
        goal = np.where(near_wall, shell, allowed)
        goal = np.where(weight > 2e-5, goal, log.ravel())
        solver = splu(
            laplace + sparse.diags(weight, format="csc"), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}
        )
        x = solver.solve(right + weight * goal)
    return np.asarray(np.exp(x).reshape(h, w))


def snapped(
    distance: Float64[np.ndarray, "h w"], intervals: Intervals, settings: AlignmentSettings = _DEFAULT
) -> Float32[np.ndarray, "h w"]:
    """Step 5: onto the wall where one is within `snap`, and else to the nearest place where something may be."""
    shell = np.where(np.isfinite(intervals.shell), intervals.shell, distance)
    off = np.abs(np.log(distance / shell))
    share = np.clip(1.5 - off / max(settings.snap, 1e-9), 0, 1)
    inside = ~intervals.violated(distance.astype(np.float32), 0.0)
    share = np.where(inside, 0.0, share)  # what is in a box is not drawn to the wall behind it
    drawn = np.exp(np.log(distance) * (1 - share) + np.log(shell) * share)
    return intervals.nearest(drawn.astype(np.float32))
