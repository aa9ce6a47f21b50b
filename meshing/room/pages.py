"""The texture pages of a room: charts packed, painted with their materials, lit by the light map, with what mirrors
show.

Shell and furniture each get a page, so that neither takes the other's texels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8

from meshing.room.atlas import Layout, chart_shares, chart_uv, layout, place
from meshing.room.model import RoomPart
from meshing.room.patch import grid_normals, sampled, triangles_of
from meshing.room.pieces import Pieces
from meshing.room.surfels import OFFSET, Surfels, Tracer
from meshing.room.tone import Tone, shown, srgb

_DENSEST = 420.0  # texels per metre
_SUN_TEXELS = 2  # texels between the places where the sun is asked for
_SHARP = 0.8  # surfaces that mirror more than this show the texture, others the light map
_MOST = 0.88  # albedo in the light: nothing is whiter


@dataclass(frozen=True, eq=False)
class Painting:
    """What pages are painted from: patches, the light on samples without the sun and the sun's alone, a function
    that asks
    for the sun at other places (position, normal, side of a square), and what leaves each sample."""

    pieces: Pieces
    surfels: Surfels
    shade: Float32[np.ndarray, "surfels 3"]
    sun: Float32[np.ndarray, "surfels 3"]
    sun_at: Callable[[np.ndarray, np.ndarray, float], np.ndarray]
    tracer: Tracer
    tone: Tone
    leaving: Float32[np.ndarray, "surfels 3"]
    eye: Float64[np.ndarray, "3"]


@dataclass(frozen=True, eq=False)
class Page:
    """One page in linear display light, and where its charts lie; `charts` are patch numbers."""

    layout: Layout
    charts: list[int]
    lit: Float32[np.ndarray, "h w 3"]
    albedo: Float32[np.ndarray, "h w 3"]


def make_pages(painting: Painting, visible: Bool[np.ndarray, "patches"], size: int) -> list[Page]:
    """The pages with their pictures: first the shell's, then the furniture's where there is any."""
    pieces = painting.pieces
    shell = np.array([piece.is_shell for piece in pieces.pieces])[pieces.piece_of]
    pages = []
    for group in (shell & visible, ~shell & visible):
        charts = np.flatnonzero(group).tolist()
        if charts:
            pages.append(_page(painting, charts, size))
    _add_mirrors(painting, pages)
    return pages


def parts_of(painting: Painting, pages: Sequence[Page]) -> tuple[RoomPart, ...]:
    """The triangles of each piece with their texture coordinates."""
    pieces = painting.pieces
    made: dict[int, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {}
    page_of: dict[int, int] = {}
    for number, page in enumerate(pages):
        for chart, patch in enumerate(page.charts):
            positions, shares, faces = triangles_of(pieces.patches[patch])
            owner = int(pieces.piece_of[patch])
            made.setdefault(owner, []).append((positions, chart_uv(shares, page.layout, chart), faces))
            page_of[owner] = number
    return tuple(_part(pieces, owner, made[owner], page_of[owner]) for owner in sorted(made))


def _part(pieces: Pieces, owner: int, charts: list[tuple[np.ndarray, np.ndarray, np.ndarray]], page: int) -> RoomPart:
    starts = np.cumsum([0, *(len(positions) for positions, _, _ in charts)])
    faces = np.concatenate([faces + start for (_, _, faces), start in zip(charts, starts, strict=False)])
    positions = np.concatenate([positions for positions, _, _ in charts]).astype(np.float32)
    uv = np.concatenate([uv for _, uv, _ in charts]).astype(np.float32)
    piece = pieces.pieces[owner]
    return RoomPart(piece.name, piece.label, page, piece.is_shell, positions, faces.astype(np.int32), uv)


def _page(painting: Painting, charts: list[int], size: int) -> Page:
    pieces = painting.pieces
    lengths = np.array([pieces.patches[patch].size for patch in charts])
    fineness = np.array([pieces.surface(patch).fineness for patch in charts])
    where = layout(lengths, fineness, size, densest=_DENSEST)
    width, height = where.page
    page = Page(where, charts, np.zeros((height, width, 3), np.float32), np.zeros((height, width, 3), np.float32))
    albedo = _albedo(painting, page)
    for chart, patch in enumerate(charts):
        color = albedo[chart]
        glow = np.asarray(pieces.surface(patch).glow, np.float32)
        if glow.any():
            seen = np.clip(color * glow, 0, 1)
        else:
            seen = shown(
                np.minimum(color, _MOST) * _light_on(painting, patch, color.shape[1], color.shape[0]), painting.tone
            )
        place(page.lit, seen, where, chart)
        place(page.albedo, color, where, chart)
    return page


def _albedo(painting: Painting, page: Page) -> list[np.ndarray]:
    """The colours of each chart's texels."""
    pieces, where = painting.pieces, page.layout
    position, uv, owner = [], [], []
    for chart, patch in enumerate(page.charts):
        shares = chart_shares(int(where.width[chart]), int(where.height[chart]))
        both = np.concatenate([pieces.patches[patch].points, pieces.patches[patch].uv], axis=2)
        values = sampled(pieces.patches[patch], both, shares).astype(np.float32)
        position.append(values[:, :3])
        uv.append(values[:, 3:])
        owner.append(np.full(len(shares), patch, np.int32))
    colors = pieces.colors(np.concatenate(owner), np.concatenate(position), np.concatenate(uv)).astype(np.float32)
    ends = np.cumsum(where.width * where.height)[:-1]
    parts = np.split(colors, ends)
    return [part.reshape(int(h), int(w), 3) for part, w, h in zip(parts, where.width, where.height, strict=True)]


def _light_on(painting: Painting, patch: int, width: int, height: int) -> np.ndarray:
    """The light map of a patch at the chart's texels; where the sun draws edges, it is asked again more finely."""
    light = resized(painting.surfels.grid(painting.shade, patch), width, height)
    sun = painting.surfels.grid(painting.sun, patch)
    low, high = float(sun.min()), float(sun.max())
    if high <= 0:
        return light
    if high - low < 0.1 * high:
        return np.asarray(light + resized(sun, width, height))
    shape = painting.pieces.patches[patch]
    columns, rows = max(2, -(-width // _SUN_TEXELS)), max(2, -(-height // _SUN_TEXELS))
    shares = np.stack(
        np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows), axis=-1
    ).reshape(-1, 2)
    normal = sampled(shape, grid_normals(shape.points), shares)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    pitch = float(np.mean(np.array(shape.size) / (columns, rows)))
    position = sampled(shape, shape.points, shares)
    fine = painting.sun_at(position.astype(np.float32), normal.astype(np.float32), pitch)
    return np.asarray(light + resized(fine.reshape(rows, columns, 3), width, height))


def resized(grid: Float32[np.ndarray, "rows columns 3"], width: int, height: int) -> Float32[np.ndarray, "h w 3"]:
    """A light map at places spread from edge to edge of its chart, bilinear between the texels' centres."""
    for axis, n in ((0, height), (1, width)):
        place_ = np.clip(np.linspace(0, 1, n) * grid.shape[axis] - 0.5, 0, grid.shape[axis] - 1)
        low = np.minimum(place_.astype(np.int64), max(grid.shape[axis] - 2, 0))
        share = (place_ - low).astype(np.float32)
        share = share[:, None, None] if axis == 0 else share[None, :, None]
        high = np.minimum(low + 1, grid.shape[axis] - 1)
        grid = np.take(grid, low, axis) * (1 - share) + np.take(grid, high, axis) * share
    return grid


def _add_mirrors(painting: Painting, pages: Sequence[Page]) -> None:
    """Reflections as seen from the eye, frozen into the textures: mirrors in full, metal and glaze from the light
    map."""
    pieces = painting.pieces
    found = {patch: (page, chart) for page in pages for chart, patch in enumerate(page.charts)}
    before = [page.lit.copy() for page in pages]
    for page in pages:
        for chart, patch in enumerate(page.charts):
            amount = pieces.surface(patch).mirror
            if amount <= 0:
                continue
            width, height = int(page.layout.width[chart]), int(page.layout.height[chart])
            shares = chart_shares(width, height)
            seen = _reflected(painting, patch, shares, sharp=amount > _SHARP, found=found, pages=(pages, before))
            x, y = int(page.layout.x[chart]), int(page.layout.y[chart])
            own = page.lit[y : y + height, x : x + width]
            place(
                page.lit,
                np.clip(own * (1 - amount) + amount * seen.reshape(height, width, 3), 0, 1),
                page.layout,
                chart,
            )


def _reflected(
    painting: Painting,
    patch: int,
    shares: Float64[np.ndarray, "n 2"],
    *,
    sharp: bool,
    found: dict[int, tuple[Page, int]],
    pages: tuple[Sequence[Page], list[np.ndarray]],
) -> np.ndarray:
    shape = painting.pieces.patches[patch]
    position = sampled(shape, shape.points, shares)
    normal = sampled(shape, grid_normals(shape.points), shares)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    way = position - painting.eye
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    outgoing = way - 2 * np.einsum("nk,nk->n", way, normal)[:, None] * normal
    struck = painting.tracer.strike((position + OFFSET * normal).astype(np.float32), outgoing.astype(np.float32))
    light = shown(painting.leaving[struck.surfel], painting.tone)
    light[struck.blind] = 0
    glowing = np.array(
        [bool(np.any(painting.pieces.surface(int(k)).glow)) for k in np.unique(np.maximum(struck.patch, 0))]
    )
    bright = np.isin(np.maximum(struck.patch, 0), np.unique(np.maximum(struck.patch, 0))[glowing]) & ~struck.blind
    light[bright] = 0.85
    if sharp:
        for hit in np.unique(struck.patch[~struck.blind]):
            if int(hit) in found:
                rows = np.flatnonzero((struck.patch == hit) & ~struck.blind)
                page, chart = found[int(hit)]
                number = next(k for k, other in enumerate(pages[0]) if other is page)
                uv = chart_uv(struck.shares[rows].astype(np.float64), page.layout, chart) * page.layout.page
                column, row = np.clip(uv.astype(np.int64), 0, np.array(page.layout.page) - 1).T
                light[rows] = pages[1][number][row, column]
    return np.asarray(light, np.float32)


def pictures(
    pages: Sequence[Page],
) -> tuple[tuple[UInt8[np.ndarray, "h w 3"], ...], tuple[UInt8[np.ndarray, "h w 3"], ...]]:
    """The lit and the bare pages as sRGB."""
    return tuple(srgb(page.lit) for page in pages), tuple(srgb(page.albedo) for page in pages)
