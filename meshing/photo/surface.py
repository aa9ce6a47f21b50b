"""From filled layers to a textured mesh: few triangles on flat parts, full resolution along cuts."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64

from meshing.mesh import Mesh, ViewingVolume
from meshing.photo.atlas import Atlas, pack
from meshing.photo.layers import STEPS, Layers, PhotoView
from meshing.simplify import reduced

Backend = Literal["numba", "numpy"]


def viewing_volume(view: PhotoView) -> ViewingVolume:
    """The ball around the photo's viewpoint that hidden surfaces were grown for."""
    return ViewingVolume((0.0, 0.0, 0.0), view.reach)


def mesh_photo(
    layers: Layers,
    *,
    tolerance: float = 0.5,
    budget: int | None = 200_000,
    backend: Backend = "numba",
) -> Mesh:
    """The layers as triangles seen from the origin along -z, y up, with the photo and its hidden parts as texture.

    Squares whose disparity is bilinear within `tolerance` pixels become few triangles, cuts keep their full resolution.
    Where that leaves more than `budget` triangles the tolerance is doubled once, and then edges are collapsed, which
    straightens cuts: on the Motorcycle 244k triangles became 150k and 100k without a loss (24.82 dB each; 911k: 24.83),
    while doubling the tolerance again cost 0.1 dB and stopped at 207k. `tolerance` 0 keeps every pixel.
    """
    if not layers.filled:
        raise ValueError("layers: hidden pixels have no colours yet; fill them before meshing")
    if backend == "numba":
        from meshing.photo.charts_numba import charts
    else:
        from meshing.photo.charts import charts
    places = _placed(layers, pack(layers, charts))
    faces = _texel_faces(layers, places, tolerance, backend)
    if tolerance > 0 and budget and len(faces) > budget:
        faces = _texel_faces(layers, places, 2 * tolerance, backend)
    mesh = _mesh(layers, places.atlas, faces)
    return reduced(mesh, budget) if tolerance > 0 and budget else mesh


@dataclass(frozen=True, eq=False)
class _Places:
    """What every tolerance starts from: each pixel's own texel, which texels are such, and links between them."""

    atlas: Atlas
    home: Int64[np.ndarray, "pixels"]
    own: Bool[np.ndarray, "h w"]
    right: Bool[np.ndarray, "h w"]
    down: Bool[np.ndarray, "h w"]
    disparity: Float32[np.ndarray, "h w"]


def _placed(layers: Layers, atlas: Atlas) -> _Places:
    offset = np.vstack([atlas.offset, [[0, 0]]])[atlas.chart]
    home = (layers.y + offset[:, 1]) * atlas.pixel.shape[1] + layers.x + offset[:, 0]
    own = np.zeros(atlas.pixel.shape, bool)
    own.flat[home] = True
    right, down = _links_in_atlas(layers, atlas, own)
    disparity = np.where(own, layers.disparity[atlas.pixel], 0).astype(np.float32)
    return _Places(atlas, home, own, right, down, disparity)


def _texel_faces(layers: Layers, places: _Places, tolerance: float, backend: Backend) -> Int64[np.ndarray, "faces 3"]:
    if backend == "numba":
        from meshing.photo.quadtree_numba import blocks, triangles
    else:
        from meshing.photo.quadtree import blocks, triangles
    covered = np.zeros(places.own.shape, bool)
    squares = np.zeros((0, 3), np.int64)
    if tolerance > 0:
        squares, covered = blocks(places.disparity, places.right, places.down, tolerance)
    open_ = ~covered.ravel()[places.home]
    fine = _in_atlas(layers, places, cells(layers.neighbours, open_))
    used = np.zeros(places.own.shape, bool)
    used.flat[places.home[_pixels(places.atlas, fine)].ravel()] = True
    used.flat[fine.ravel()] = True
    if layers.view.all_around:  # the same corners on both sides of the seam behind the viewer
        used[: layers.view.height, [0, layers.view.width - 1]] = True
    return np.concatenate([triangles(squares, used), fine])


def _pixels(atlas: Atlas, texels: Int64[np.ndarray, "faces 3"]) -> np.ndarray:
    return np.asarray(atlas.pixel.ravel()[texels])


def _links_in_atlas(
    layers: Layers, atlas: Atlas, own: Bool[np.ndarray, "h w"]
) -> tuple[Bool[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    right, down = np.zeros((2, *own.shape), bool)
    pixel = atlas.pixel
    right[:, :-1] = own[:, :-1] & own[:, 1:] & (layers.neighbours[pixel[:, :-1], 0] == pixel[:, 1:])
    down[:-1] = own[:-1] & own[1:] & (layers.neighbours[pixel[:-1], 1] == pixel[1:])
    return right, down


def cells(neighbours: Int32[np.ndarray, "pixels 4"], open_: Bool[np.ndarray, "pixels"]) -> Int64[np.ndarray, "faces 3"]:
    """Triangles between linked pixels, counter-clockwise as seen from the camera.

    A cell is a pixel with those to the right, below, and right below. Three or four links make two triangles, two
    that meet in a pixel make one. `open_` marks the pixels right above whose cell is to be drawn.
    """
    links = np.vstack([neighbours, np.full((1, 4), -1, np.int32)])  # so that "no pixel" has no neighbours
    p = np.flatnonzero(open_)
    right, below = links[p, 0], links[p, 1]
    over, under = links[right, 1], links[below, 0]  # the pixel right below, by either way
    faces = []
    both = (right >= 0) & (below >= 0)
    far = np.where(over >= 0, over, under)
    quad = both & (far >= 0)
    faces += [(p[quad], below[quad], right[quad]), (right[quad], below[quad], far[quad])]
    corner = both & (far < 0)
    faces += [(p[corner], below[corner], right[corner])]
    split = both & (over >= 0) & (under >= 0) & (over != under)
    faces += [(right[split], below[split], under[split])]
    left = (right < 0) & (below >= 0) & (under >= 0)
    opposite = links[under, 3]
    quad = left & (opposite >= 0)
    faces += [(p[quad], below[quad], opposite[quad]), (opposite[quad], below[quad], under[quad])]
    corner = left & (opposite < 0)
    faces += [(p[corner], below[corner], under[corner])]
    top = (below < 0) & (right >= 0) & (over >= 0)
    opposite = links[over, 2]
    quad = top & (opposite >= 0)
    faces += [(p[quad], opposite[quad], right[quad]), (right[quad], opposite[quad], over[quad])]
    corner = top & (opposite < 0)
    faces += [(p[corner], over[corner], right[corner])]
    faces += [_far_corners(links)]
    return np.concatenate([np.stack(np.broadcast_arrays(*face), axis=1) for face in faces]).astype(np.int64)


def _far_corners(links: Int32[np.ndarray, "pixels 4"]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Triangles of cells in which only the pixel right below is linked to the two beside it."""
    q = np.arange(len(links) - 1)
    up, left = links[q, 3], links[q, 2]
    alone = (up >= 0) & (left >= 0) & (links[up, 2] < 0) & (links[left, 3] < 0)
    return q[alone], up[alone], left[alone]


def _in_atlas(layers: Layers, places: _Places, faces: Int64[np.ndarray, "faces 3"]) -> Int64[np.ndarray, "faces 3"]:
    """Each corner's texel, all three in one chart: the photo's, or that of one of the hidden corners."""
    atlas = places.atlas
    home: np.ndarray = places.home[faces]
    hidden = np.flatnonzero((faces >= layers.n_photo).any(axis=1))  # most faces lie in the photo alone
    if len(hidden):
        home[hidden] = _in_hidden_charts(layers, atlas, faces[hidden], home[hidden])
    return home


def _in_hidden_charts(
    layers: Layers, atlas: Atlas, faces: Int64[np.ndarray, "faces 3"], home: Int64[np.ndarray, "faces 3"]
) -> Int64[np.ndarray, "faces 3"]:
    chart = atlas.chart[faces]
    texels = np.full(faces.shape, -1, np.int64)
    best = np.full(len(faces), -1)
    for candidate in range(3):
        of = chart[:, candidate].astype(np.int64)
        here = np.stack([atlas.texel(layers, faces[:, k], of) for k in range(3)], axis=1)
        found = np.where(of >= 0, (here >= 0).sum(axis=1), -1)
        better = found > best
        texels[better], best = here[better], np.maximum(found, best)
    return np.asarray(np.where(texels >= 0, texels, home))


def _mesh(layers: Layers, atlas: Atlas, faces: Int64[np.ndarray, "faces 3"]) -> Mesh:
    height, width = atlas.pixel.shape
    texels, corners = np.unique(faces, return_inverse=True)
    pixels = atlas.pixel.ravel()[texels]
    nudge = nudges(layers)[pixels]
    center = np.stack([texels % width, texels // width], axis=1) + 0.5
    uv = (center + nudge) / (width, height)
    corners = corners.reshape(faces.shape).astype(np.int32)
    if layers.view.all_around:  # the first and the last row meet in one point
        row = layers.y[pixels[corners]]
        end = (row == 0) | (row == layers.view.height - 1)
        corners = corners[end.sum(axis=1) < 2]
    return Mesh(
        positions(layers, pixels, nudge).astype(np.float32),
        corners,
        uv=uv.astype(np.float32),
        base_color=atlas.texture,
        name=layers.name,
        capture_from_mesh=np.diag([1.0, -1.0, -1.0, 1.0]),
        unit="metre" if layers.view.metric else "unknown",
        licences=layers.licences,
        viewing=viewing_volume(layers.view),
    )


def positions(
    layers: Layers, pixels: Int32[np.ndarray, "n"], nudge: Float64[np.ndarray, "n 2"]
) -> Float64[np.ndarray, "n 3"]:
    """Points in glTF's axes: the camera in the origin looks along -z, y is up."""
    column, row = layers.x[pixels] + 0.5 + nudge[:, 0], layers.y[pixels] + 0.5 + nudge[:, 1]
    return layers.view.points(column, row, layers.disparity[pixels])


def nudges(layers: Layers) -> Float64[np.ndarray, "pixels 2"]:
    """How far each vertex is moved from its pixel's centre: half a pixel out where a near surface or the photo ends.

    Without it every silhouette would lose half a pixel, and the photo's own rim, too.
    """
    free = layers.neighbours < 0
    n_photo = layers.n_photo
    front = np.zeros(free.shape, bool)
    inside: np.ndarray = np.zeros(free.shape, bool)
    for k, (dx, dy) in enumerate(STEPS):
        u, v = layers.x + dx, layers.y + dy
        inside[:, k] = (u >= 0) & (u < layers.view.width) & (v >= 0) & (v < layers.view.height)
        beside = np.where(inside[:, k], v * layers.view.width + u, 0)
        front[:n_photo, k] = layers.disparity[beside[:n_photo]] < layers.disparity[:n_photo]
    out = free & (front | ~inside)
    return 0.5 * np.stack([out[:, 0] & ~out[:, 2], out[:, 1] & ~out[:, 3]], axis=1) - 0.5 * np.stack(
        [out[:, 2] & ~out[:, 0], out[:, 3] & ~out[:, 1]], axis=1
    )
