"""A mesh made to fit a reader of USDZ, as `budget.py` does for GLB."""

from dataclasses import replace

import numpy as np

from meshing.budget import Fitted, Footprint, choices, read_back, resized, simplified, texture_psnr
from meshing.lods import Lods
from meshing.mesh import Mesh
from meshing.target import Target
from meshing.usdz import picture_of, usdz_bytes

_QUALITY = 92  # of a texture that needs no budget


def fit_usdz(mesh: Mesh, target: Target, *, unlit: bool = True, double_sided: bool = False) -> Fitted:
    """The USDZ of `mesh` that keeps most of its texture within `target`'s limits.

    Raises ValueError with every limit that cannot be held. `Fitted.plain` is the file itself: USDZ has one form.
    """
    lods, trade = simplified(Lods((mesh,), (0.0,)), min(len(mesh.faces), target.limits.triangles), target)
    (mesh,) = lods.meshes
    bare = len(usdz_bytes(replace(mesh, base_color=None), unlit=unlit, double_sided=double_sided))
    best, worst = None, ""
    for size, quality in _texture_choices(mesh, target):
        image = None if mesh.base_color is None else resized(mesh.base_color, size)
        stored = b"" if image is None else picture_of(image, quality).data
        over = _footprint(mesh, image, bare + len(stored)).over(target.limits)
        if over:
            worst = "; ".join(over)
            continue
        psnr = None if mesh.base_color is None else texture_psnr(mesh.base_color, read_back(stored, "jpeg"))
        if best is None or (psnr is not None and psnr > best[0]):
            best = (psnr or 0.0, psnr, image, quality)
    if best is None:
        raise ValueError(f"{target.name}: does not fit ({worst})")
    _, psnr, image, quality = best
    data = usdz_bytes(replace(mesh, base_color=image), unlit=unlit, double_sided=double_sided, quality=quality)
    asks = _footprint(mesh, image, len(data))
    if over := asks.over(target.limits):
        raise ValueError(f"{target.name}: does not fit ({'; '.join(over)})")
    if image is not None and mesh.base_color is not None:
        sizes = " -> ".join(f"{x.shape[1]} x {x.shape[0]}" for x in (mesh.base_color, image))
        trade = [*trade, f"texture {sizes}, quality {quality}: {psnr:.1f} dB"]
    return Fitted(data, asks, tuple(trade), data, psnr)


def _texture_choices(mesh: Mesh, target: Target) -> list[tuple[int, int]]:
    """Sizes and JPEG qualities, best first; of a transparent texture, stored as PNG, sizes alone."""
    if mesh.base_color is None:
        return [(0, _QUALITY)]
    wanted = "png" if mesh.base_color.shape[2] == 4 else "jpeg"
    found = [(one.size, one.quality) for one in choices(mesh.base_color, target) if one.encoding == wanted]
    return list(dict.fromkeys(found))


def _footprint(mesh: Mesh, image: np.ndarray | None, file_bytes: int) -> Footprint:
    """Textures take 4 bytes a texel on a GPU, and a third more for mip levels."""
    rows = [array for array in (mesh.vertices, mesh.normals, mesh.uv) if array is not None]
    gpu = sum(array.nbytes for array in rows) + mesh.faces.nbytes
    side = 0
    if image is not None:
        gpu, side = gpu + image.shape[0] * image.shape[1] * 16 // 3, max(image.shape[:2])
    return Footprint(len(mesh.faces), 1, side, gpu, file_bytes)
