"""A texture brought nearer to the photos by rendering it again and again: what is optimised is what will be seen.

Baking paints each texel once; here every pixel of every photo is a measurement of the four texels around its ray
(Embree says which surface it meets, so what is hidden stays out), and the texture that explains all of them best is
found by weighted least squares (SIRT: Gilbert 1972), with a gain and an offset per photo for its exposure. Differences
that are too large to be colour, at silhouettes and highlights, count less (Huber).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from meshing.mesh import Mesh, check_mesh
from meshing.quality import Reference
from meshing.raycast_embree import RayCaster
from meshing.refine_rays import cast_pixels, face_normals

Backend = Literal["numpy", "numba"]

_HUBER = 12.0  # levels
_SQUARELY = (
    0.1  # cosine; each pixel counts alike from there on, or the rim of things is painted as it looks from the front
)
_PRIOR = 0.3  # pixels that the baked colour counts as
_STEP = 1.4  # over-relaxation: SIRT converges up to 2


@dataclass(frozen=True, eq=False)
class Refined:
    """The mesh with its new texture, and the mean difference to the photos before and after, in levels."""

    mesh: Mesh
    before: float
    after: float
    gains: tuple[float, ...]  # of each photo, over their mean


@dataclass(frozen=True, eq=False)
class _Sight:
    """What a photo shows of the texture: where its rays meet it (-1 ... 1, as `grid_sample` counts), and the colours
    there."""

    grid: Float32[np.ndarray, "n 2"]
    seen: UInt8[np.ndarray, "n 3"]


@dataclass(eq=False)
class _Exposure:
    """What the photo shows is gain x texture + offset, per channel."""

    gain: Float32[np.ndarray, "3"]
    offset: Float32[np.ndarray, "3"]


def refine_texture(
    mesh: Mesh,
    photos: Sequence[Reference],
    *,
    rounds: int = 5,
    exposure: bool = True,
    local: bool = False,
    backend: Backend = "numba",
) -> Refined:
    """`mesh` with the texture that, rendered from the photos' cameras, is nearest to them.

    With `exposure` each photo has its own, and the texture their mean one; `local` gives each place the mean of those
    photos that show it.

    Photos are pinhole pictures, read once, one at a time; 11 bytes for each of their pixels are held. Texels that no
    pixel shows keep their colour. Raises ValueError for a mesh without a texture, or where there are no photos.
    """
    check_mesh(mesh)
    if mesh.base_color is None:
        raise ValueError("mesh.base_color: there is no texture to refine; bake one first")
    if len(photos) == 0 or rounds < 1:
        raise ValueError(f"photos, rounds: at least one of each is needed (got {len(photos)}, {rounds})")
    gather, scatter = _kernels(backend)
    caster = RayCaster(mesh.vertices, mesh.faces)
    normals = face_normals(mesh)
    sights = [_sight(mesh, photos[number], caster, normals) for number in range(len(photos))]
    first = mesh.base_color[..., :3].astype(np.float32)
    texture, exposures = first, [_Exposure(np.ones(3, np.float32), np.zeros(3, np.float32)) for _ in sights]
    errors = []
    for number in range(rounds):
        total, error = np.zeros((*first.shape[:2], 4), np.float32), []
        for sight, exposed in zip(sights, exposures, strict=True):
            if len(sight.seen) < 3:
                continue
            seen, shown = sight.seen.astype(np.float32), gather(texture, sight.grid)
            if exposure and number:
                _fit(exposed, shown, seen)
            left = seen - exposed.gain * shown - exposed.offset
            error.append(float(np.abs(left).mean()))
            trust = np.minimum(1, _HUBER / np.maximum(np.abs(left).mean(axis=1), 1e-6))
            values = np.concatenate([left / exposed.gain, np.ones_like(left[:, :1])], axis=1)
            scatter(values, trust.astype(np.float32), sight.grid, total)
        errors.append(float(np.mean(error)) if error else 0.0)
        _normalized(exposures)
        change = (total[..., :3] + _PRIOR * (first - texture)) / (total[..., 3:] + _PRIOR)
        texture = np.clip(texture + _STEP * change, 0, 255).astype(np.float32)
    if exposure and local:
        texture = _toned(mesh, texture, sights, exposures, backend)
    image = mesh.base_color.copy()
    image[..., :3] = np.rint(texture)
    gains = tuple(float(exposed.gain.mean()) for exposed in exposures)
    return Refined(replace(mesh, base_color=image), errors[0], errors[-1], gains)


def _toned(
    mesh: Mesh,
    texture: Float32[np.ndarray, "h w 3"],
    sights: list[_Sight],
    exposures: list[_Exposure],
    backend: Backend,
) -> Float32[np.ndarray, "h w 3"]:
    """The texture in the exposures of the photos that show each place of it."""
    from meshing.bake import rasterizer
    from meshing.tone import shown_tone

    assert mesh.uv is not None
    height, width = texture.shape[:2]
    total, scatter = np.zeros((height, width, 7), np.float32), _kernels(backend)[1]
    for sight, exposed in zip(sights, exposures, strict=True):
        values = np.concatenate([exposed.gain, exposed.offset, np.ones(1, np.float32)])
        pixels = np.ones((len(sight.grid), 1), np.float32)
        scatter(pixels * values, pixels[:, 0], sight.grid, total)
    gain, offset = shown_tone(mesh, total, rasterizer(backend)(mesh.uv, mesh.faces, width, height))
    toned: np.ndarray = np.clip(gain * texture + offset, 0, 255).astype(np.float32)
    return toned


def _kernels(backend: Backend) -> tuple[Callable[..., np.ndarray], Callable[..., None]]:
    if backend == "numpy":
        return drawn, spread
    from meshing import refine_numba

    return refine_numba.drawn, refine_numba.spread


def _sight(mesh: Mesh, photo: Reference, caster: RayCaster, normals: Float64[np.ndarray, "faces 3"]) -> _Sight:
    """A photo's pixels that meet the surface, without those beside an outline, whose colours mix."""
    rays = cast_pixels(mesh, photo, caster)
    counts = rays.squarely(normals, _SQUARELY)
    return _Sight((2 * rays.uv(mesh, counts) - 1).astype(np.float32), photo.image.reshape(-1, 3)[counts])


def drawn(texture: Float32[np.ndarray, "h w 3"], grid: Float32[np.ndarray, "n 2"]) -> Float32[np.ndarray, "n 3"]:
    """The texture's colours at places, bilinear; the definition of what `refine_numba.py` compiles."""
    texel, share = _texels(grid, texture.shape[:2])
    return np.asarray(np.einsum("nkc,nk->nc", texture.reshape(-1, 3)[texel], share), np.float32)


def spread(
    values: Float32[np.ndarray, "n channels"],
    weight: Float32[np.ndarray, "n"],
    grid: Float32[np.ndarray, "n 2"],
    total: Float32[np.ndarray, "h w channels"],
) -> None:
    """What `drawn` gathers, given back in place: each value to its four texels (the transpose, which is the
    gradient)."""
    height, width, channels = total.shape
    texel, share = _texels(grid, (height, width))
    for c in range(channels):
        given = (share * (weight * values[:, c])[:, None]).ravel()
        total[..., c] += np.bincount(texel.ravel(), weights=given, minlength=height * width).reshape(height, width)


def _texels(
    grid: Float32[np.ndarray, "n 2"], shape: tuple[int, int]
) -> tuple[Int64[np.ndarray, "n 4"], Float32[np.ndarray, "n 4"]]:
    """The four texels around each place, as indexes into the flattened texture, and their shares."""
    size = np.array(shape[::-1])
    place = np.clip(0.5 * ((grid + 1) * size - 1), 0, size - 1)
    low = place.astype(np.int64)
    high = np.minimum(low + 1, size - 1)
    (fx, fy), (x0, y0), (x1, y1) = (place - low).T, low.T, high.T
    texel = np.stack([y0, y0, y1, y1], axis=1) * size[0] + np.stack([x0, x1, x0, x1], axis=1)
    share = np.stack([(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy], axis=1)
    return texel, share.astype(np.float32)


def _fit(exposed: _Exposure, drawn: Float32[np.ndarray, "n 3"], seen: Float32[np.ndarray, "n 3"]) -> None:
    """The gain and offset that bring `drawn` nearest to `seen`, in place; a photo of one colour tells no gain."""
    usual = 20.0**2  # variance from which on the photo is believed
    mean_drawn, mean_seen = drawn.mean(axis=0), seen.mean(axis=0)
    together = ((drawn - mean_drawn) * (seen - mean_seen)).mean(axis=0)
    gain = (together + usual) / (drawn.var(axis=0) + usual)
    exposed.gain = np.clip(gain, 0.5, 2.0).astype(np.float32)
    exposed.offset = np.clip(mean_seen - exposed.gain * mean_drawn, -40, 40).astype(np.float32)


def _normalized(exposures: list[_Exposure]) -> None:
    """Bring the mean exposure to none, in place: the texture shall be as bright as photos are."""
    gain = np.mean([exposed.gain for exposed in exposures], axis=0)
    offset = np.mean([exposed.offset for exposed in exposures], axis=0)
    for exposed in exposures:
        exposed.gain = (exposed.gain / gain).astype(np.float32)
        exposed.offset = (exposed.offset - offset).astype(np.float32)
