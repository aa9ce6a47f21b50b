"""What a glTF file says, as plain values: a scene of named nodes, their triangles, materials and textures.

Owns the object model. `writer.py` puts it into bytes; `scene.py` builds it from a `Mesh`. Units are metres, y is up,
+z is the front, UV (0, 0) is the texture's top-left corner: glTF's own conventions, nothing is turned on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, Int32, UInt8

Encoding = Literal["png", "jpeg", "webp", "ktx2"]
Compression = Literal["none", "meshopt", "draco"]
AlphaMode = Literal["OPAQUE", "MASK", "BLEND"]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, eq=False)
class Texture:
    """An sRGB picture and how it is stored. `quality` is of JPEG and WebP; WebP at 100 is lossless.

    "ktx2" (KHR_texture_basisu, extra `ktx2`) stays compressed on the GPU: a byte a texel instead of four.
    """

    image: UInt8[np.ndarray, "h w channels"]
    encoding: Encoding = "png"
    quality: int = 92
    name: str = "base_color"
    repeat: bool = False  # else the border colour continues


@dataclass(frozen=True, eq=False)
class Material:
    """A surface. Unlit is for photographed colours, whose light is already in them.

    glTF's own default for metallic is 1, which looks black in most viewers; here it is 0 unless asked for.
    """

    name: str = "surface"
    base_color: Texture | None = None
    base_color_factor: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)  # linear
    unlit: bool = True
    metallic: float = 0.0
    roughness: float = 1.0
    double_sided: bool = False
    alpha_mode: AlphaMode = "OPAQUE"


@dataclass(frozen=True, eq=False)
class Primitive:
    """Triangles with one material: one draw call. `colors` are sRGB; the file gets them linear, as glTF wants."""

    positions: Float32[np.ndarray, "vertices 3"]
    faces: Int32[np.ndarray, "faces 3"]
    normals: Float32[np.ndarray, "vertices 3"] | None = None
    uv: Float32[np.ndarray, "vertices 2"] | None = None
    colors: UInt8[np.ndarray, "vertices 3"] | None = None
    material: Material = field(default_factory=Material)


@dataclass(frozen=True, eq=False)
class Node:
    """A named place in the scene, with triangles or children or both. `matrix` is parent_from_node.

    `levels` are coarser forms of this node, finest first (MSFT_lod): a reader shows one of them in its place, one that
    does not know them shows this node. `coverages` holds for the node and each level the share of the picture from
    which on it is shown.
    """

    name: str
    primitives: tuple[Primitive, ...] = ()
    children: tuple["Node", ...] = ()
    matrix: Float64[np.ndarray, "4 4"] | None = None
    extras: Mapping[str, Json] = field(default_factory=dict)
    levels: tuple["Node", ...] = ()
    coverages: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Scene:
    """One file: its nodes, and in `copyright` and `asset_extras` who may use it and where it came from."""

    nodes: tuple[Node, ...]
    name: str = "scene"
    copyright: str = ""
    extras: Mapping[str, Json] = field(default_factory=dict)
    asset_extras: Mapping[str, Json] = field(default_factory=dict)
