"""Texture coordinates for a mesh: charts that overlap nowhere, packed into one picture, by xatlas."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64, Int32, Int64

from meshing.clean import components, face_areas, keep_faces
from meshing.mesh import Mesh, check_mesh
from meshing.morton import welded

_PIECE = 6000  # faces; cutting 100 000 faces into such pieces takes a quarter of the time and makes fewer charts


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """The mesh with `uv` and with seam vertices doubled, the texture's size, and how well it is used."""

    mesh: Mesh
    width: int
    height: int
    n_charts: int
    utilization: float  # share of the texture that charts cover


def unwrap(mesh: Mesh, size: int = 2048, *, padding: int = 4) -> Unwrapped:
    """`mesh` with texture coordinates for a picture of at most `size` by `size`, `padding` texels between charts.

    Faces without area are dropped; other attributes go with their vertices. Raises ValueError where the mesh has no
    area or more loose pieces than the texture has room for.
    """
    import xatlas

    check_mesh(mesh)
    if size < 64:
        raise ValueError(f"size: a texture needs at least 64 texels a side (got {size})")
    mesh = keep_faces(mesh, face_areas(mesh) > 0)
    if len(mesh.faces) == 0:
        raise ValueError("mesh: has no face with an area, so there is nothing to unwrap")
    _check_room(mesh, size, padding)
    centers = mesh.vertices[mesh.faces].mean(axis=1, dtype=np.float64)
    atlas = xatlas.Atlas()
    used = []
    for piece in _pieces(centers, np.arange(len(centers)), _PIECE):
        vertices, faces = np.unique(mesh.faces[piece], return_inverse=True)
        positions = np.ascontiguousarray(mesh.vertices[vertices])
        atlas.add_mesh(positions, np.ascontiguousarray(faces.reshape(-1, 3).astype(np.uint32)))
        used.append(vertices)
    options = xatlas.PackOptions()
    options.resolution, options.padding, options.bilinear = size, padding, True
    atlas.generate(xatlas.ChartOptions(), options)
    return _collect(mesh, atlas, used, size)


def _check_room(mesh: Mesh, size: int, padding: int) -> None:
    """Every loose piece is a chart, and takes at least a texel and the padding on two sides of it."""
    most = (size // (1 + padding)) ** 2
    if len(mesh.faces) <= most:
        return
    corners = welded(mesh.vertices)[1][mesh.faces].astype(np.int32)
    n_pieces = len(np.unique(components(corners, len(mesh.vertices))))
    if n_pieces > most:
        raise ValueError(
            f"size: a texture of {size} texels has room for {most:,} loose pieces with {padding} texels between them "
            f"(got a mesh of {n_pieces:,}); leave out small pieces, or simplify the mesh"
        )


def _collect(mesh: Mesh, atlas, used: list[Int32[np.ndarray, "_"]], size: int) -> Unwrapped:  # type: ignore[no-untyped-def]
    sources, faces, uv, count = [], [], [], 0
    for number, vertices in enumerate(used):
        source, index, coordinates = atlas.get_mesh(number)
        sources.append(vertices[source])
        faces.append(index.astype(np.int64) + count)
        uv.append(coordinates)
        count += len(source)
    source = np.concatenate(sources)
    rows = {key: getattr(mesh, key) for key in ("vertices", "vertex_colors", "normals")}
    rows = {key: array[source] for key, array in rows.items() if array is not None}
    corners = np.concatenate(faces).astype(np.int32)
    texture = np.clip(np.concatenate(uv), 0, 1).astype(np.float32)
    unwrapped = replace(mesh, faces=corners, uv=texture, base_color=None, **rows)
    shrink = min(1.0, size / max(atlas.width, atlas.height))
    width, height = (max(1, round(side * shrink)) for side in (atlas.width, atlas.height))
    return Unwrapped(unwrapped, width, height, int(atlas.chart_count), float(atlas.get_utilization(0)))


def _pieces(
    centers: Float64[np.ndarray, "faces 3"], faces: Int64[np.ndarray, "n"], most: int
) -> list[Int64[np.ndarray, "_"]]:
    """The faces cut into halves along the longest side of their box until no piece has more than `most`."""
    if len(faces) <= most:
        return [np.sort(faces)]
    axis = np.ptp(centers[faces], axis=0).argmax()
    order = faces[np.argsort(centers[faces, axis], kind="stable")]
    half = len(order) // 2
    return _pieces(centers, order[:half], most) + _pieces(centers, order[half:], most)
