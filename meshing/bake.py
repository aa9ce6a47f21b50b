"""A texture for an unwrapped mesh, painted from photographs or from any function that gives colours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8

from meshing.clean import face_areas
from meshing.levelling import corrections
from meshing.mesh import Mesh, check_mesh
from meshing.raster import Texels
from meshing.raycast_embree import RayCaster
from meshing.render import sample_bilinear
from meshing.view_choice import Choice, choose_views
from meshing.views import Photo, at_pixels, pixels_of, smooth, visible

Backend = Literal["numpy", "numba"]
_AT_ONCE = 1 << 16  # texels whose colours are asked for at once: they stay in the processor's cache


@dataclass(frozen=True)
class BakeReport:
    """How the texture came about."""

    width: int
    height: int
    covered: int  # texels that belong to a face
    filled_share: float  # of those, how many no photo showed
    texels_per_unit: float  # along a line on the surface
    n_views: int  # photos that painted something
    seam_before: float  # mean sRGB step where photos meet
    seam_after: float


@dataclass(frozen=True, eq=False)
class Baked:
    """The mesh with its `base_color`."""

    mesh: Mesh
    report: BakeReport


@dataclass(frozen=True, eq=False)
class _Surface:
    """The mesh with vertices at the same place made one, and its covered texels in a row."""

    vertices: Float64[np.ndarray, "vertices 3"]
    faces: Int64[np.ndarray, "faces 3"]
    texel: Int64[np.ndarray, "texels"]  # index into the flattened texture
    face: Int64[np.ndarray, "texels"]
    weights: Float64[np.ndarray, "texels 3"]  # barycentric

    def at(self, values: np.ndarray, index: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Values given per vertex, at texels."""
        corners = values[self.faces[self.face[index]]]
        found: np.ndarray = np.einsum("nk,nk...->n...", self.weights[index], corners)
        return found


def bake_photos(
    mesh: Mesh,
    width: int,
    height: int,
    photos: Sequence[Photo],
    *,
    slack: float = 0.01,
    level: bool = True,
    backend: Backend = "numba",
) -> Baked:
    """`mesh` with a texture painted from `photos`, which are read twice and one at a time.

    Each patch of the surface takes the photo that shows it best; where patches meet, photos fade into each other
    across a face and, with `level`, are brought to the same brightness. What no photo shows continues its
    surroundings. A point counts as hidden when something stands more than `slack` of its distance before it.
    """
    _check(mesh, width, height, photos)
    surface = _surface(mesh, width, height, backend)
    caster = RayCaster(mesh.vertices, mesh.faces)
    choice = choose_views(surface.vertices, surface.faces, photos, caster, slack=slack)
    paint = _Paint.of(surface, choice)
    seam = (0.0, 0.0)
    shift = np.zeros((len(paint.vertex), 3))
    if len(paint.vertex):
        color = _vertex_colors(surface, paint, photos)
        shift = (
            corrections(paint.vertex, paint.view, color, _edges(surface.faces), len(surface.vertices))
            if level
            else shift
        )
        seam = (_seam(paint, color), _seam(paint, color + shift))
    total, mass = np.zeros((len(surface.texel), 3)), np.zeros(len(surface.texel))
    for number in np.unique(paint.view):
        _paint_view(surface, paint, shift, choice, int(number), photos[int(number)], caster, slack, total, mass)
    return _finish(mesh, surface, total, mass, (width, height), len(np.unique(paint.view)), seam)


def bake_function(
    mesh: Mesh,
    width: int,
    height: int,
    color: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    backend: Backend = "numba",
) -> Baked:
    """`mesh` with a texture of `color(points, normals)`, both (n, 3), in sRGB 0 ... 255 with NaN for unknown."""
    _check(mesh, width, height, [None])
    surface = _surface(mesh, width, height, backend)
    a, b, c = (surface.vertices[surface.faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    total, mass = np.zeros((len(surface.texel), 3)), np.zeros(len(surface.texel))
    for start in range(0, len(surface.texel), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        found = np.asarray(color(surface.at(surface.vertices, part), normal[surface.face[part]]), np.float64)
        known = np.asarray(np.isfinite(found).all(axis=1))
        total[part], mass[part] = found if known.all() else np.where(known[:, None], found, 0.0), known
    return _finish(mesh, surface, total, mass, (width, height), 0, (0.0, 0.0))


def bake_vertex_colors(mesh: Mesh, width: int, height: int, *, backend: Backend = "numba") -> Baked:
    """`mesh` with a texture of its own vertex colours, for readers that show none."""
    _check(mesh, width, height, [None])
    if mesh.vertex_colors is None:
        raise ValueError("mesh.vertex_colors: there are none to bake into a texture")
    surface = _surface(mesh, width, height, backend)
    corners = mesh.vertex_colors[mesh.faces[surface.face]].astype(np.float64)  # (texels, 3, 3)
    color = np.einsum("nk,nkc->nc", surface.weights, corners)
    return _finish(mesh, surface, color, np.ones(len(color)), (width, height), 0, (0.0, 0.0))


def _check(mesh: Mesh, width: int, height: int, photos: Sequence[object]) -> None:
    check_mesh(mesh)
    if mesh.uv is None:
        raise ValueError("mesh.uv: a texture needs coordinates; unwrap the mesh first")
    if not (1 <= width <= 16384 and 1 <= height <= 16384):
        raise ValueError(f"texture: must be 1 to 16384 texels a side (got {width} by {height})")
    if len(photos) == 0:
        raise ValueError("photos: at least one is needed (got none)")


def _surface(mesh: Mesh, width: int, height: int, backend: Backend) -> _Surface:
    assert mesh.uv is not None
    texels = rasterizer(backend)(mesh.uv, mesh.faces, width, height)
    vertices, weld = np.unique(mesh.vertices, axis=0, return_inverse=True)
    faces = weld.ravel()[mesh.faces].astype(np.int64)
    texel = np.flatnonzero(texels.face.ravel() >= 0)
    u, v = (part.ravel()[texel].astype(np.float64) for part in (texels.u, texels.v))
    face = texels.face.ravel()[texel].astype(np.int64)
    return _Surface(vertices.astype(np.float64), faces, texel, face, np.stack([1 - u - v, u, v], axis=1))


def rasterizer(backend: Backend) -> Callable[..., Texels]:
    """Which face each texel belongs to, in numpy or compiled."""
    if backend == "numpy":
        from meshing.raster import rasterize

        return rasterize
    from meshing.raster_numba import rasterize as compiled

    return compiled


@dataclass(frozen=True, eq=False)
class _Paint:
    """Which photos paint around which vertices, and how much: rows of (vertex, view, weight); weights sum to 1."""

    vertex: Int64[np.ndarray, "n"]
    view: Int64[np.ndarray, "n"]
    weight: Float64[np.ndarray, "n"]

    @classmethod
    def of(cls, surface: _Surface, choice: Choice) -> "_Paint":
        n = len(surface.vertices)
        has = choice.label >= 0
        key = choice.label[has, None].astype(np.int64) * n + surface.faces[has]
        key, count = np.unique(key, return_counts=True)
        view, vertex = np.divmod(key, n)
        around = np.bincount(vertex, weights=count, minlength=n)
        return cls(vertex, view, count / around[vertex])

    def per_vertex(self, view: int, n_vertices: int, values: np.ndarray) -> np.ndarray:
        """Rows of one view spread to all vertices, 0 elsewhere."""
        mine = self.view == view
        spread = np.zeros((n_vertices, *values.shape[1:]))
        spread[self.vertex[mine]] = values[mine]
        return spread


def _vertex_colors(surface: _Surface, paint: _Paint, photos: Sequence[Photo]) -> Float64[np.ndarray, "n 3"]:
    """The colour that each painting photo has around its vertices."""
    color = np.zeros((len(paint.vertex), 3))
    for number in np.unique(paint.view):
        mine = np.flatnonzero(paint.view == number)
        photo = photos[int(number)]
        pixels, _ = pixels_of(photo.view, surface.vertices[paint.vertex[mine]])
        color[mine] = at_pixels(smooth(photo.image, 5), np.nan_to_num(pixels))
    return color


def _edges(faces: Int64[np.ndarray, "faces 3"]) -> Int64[np.ndarray, "edges 2"]:
    return np.unique(np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1), axis=0)


def _seam(paint: _Paint, color: Float64[np.ndarray, "n 3"]) -> float:
    order = np.lexsort((paint.view, paint.vertex))
    meet = paint.vertex[order][1:] == paint.vertex[order][:-1]
    steps = np.abs(np.diff(color[order], axis=0))[meet]
    return float(steps.mean()) if len(steps) else 0.0


def _paint_view(
    surface: _Surface,
    paint: _Paint,
    shift: Float64[np.ndarray, "n 3"],
    choice: Choice,
    number: int,
    photo: Photo,
    caster: RayCaster,
    slack: float,
    total: Float64[np.ndarray, "texels 3"],
    mass: Float64[np.ndarray, "texels"],
) -> None:
    """Add one photo's colours to the texels it paints, in place."""
    weight = paint.per_vertex(number, len(surface.vertices), paint.weight)
    painted = (weight[surface.faces] > 0).any(axis=1) & (choice.score[number] > 0)
    index = np.flatnonzero(painted[surface.face])
    points = surface.at(surface.vertices, index)
    pixels, inside = pixels_of(photo.view, points)
    seen = visible(photo.view, points, inside, caster, slack=slack)
    index, pixels = index[seen], pixels[seen]
    share = surface.at(weight, index)
    color = sample_bilinear(photo.image, pixels)
    color += surface.at(paint.per_vertex(number, len(surface.vertices), shift), index)
    total[index] += share[:, None] * color
    mass[index] += share


def _finish(
    mesh: Mesh,
    surface: _Surface,
    total: Float64[np.ndarray, "texels 3"],
    mass: Float64[np.ndarray, "texels"],
    size: tuple[int, int],
    n_views: int,
    seam: tuple[float, float],
) -> Baked:
    """Divide, fill what is missing, draw colours out over the gutters, count."""
    width, height = size
    known = mass > 1e-6
    color = np.divide(total, mass[:, None], where=known[:, None], out=total)
    if not known.all():
        vertex_colors = _continued(surface, color, known)
        missing = np.flatnonzero(~known)
        color[missing] = surface.at(vertex_colors, missing)
    image = np.zeros((height * width, 3), np.uint8)
    np.rint(np.clip(color, 0, 255, out=color), out=color)
    image[surface.texel] = color.astype(np.uint8)
    covered = np.zeros(height * width, bool)
    covered[surface.texel] = True
    image = _dilated(image.reshape(height, width, 3), covered.reshape(height, width))
    area = float(face_areas(mesh).sum())
    density = float(np.sqrt(len(surface.texel) / max(area, 1e-30)))
    missing_share = float(1 - known.mean()) if len(known) else 1.0
    report = BakeReport(width, height, len(surface.texel), missing_share, density, n_views, *seam)
    return Baked(replace(mesh, base_color=image), report)


def _continued(
    surface: _Surface, color: Float64[np.ndarray, "texels 3"], known: Bool[np.ndarray, "texels"]
) -> Float64[np.ndarray, "vertices 3"]:
    """A colour for every vertex: the mean of its painted texels, else a smooth continuation over the surface."""
    from scipy.sparse import coo_array, diags_array
    from scipy.sparse.linalg import splu

    n = len(surface.vertices)
    corner, weight = surface.faces[surface.face[known]].ravel(), surface.weights[known].clip(0).ravel() + 1e-9
    painted = np.repeat(color[known], 3, axis=0)
    mass = np.bincount(corner, weights=weight, minlength=n)
    found = np.stack([np.bincount(corner, weights=weight * painted[:, c], minlength=n) for c in range(3)], axis=1)
    overall = color[known].mean(axis=0) if known.any() else np.full(3, 128.0)
    edges = _edges(surface.faces)
    ends = np.concatenate([edges, edges[:, ::-1]])
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
    # Each vertex is the mean of its neighbours, held by its texels, and by a hair by the overall mean.
    hold = np.where(mass > 0, 1e6, 1e-9)
    target = np.where((mass > 0)[:, None], found / np.maximum(mass, 1e-30)[:, None], overall)
    laplace = diags_array(np.asarray(graph.sum(axis=1)).ravel() + hold) - graph
    solved: np.ndarray = splu(laplace.tocsc()).solve(hold[:, None] * target)
    return solved


def _dilated(image: UInt8[np.ndarray, "h w 3"], covered: Bool[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w 3"]:
    """Every uncovered texel takes the colour of the nearest covered one, so that no filter or mip level finds black."""
    from scipy.ndimage import distance_transform_edt

    if covered.all() or not covered.any():
        return image
    rows, columns = distance_transform_edt(~covered, return_distances=False, return_indices=True)
    filled: np.ndarray = image[rows, columns]
    return filled
