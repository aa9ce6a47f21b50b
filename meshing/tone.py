"""One brightness for the whole surface, or that of the photos wherever they look.

A camera that turns from a window to the shade opens up: each photo has an exposure. A texture of one exposure is true
to the scene, and in the shade darker, in the light brighter than any photo shows it. Here each place gets the mean
exposure of the photos that show it, changing slowly over the surface.
"""

import numpy as np
from jaxtyping import Float32, Float64

from meshing.joined import join
from meshing.mesh import Mesh
from meshing.raster import Texels

_ROUNDS = 60  # of averaging over neighbours, so that no photo's border shows
_FEW = 1.0  # pixels in a place that the mean exposure counts as


def shown_tone(
    mesh: Mesh, total: Float32[np.ndarray, "h w 7"], texels: Texels
) -> tuple[Float32[np.ndarray, "h w 3"], Float32[np.ndarray, "h w 3"]]:
    """Gain and offset for each texel of `mesh`, from the sums over all pixels that show it: their photos' gains,
    offsets, and how many they are. `texels` is the texture's rasterization."""
    assert mesh.uv is not None
    joined = join(mesh)
    height, width = total.shape[:2]
    column, row = np.clip((mesh.uv * (width, height)).astype(np.int64), 0, (width - 1, height - 1)).T
    sums = np.stack([np.bincount(joined.weld, part) for part in total[row, column].T], axis=1)
    for _ in range(_ROUNDS):
        sums = 0.5 * (sums + joined.neighbours @ sums)
    neutral = np.repeat([1.0, 0.0], 3)
    tone = (sums[:, :6] + _FEW * neutral) / (sums[:, 6:] + _FEW)
    spread = _over_texels(tone[joined.weld][mesh.faces], texels)
    return spread[..., :3], spread[..., 3:]


def _over_texels(corners: Float64[np.ndarray, "faces 3 n"], texels: Texels) -> Float32[np.ndarray, "h w n"]:
    """Values at the corners of faces, in the texels of the faces and as far as there are others."""
    from scipy.ndimage import distance_transform_edt

    covered = texels.face >= 0
    values = np.zeros((*covered.shape, corners.shape[2]), np.float32)
    u, v = texels.u[covered], texels.v[covered]
    weights = np.stack([1 - u - v, u, v], axis=1).astype(np.float64)
    values[covered] = np.einsum("nk,nkc->nc", weights, corners[texels.face[covered]])
    rows, columns = distance_transform_edt(~covered, return_distances=False, return_indices=True)
    filled: np.ndarray = values[rows, columns]
    return filled
