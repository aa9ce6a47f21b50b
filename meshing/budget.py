"""A mesh made to fit a reader: the best-looking file inside all of its limits, or the reason why there is none."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from meshing.gltf.model import Encoding, Json, Scene, Texture
from meshing.gltf.scene import scene_of
from meshing.gltf.writer import encoded, glb_bytes
from meshing.mesh import Mesh
from meshing.simplify import simplify
from meshing.target import Limits, Target

_QUALITIES = (95, 90, 85, 80, 70, 60)
_HEAVY = 0.25  # the share of a limit from which fewer triangles are tried
_FEWEST = 200  # triangles; a shape of fewer is no longer the one it was
_SMALLEST = 256  # texels a side; below that a texture is no longer the picture it was


@dataclass(frozen=True)
class Footprint:
    """What a file asks of its reader; the names are those of `Limits`."""

    triangles: int
    draw_calls: int
    texture_size: int
    gpu_bytes: int
    file_bytes: int

    def over(self, limits: Limits) -> list[str]:
        """One phrase for each limit that does not hold."""
        pairs = [(name, getattr(self, name), getattr(limits, name)) for name in vars(self)]
        return [f"{name} {value:,} over {limit:,}" for name, value, limit in pairs if value > limit]


@dataclass(frozen=True, eq=False)
class Fitted:
    """The file, what it asks for, and what was traded for it, in words."""

    data: bytes
    footprint: Footprint
    trade: tuple[str, ...]
    texture_psnr: float | None  # dB between the texture as given and as stored; None without one, inf for the same


@dataclass(frozen=True)
class _Choice:
    size: int
    encoding: Encoding
    quality: int


def fit(mesh: Mesh, target: Target, *, provenance: dict[str, Json] | None = None, meshopt: bool = True) -> Fitted:
    """The GLB of `mesh` that keeps most of its texture within `target`'s limits.

    Vertices are stored as compactly as the target reads (`meshopt=False` where the extra is not installed). Triangles
    are collapsed when there are too many of them, or when they take so much of the file or of the GPU's memory that no
    texture fits beside them. Raises ValueError with every limit that cannot be held.
    """
    count = min(len(mesh.faces), target.limits.triangles)
    while True:
        try:
            smaller, trade = _simplified(mesh, count, target)
            return _compacted(smaller, target, provenance, meshopt, trade)
        except _TooLargeError as error:
            if error.geometry_share < _HEAVY or count // 2 < _FEWEST:
                raise
            count //= 2


class _TooLargeError(ValueError):
    """A limit that does not hold, and the share of it that vertices and faces take by themselves."""

    def __init__(self, message: str, geometry_share: float) -> None:
        super().__init__(message)
        self.geometry_share = geometry_share


def _simplified(mesh: Mesh, count: int, target: Target) -> tuple[Mesh, list[str]]:
    if count == len(mesh.faces):
        return mesh, []
    try:
        small = simplify(mesh, count)
    except ValueError as error:
        raise ValueError(f"{target.name}: {count:,} triangles would fit, but {error}") from error
    off = f"{small.deviation.mean:.2g} off on average"
    return small.mesh, [f"{len(mesh.faces):,} -> {len(small.mesh.faces):,} triangles, {off}"]


def _compacted(
    mesh: Mesh, target: Target, provenance: dict[str, Json] | None, meshopt: bool, trade: list[str]
) -> Fitted:
    compact = {"quantize": target.quantize, "meshopt": target.meshopt and meshopt}
    if mesh.base_color is None:
        scene = scene_of(mesh, provenance=provenance)
        data = glb_bytes(scene, **compact)
        return _checked(target, data, footprint(scene, len(data)), trade, None)
    return _with_texture(mesh, target, provenance, compact, trade)


def _with_texture(
    mesh: Mesh, target: Target, provenance: dict[str, Json] | None, compact: dict[str, bool], trade: list[str]
) -> Fitted:
    assert mesh.base_color is not None
    untextured = scene_of(replace(mesh, base_color=np.zeros((1, 1, 3), np.uint8)), provenance=provenance)
    bare = len(glb_bytes(untextured, **compact))
    best, worst, settled = None, "", set()
    for choice in _choices(mesh.base_color, target):
        if (choice.size, choice.encoding) in settled:
            continue
        image = _resized(mesh.base_color, choice.size)
        texture = Texture(image, choice.encoding, choice.quality)
        stored = encoded(texture)
        scene = scene_of(replace(mesh, base_color=image), encoding=choice.encoding, quality=choice.quality)
        asks = footprint(scene, bare + len(stored))
        over = asks.over(target.limits)
        if over:
            worst = "; ".join(over)
            continue
        psnr = _psnr(mesh.base_color, stored)
        if best is None or psnr > best[0]:
            best = (psnr, choice, image)
        settled.add((choice.size, choice.encoding))  # lower qualities of the same can only be worse
    if best is None:
        reason = worst or "no format is left"
        share = _share(footprint(untextured, bare), target.limits)
        raise _TooLargeError(f"{target.name}: no texture of {_SMALLEST} texels or more fits ({reason})", share)
    psnr, choice, image = best
    scene = scene_of(
        replace(mesh, base_color=image), encoding=choice.encoding, quality=choice.quality, provenance=provenance
    )
    data = glb_bytes(scene, **compact)
    sizes = " -> ".join(f"{x.shape[1]} x {x.shape[0]}" for x in (mesh.base_color, image))
    trade.append(f"texture {sizes} {choice.encoding}, quality {choice.quality}: {psnr:.1f} dB")
    return _checked(target, data, footprint(scene, len(data)), trade, psnr)


def _share(asks: Footprint, limits: Limits) -> float:
    return max(asks.gpu_bytes / limits.gpu_bytes, asks.file_bytes / limits.file_bytes)


def _choices(image: UInt8[np.ndarray, "h w c"], target: Target) -> Iterator[_Choice]:
    """Sizes from large to small, each with the target's formats and falling quality."""
    size = min(max(image.shape[:2]), target.limits.texture_size)
    while size >= min(_SMALLEST, max(image.shape[:2])):
        for encoding in target.encodings:
            if encoding == "jpeg" and image.shape[2] == 4:
                continue
            for quality in (100,) if encoding == "png" else _QUALITIES:
                yield _Choice(size, encoding, quality)
        size //= 2


def footprint(scene: Scene, file_bytes: int) -> Footprint:
    """What a scene asks for. JPEG and WebP textures take 4 bytes a texel on a GPU, and a third more for mip levels."""
    primitives = [primitive for node in _nodes(scene) for primitive in node.primitives]
    textures = {id(p.material.base_color): p.material.base_color for p in primitives if p.material.base_color}
    gpu = sum(t.image.shape[0] * t.image.shape[1] * 16 // 3 for t in textures.values())
    for p in primitives:
        rows = [array for array in (p.positions, p.normals, p.uv, p.colors) if array is not None]
        gpu += sum(array.nbytes for array in rows) + p.faces.nbytes
    sides = [max(t.image.shape[:2]) for t in textures.values()]
    return Footprint(sum(len(p.faces) for p in primitives), len(primitives), max(sides, default=0), gpu, file_bytes)


def _nodes(scene: Scene) -> Iterator:  # type: ignore[type-arg]
    stack = list(scene.nodes)
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        yield node


def _resized(image: UInt8[np.ndarray, "h w c"], size: int) -> UInt8[np.ndarray, "h2 w2 c"]:
    h, w = image.shape[:2]
    if max(h, w) <= size:
        return image
    shape = (max(1, round(w * size / max(h, w))), max(1, round(h * size / max(h, w))))
    return np.asarray(Image.fromarray(image).resize(shape, Image.Resampling.BOX, reducing_gap=None))


def _psnr(image: UInt8[np.ndarray, "h w c"], stored: bytes) -> float:
    """Between the texture as it was and as it is read back, enlarged as a GPU would."""
    with Image.open(io.BytesIO(stored)) as file:
        back = np.asarray(file.convert("RGB").resize(image.shape[1::-1], Image.Resampling.BILINEAR), np.float32)
    error = float(((back - image[..., :3]) ** 2).mean())
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def _checked(target: Target, data: bytes, asks: Footprint, trade: list[str], psnr: float | None) -> Fitted:
    over = asks.over(target.limits)
    if over:
        raise _TooLargeError(f"{target.name}: does not fit ({'; '.join(over)})", _share(asks, target.limits))
    return Fitted(data, asks, tuple(trade), psnr)
