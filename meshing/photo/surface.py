"""From filled layers to a textured mesh: few triangles on flat parts, full resolution along cuts."""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from meshing.mesh import Mesh, ViewingVolume
from meshing.photo.atlas import Atlas, pack
from meshing.photo.layers import STEPS, Layers, PhotoView

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

    Squares whose disparity is bilinear within `tolerance` pixels become few triangles. Where that leaves more than
    `budget` triangles the tolerance is doubled, up to four times: cuts keep their full resolution whatever the budget
    says. `tolerance` 0 keeps every pixel.
    """
    if not layers.filled:
        raise ValueError("layers: hidden pixels have no colours yet; fill them before meshing")
    if backend == "numba":
        from meshing.photo.charts_numba import charts
    else:
        from meshing.photo.charts import charts
    atlas = pack(layers, charts)
    faces = _texel_faces(layers, atlas, tolerance, backend)
    for doubled in range(1, 5 if budget and tolerance > 0 else 1):
        if len(faces) <= (budget or 0):
            break
        faces = _texel_faces(layers, atlas, tolerance * 2**doubled, backend)
    return _mesh(layers, atlas, faces)


def _texel_faces(layers: Layers, atlas: Atlas, tolerance: float, backend: Backend) -> Int64[np.ndarray, "faces 3"]:
    if backend == "numba":
        from meshing.photo.quadtree_numba import blocks, triangles
    else:
        from meshing.photo.quadtree import blocks, triangles
    own = _own(layers, atlas)
    covered = np.zeros(own.shape, bool)
    squares = np.zeros((0, 3), np.int64)
    if tolerance > 0:
        right, down = _links_in_atlas(layers, atlas, own)
        disparity = np.where(own, layers.disparity[atlas.pixel], 0).astype(np.float32)
        squares, covered = blocks(disparity, right, down, tolerance)
    open_ = ~covered.ravel()[_home(layers, atlas)]
    fine = _in_atlas(layers, atlas, cells(layers.neighbours, open_))
    used = np.zeros(own.shape, bool)
    used.flat[_home(layers, atlas)[_pixels(atlas, fine)].ravel()] = True
    used.flat[fine.ravel()] = True
    return np.concatenate([triangles(squares, used), fine])


def _pixels(atlas: Atlas, texels: Int64[np.ndarray, "faces 3"]) -> np.ndarray:
    return np.asarray(atlas.pixel.ravel()[texels])


def _home(layers: Layers, atlas: Atlas) -> Int64[np.ndarray, "pixels"]:
    """The texel of each pixel's own chart."""
    offset = np.vstack([atlas.offset, [[0, 0]]])[atlas.chart]
    return np.asarray((layers.y + offset[:, 1]) * atlas.pixel.shape[1] + layers.x + offset[:, 0])


def _own(layers: Layers, atlas: Atlas) -> Bool[np.ndarray, "h w"]:
    """Texels that are some pixel's home, not a repeated rim."""
    own = np.zeros(atlas.pixel.shape, bool)
    own.flat[_home(layers, atlas)] = True
    return own


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


def _in_atlas(layers: Layers, atlas: Atlas, faces: Int64[np.ndarray, "faces 3"]) -> Int64[np.ndarray, "faces 3"]:
    """Each corner's texel, all three in one chart: the photo's, or that of one of the hidden corners."""
    chart = atlas.chart[faces]
    texels = np.full(faces.shape, -1, np.int64)
    best = np.full(len(faces), -1)
    for candidate in range(3):
        of = chart[:, candidate].astype(np.int64)
        usable = (of >= 0) | (chart.max(axis=1) < 0)
        here = np.stack([atlas.texel(layers, faces[:, k], of) for k in range(3)], axis=1)
        found = np.where(usable, (here >= 0).sum(axis=1), -1)
        better = found > best
        texels[better], best = here[better], np.maximum(found, best)
    home = _home(layers, atlas)[faces]
    return np.where(texels >= 0, texels, home)


def _mesh(layers: Layers, atlas: Atlas, faces: Int64[np.ndarray, "faces 3"]) -> Mesh:
    height, width = atlas.pixel.shape
    texels, corners = np.unique(faces, return_inverse=True)
    pixels = atlas.pixel.ravel()[texels]
    nudge = nudges(layers)[pixels]
    center = np.stack([texels % width, texels // width], axis=1) + 0.5
    uv = (center + nudge) / (width, height)
    return Mesh(
        positions(layers, pixels, nudge).astype(np.float32),
        corners.reshape(faces.shape).astype(np.int32),
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
    view = layers.view
    depth = view.depth(layers.disparity[pixels])
    x = (layers.x[pixels] + 0.5 + nudge[:, 0] - view.width / 2) * depth / view.focal
    y = (layers.y[pixels] + 0.5 + nudge[:, 1] - view.height / 2) * depth / view.focal
    return np.stack([x, -y, -depth], axis=1)


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
