"""A mesh made to fit a reader: the best-looking file inside all of its limits, or the reason why there is none."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from meshing.gltf.model import Compression, Encoding, Json, Node, Scene, Texture
from meshing.gltf.scene import scene_of
from meshing.gltf.writer import encoded, glb_bytes
from meshing.lods import Lods
from meshing.mesh import Mesh
from meshing.simplify import simplify
from meshing.target import Limits, Target

MakeScene = Callable[..., Scene]

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
    plain: bytes  # the same scene without compression, in formats that everything reads
    texture_psnr: float | None  # dB between the texture as given and as stored; None without one, inf for the same


@dataclass(frozen=True)
class Choice:
    """One way to store a texture."""

    size: int
    encoding: Encoding
    quality: int


def fit(
    mesh: Mesh | Lods,
    target: Target,
    *,
    provenance: dict[str, Json] | None = None,
    meshopt: bool = True,
    ktx2: bool = False,
    equip: Callable[[Scene], Scene] = lambda scene: scene,
) -> Fitted:
    """The GLB of `mesh` that keeps most of its texture within `target`'s limits.

    Vertices are stored as compactly as the target reads (`meshopt=False` where the extra is not installed); with `ktx2`
    textures may stay compressed on the GPU where the target reads that. Triangles
    are collapsed when there are too many of them, or when they take so much of the file or of the GPU's memory that no
    texture fits beside them. Of levels of detail the finest counts, and those that are no coarser after that are left
    out. `equip` adds to the scene what belongs to it beside the mesh. Raises ValueError with every limit that cannot be
    held.
    """
    lods = mesh if isinstance(mesh, Lods) else Lods((mesh,), (0.0,))
    if not ktx2:
        target = replace(target, encodings=tuple(one for one in target.encodings if one != "ktx2"))
    count = min(len(lods.meshes[0].faces), target.limits.triangles)

    def make(lods: Lods, encoding: Encoding = "jpeg", quality: int = 92) -> Scene:
        return equip(scene_of(lods, encoding=encoding, quality=quality, provenance=provenance))

    while True:
        try:
            smaller, trade = simplified(lods, count, target)
            return _compacted(smaller, target, make, meshopt, trade)
        except TooLargeError as error:
            if error.geometry_share < _HEAVY or count // 2 < _FEWEST:
                raise
            count //= 2


class TooLargeError(ValueError):
    """A limit that does not hold, and the share of it that vertices and faces take by themselves."""

    def __init__(self, message: str, geometry_share: float) -> None:
        super().__init__(message)
        self.geometry_share = geometry_share


def simplified(lods: Lods, count: int, target: Target) -> tuple[Lods, list[str]]:
    """The levels with `count` triangles in the finest, and what that cost, in words."""
    finest = lods.meshes[0]
    if count == len(finest.faces):
        return lods, []
    try:
        small = simplify(finest, count)
    except ValueError as error:
        reason = str(error).removeprefix("n_faces: ")
        raise ValueError(f"{target.name}: {count:,} triangles would fit, but {reason}") from error
    coarser = [k for k, mesh in enumerate(lods.meshes) if k and len(mesh.faces) < len(small.mesh.faces)]
    kept = (lods.coverages[coarser[0] - 1] if coarser else 0.0, *(lods.coverages[k] for k in coarser))
    mean = small.deviation.mean
    off = f"{1000 * mean:.2g} mm" if finest.unit == "metre" else f"{mean:.2g}"
    trade = f"{len(finest.faces):,} -> {len(small.mesh.faces):,} triangles, {off} off on average"
    return Lods((small.mesh, *(lods.meshes[k] for k in coarser)), kept), [trade]


def _compacted(lods: Lods, target: Target, make: MakeScene, meshopt: bool, trade: list[str]) -> Fitted:
    packed: Compression = "meshopt" if target.meshopt and meshopt else "none"
    if lods.meshes[0].base_color is None:
        scene = make(lods)
        data = glb_bytes(scene, quantize=target.quantize, compression=packed)
        return _checked(target, data, footprint(scene, len(data)), trade, glb_bytes(scene), None)
    return _with_texture(lods, lods.meshes[0].base_color, target, make, packed, trade)


def _with_texture(
    lods: Lods,
    whole: UInt8[np.ndarray, "h w c"],
    target: Target,
    make: MakeScene,
    packed: Compression,
    trade: list[str],
) -> Fitted:
    untextured = make(_painted(lods, np.zeros((1, 1, 3), np.uint8)))
    bare = len(glb_bytes(untextured, quantize=target.quantize, compression=packed))
    best, worst, settled = None, "", set()
    for choice in choices(whole, target):
        if (choice.size, choice.encoding) in settled:
            continue
        image = resized(whole, choice.size)
        texture = Texture(image, choice.encoding, choice.quality)
        stored = encoded(texture)
        scene = make(_painted(lods, image), choice.encoding, choice.quality)
        asks = footprint(scene, bare + len(stored))
        over = asks.over(target.limits)
        if over:
            worst = "; ".join(over)
            continue
        psnr = texture_psnr(whole, read_back(stored, choice.encoding))
        if best is None or psnr > best[0]:
            best = (psnr, choice, image)
        settled.add((choice.size, choice.encoding))  # lower qualities of the same can only be worse
    if best is None:
        reason = worst or "no format is left"
        share = _share(footprint(untextured, bare), target.limits)
        raise TooLargeError(f"{target.name}: no texture of {_SMALLEST} texels or more fits ({reason})", share)
    psnr, choice, image = best
    scene = make(_painted(lods, image), choice.encoding, choice.quality)
    data = glb_bytes(scene, quantize=target.quantize, compression=packed)
    trade.append(_told(whole, image, choice, psnr))
    common: Encoding = "png" if image.shape[2] == 4 else "jpeg"
    plain = glb_bytes(make(_painted(lods, image), common))
    return _checked(target, data, footprint(scene, len(data)), trade, plain, psnr)


def _told(whole: UInt8[np.ndarray, "h w c"], image: UInt8[np.ndarray, "h2 w2 c"], choice: Choice, psnr: float) -> str:
    """What became of a texture."""
    sizes = dict.fromkeys(f"{each.shape[1]} x {each.shape[0]}" for each in (whole, image))
    kind = f"{choice.encoding} of quality {choice.quality}" if choice.encoding in ("jpeg", "webp") else choice.encoding
    return f"texture {' -> '.join(sizes)} as {kind}: {'the same' if np.isinf(psnr) else f'{psnr:.1f} dB'}"


def _painted(lods: Lods, image: UInt8[np.ndarray, "h w c"]) -> Lods:
    return lods.map(lambda mesh: replace(mesh, base_color=image))


def _share(asks: Footprint, limits: Limits) -> float:
    return max(asks.gpu_bytes / limits.gpu_bytes, asks.file_bytes / limits.file_bytes)


def choices(image: UInt8[np.ndarray, "h w c"], target: Target) -> Iterator[Choice]:
    """Sizes from large to small, each with the target's formats and falling quality."""
    size = min(max(image.shape[:2]), target.limits.texture_size)
    while size >= min(_SMALLEST, max(image.shape[:2])):
        for encoding in target.encodings:
            if encoding == "jpeg" and image.shape[2] == 4:
                continue
            for quality in (100,) if encoding in ("png", "ktx2") else _QUALITIES:
                yield Choice(size, encoding, quality)
        size //= 2


def footprint(scene: Scene, file_bytes: int) -> Footprint:
    """What a scene asks for; of levels of detail the finest is drawn, and the GPU holds all.

    JPEG, PNG and WebP textures take 4 bytes a texel on a GPU, KTX2 ones a byte (ASTC 4 x 4 or BC7), and mip levels a
    third more.
    """
    primitives = [primitive for node in _nodes(scene.nodes) for primitive in node.primitives]
    levels = [primitive for node in _nodes(scene.nodes) for level in node.levels for primitive in level.primitives]
    textures = {id(p.material.base_color): p.material.base_color for p in primitives if p.material.base_color}
    gpu = sum(_texture_bytes(texture) for texture in textures.values())
    for p in primitives + levels:
        rows = [array for array in (p.positions, p.normals, p.uv, p.colors) if array is not None]
        gpu += sum(array.nbytes for array in rows) + p.faces.nbytes
    sides = [max(t.image.shape[:2]) for t in textures.values()]
    return Footprint(sum(len(p.faces) for p in primitives), len(primitives), max(sides, default=0), gpu, file_bytes)


def _texture_bytes(texture: Texture) -> int:
    h, w = map(int, texture.image.shape[:2])
    if texture.encoding == "ktx2":
        return -(-h // 4) * -(-w // 4) * 64 // 3
    return h * w * 16 // 3


def _nodes(roots: Sequence[Node]) -> Iterator[Node]:
    stack = list(roots)
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        yield node


def resized(image: UInt8[np.ndarray, "h w c"], size: int) -> UInt8[np.ndarray, "h2 w2 c"]:
    """The picture with its longest side no longer than `size`."""
    h, w = image.shape[:2]
    if max(h, w) <= size:
        return image
    shape = (max(1, round(w * size / max(h, w))), max(1, round(h * size / max(h, w))))
    return np.asarray(Image.fromarray(image).resize(shape, Image.Resampling.BOX, reducing_gap=None))


def read_back(stored: bytes, encoding: Encoding) -> UInt8[np.ndarray, "h w 3"]:
    """The colours of a texture as a reader sees them."""
    if encoding == "ktx2":
        from meshing.gltf import ktx2

        return ktx2.decode(stored)[..., :3]
    with Image.open(io.BytesIO(stored)) as file:
        return np.asarray(file.convert("RGB"))


def texture_psnr(image: UInt8[np.ndarray, "h w c"], back: UInt8[np.ndarray, "h2 w2 3"]) -> float:
    """Between the texture as it was and as it is read back, enlarged as a GPU would."""
    enlarged = Image.fromarray(back).resize(image.shape[1::-1], Image.Resampling.BILINEAR)
    error = float(((np.asarray(enlarged, np.float32) - image[..., :3]) ** 2).mean())
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def _checked(
    target: Target, data: bytes, asks: Footprint, trade: list[str], plain: bytes, psnr: float | None
) -> Fitted:
    over = asks.over(target.limits)
    if over:
        raise TooLargeError(f"{target.name}: does not fit ({'; '.join(over)})", _share(asks, target.limits))
    return Fitted(data, asks, tuple(trade), plain, psnr)
