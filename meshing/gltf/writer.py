"""A scene as GLB bytes (glTF 2.0). The same scene gives the same bytes."""

import io
import json
import struct
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from meshing.color import linear_from_srgb
from meshing.gltf.buffers import Buffers
from meshing.gltf.model import Compression, Material, Node, Primitive, Scene, Texture

_LINEAR, _LINEAR_MIPMAP, _REPEAT, _CLAMP = 9729, 9987, 10497, 33071
_MAX_BYTES = 2**32 - 1
_WHOLE = (0.0, 0.0, 1.0, 1.0)
_EXTENSIONS = {"webp": "EXT_texture_webp", "ktx2": "KHR_texture_basisu"}


def write_glb(path: Path, scene: Scene, *, quantize: bool = False, compression: Compression = "none") -> int:
    """Write `scene` to `path` and return the size in bytes; see `glb_bytes`."""
    data = glb_bytes(scene, quantize=quantize, compression=compression)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return len(data)


def glb_bytes(scene: Scene, *, quantize: bool = False, compression: Compression = "none") -> bytes:
    """`scene` as one GLB.

    `quantize` stores positions, normals and UV in 16 and 8 bits (KHR_mesh_quantization; positions to 1/65535 of the
    node's longest side, UV outside of 0 ... 1 through KHR_texture_transform). `compression` packs vertices and faces:
    "meshopt" (EXT_meshopt_compression, extra `meshopt`) or "draco" (KHR_draco_mesh_compression, extra `draco`, which
    quantizes by itself). Faces without area are left out. Raises ValueError where a number is not finite or a face
    names a vertex that does not exist.
    """
    return _Writer(quantize and compression != "draco", compression).write(scene)


class _Writer:
    """The lists of a glTF file while it is put together."""

    def __init__(self, quantize: bool, compression: Compression) -> None:
        self.buffers = Buffers(meshopt=compression == "meshopt")
        self.quantize = quantize
        self.draco = compression == "draco"
        self.lists: dict[str, list[dict[str, Any]]] = {
            key: [] for key in ("nodes", "meshes", "materials", "textures", "images", "samplers")
        }
        self.used: set[str] = set()
        self.required: set[str] = set()
        self._known: dict[Any, int] = {}  # by identity: a material or texture that is used twice is written once
        if compression == "meshopt":
            self._need("EXT_meshopt_compression")
        if self.draco:
            self._need("KHR_draco_mesh_compression")
        if quantize:
            self._need("KHR_mesh_quantization")

    def write(self, scene: Scene) -> bytes:
        roots = [self._node(node) for node in scene.nodes]
        asset: dict[str, Any] = {"version": "2.0", "generator": _generator()}
        if scene.copyright:
            asset["copyright"] = scene.copyright
        if scene.asset_extras:
            asset["extras"] = dict(scene.asset_extras)
        about: dict[str, Any] = {"name": scene.name, "nodes": roots}
        if scene.extras:
            about["extras"] = dict(scene.extras)
        document: dict[str, Any] = {"asset": asset, "scene": 0, "scenes": [about]}
        document |= {key: entries for key, entries in self.lists.items() if entries}
        document |= {
            "accessors": self.buffers.accessors,
            "bufferViews": self.buffers.views,
            "buffers": self.buffers.buffers,
        }
        document |= {"extensionsUsed": sorted(self.used), "extensionsRequired": sorted(self.required)}
        return _container({key: value for key, value in document.items() if value != []}, bytes(self.buffers.data))

    def _need(self, extension: str, *, required: bool = True) -> None:
        self.used.add(extension)
        if required:
            self.required.add(extension)

    def _append(self, key: str, entry: dict[str, Any]) -> int:
        self.lists[key].append(entry)
        return len(self.lists[key]) - 1

    def _node(self, node: Node) -> int:
        entry: dict[str, Any] = {"name": node.name}
        index = self._append("nodes", entry)
        matrix = np.eye(4) if node.matrix is None else node.matrix
        if not np.isfinite(matrix).all():
            raise ValueError(f"nodes.{node.name}.matrix: must be finite (got {matrix.tolist()})")
        primitives = [p for p in (_checked(node.name, p) for p in node.primitives) if len(p.faces)]
        children = [self._node(child) for child in node.children]
        if primitives:
            lattice = _lattice(primitives) if self.quantize else None
            mesh = {"name": node.name, "primitives": [self._primitive(p, lattice) for p in primitives]}
            holder = entry
            if lattice is not None and children:  # the lattice must not scale the children
                holder = {"name": f"{node.name}_mesh"}
                children.append(self._append("nodes", holder))
            holder["mesh"] = self._append("meshes", mesh)
            if lattice is not None:
                dequantized = np.diag([lattice[1]] * 3 + [1.0])
                dequantized[:3, 3] = lattice[0]
                if holder is entry:
                    matrix = matrix @ dequantized
                else:
                    holder["matrix"] = dequantized.T.ravel().tolist()
        if not np.array_equal(matrix, np.eye(4)):
            entry["matrix"] = matrix.T.ravel().tolist()  # column by column
        if children:
            entry["children"] = children
        extras = dict(node.extras)
        if node.levels:
            entry["extensions"] = {"MSFT_lod": {"ids": [self._node(level) for level in node.levels]}}
            self._need("MSFT_lod", required=False)
            extras |= {"MSFT_screencoverage": list(node.coverages)} if node.coverages else {}
        if extras:
            entry["extras"] = extras
        return index

    def _primitive(self, primitive: Primitive, lattice: tuple[np.ndarray, float] | None) -> dict[str, Any]:
        if self.draco:
            return self._draco(primitive)
        if self.buffers.meshopt:
            from meshing.gltf.compression_meshopt import reorder

            primitive = reorder(primitive)
        add = self.buffers.add_attribute
        attributes = {"POSITION": add(_positions(primitive.positions, lattice), bounds=True)}
        tiles = _WHOLE
        if primitive.normals is not None:
            normals = _unit(primitive.normals)
            packed = np.rint(normals * 127).astype(np.int8) if self.quantize else normals
            attributes["NORMAL"] = add(packed, normalized=self.quantize)
        if primitive.uv is not None:
            uv = primitive.uv
            if self.quantize:
                tiles = _tiles(uv) if primitive.material.base_color else _WHOLE
                uv = np.rint((uv.astype(np.float64) - tiles[:2]) / tiles[2:] * 65535).clip(0, 65535).astype(np.uint16)
            attributes["TEXCOORD_0"] = add(uv, normalized=self.quantize)
        if primitive.colors is not None:
            attributes["COLOR_0"] = add(_light(primitive.colors), normalized=True)
        return {
            "attributes": attributes,
            "indices": self.buffers.add_faces(primitive.faces, len(primitive.positions)),
            "material": self._material(primitive.material, tiles),
        }

    def _draco(self, primitive: Primitive) -> dict[str, Any]:
        from meshing.gltf.compression_draco import encode

        normals = None if primitive.normals is None else _unit(primitive.normals)
        colors = None if primitive.colors is None else _light(primitive.colors)
        packed = encode(primitive.positions, primitive.faces, normals, primitive.uv, colors)
        unstored = self.buffers.add_unstored
        attributes = {
            name: unstored(packed.n_points, values, normalized=name == "COLOR_0", bounds=name == "POSITION")
            for name, values in packed.values.items()
        }
        extension = {"bufferView": self.buffers.add_bytes(packed.data), "attributes": packed.ids}
        return {
            "attributes": attributes,
            "indices": unstored(3 * packed.n_faces, np.zeros((1, 1), np.uint32)),
            "material": self._material(primitive.material),
            "extensions": {"KHR_draco_mesh_compression": extension},
        }

    def _material(self, material: Material, tiles: tuple[float, float, float, float] = _WHOLE) -> int:
        known = (id(material), tiles)
        if known in self._known:
            return self._known[known]
        surface: dict[str, Any] = {"metallicFactor": material.metallic, "roughnessFactor": material.roughness}
        if material.base_color_factor != (1.0, 1.0, 1.0, 1.0):
            surface["baseColorFactor"] = list(material.base_color_factor)
        if material.base_color is not None:
            surface["baseColorTexture"] = {"index": self._texture(material.base_color)}
            if tiles != _WHOLE:
                transform = {"offset": list(tiles[:2]), "scale": list(tiles[2:])}
                surface["baseColorTexture"]["extensions"] = {"KHR_texture_transform": transform}
                self._need("KHR_texture_transform")
        entry: dict[str, Any] = {"name": material.name, "pbrMetallicRoughness": surface}
        if material.unlit:
            entry["extensions"] = {"KHR_materials_unlit": {}}
            self._need("KHR_materials_unlit", required=False)
        if material.double_sided:
            entry["doubleSided"] = True
        if material.alpha_mode != "OPAQUE":
            entry["alphaMode"] = material.alpha_mode
        self._known[known] = self._append("materials", entry)
        return self._known[known]

    def _texture(self, texture: Texture) -> int:
        if id(texture) in self._known:
            return self._known[id(texture)]
        view = self.buffers.add_bytes(encoded(texture))
        image = {"name": texture.name, "mimeType": f"image/{texture.encoding}", "bufferView": view}
        source = self._append("images", image)
        wrap = _REPEAT if texture.repeat else _CLAMP
        sampler = {"magFilter": _LINEAR, "minFilter": _LINEAR_MIPMAP, "wrapS": wrap, "wrapT": wrap}
        if sampler not in self.lists["samplers"]:
            self._append("samplers", sampler)
        entry: dict[str, Any] = {"sampler": self.lists["samplers"].index(sampler)}
        if texture.encoding in _EXTENSIONS:
            entry["extensions"] = {_EXTENSIONS[texture.encoding]: {"source": source}}
            self._need(_EXTENSIONS[texture.encoding])
        else:
            entry["source"] = source
        self._known[id(texture)] = self._append("textures", entry)
        return self._known[id(texture)]


def encoded(texture: Texture) -> bytes:
    """The picture's file as it stands in the GLB."""
    if texture.encoding == "ktx2":
        from meshing.gltf import ktx2

        return ktx2.encode(texture.image)
    image = Image.fromarray(texture.image)
    if texture.encoding == "jpeg" and image.mode == "RGBA":
        raise ValueError(f"textures.{texture.name}: JPEG has no transparency; use png or webp")
    out = io.BytesIO()
    if texture.encoding == "png":
        image.save(out, "PNG", optimize=False, compress_level=6)
    elif texture.encoding == "jpeg":
        image.save(out, "JPEG", quality=texture.quality, subsampling=0, optimize=True)
    else:
        image.save(out, "WEBP", quality=texture.quality, lossless=texture.quality >= 100, method=4)
    return out.getvalue()


def _checked(name: str, primitive: Primitive) -> Primitive:
    """The primitive without faces that have no area, nor vertices that no face uses."""
    for key in ("positions", "normals", "uv"):
        array = getattr(primitive, key)
        if array is not None and not np.isfinite(array).all():
            raise ValueError(f"nodes.{name}.{key}: must be finite (got NaN or infinity)")
    faces, n = primitive.faces, len(primitive.positions)
    if len(faces) and (faces.min() < 0 or faces.max() >= n):
        raise ValueError(
            f"nodes.{name}.faces: every index must be in 0 ... {n - 1} (got {faces.min()} ... {faces.max()})"
        )
    a, b, c = (primitive.positions[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b.astype(np.float64) - a, c.astype(np.float64) - a), axis=1)
    used, faces = np.unique(faces[area > 0], return_inverse=True)

    def of_used(array: Any) -> Any:
        return None if array is None else array[used]

    return Primitive(
        primitive.positions[used],
        faces.reshape(-1, 3).astype(np.int32),
        of_used(primitive.normals),
        of_used(primitive.uv),
        of_used(primitive.colors),
        primitive.material,
    )


def _lattice(primitives: list[Primitive]) -> tuple[np.ndarray, float]:
    """Corner and step of the 16-bit lattice that holds all positions of a node."""
    low = np.min([p.positions.min(axis=0) for p in primitives], axis=0).astype(np.float64)
    high = np.max([p.positions.max(axis=0) for p in primitives], axis=0).astype(np.float64)
    return low, float((high - low).max() / 65535)


def _positions(positions: np.ndarray, lattice: tuple[np.ndarray, float] | None) -> np.ndarray:
    if lattice is None:
        return positions
    steps: np.ndarray = np.rint((positions - lattice[0]) / lattice[1])
    return steps.astype(np.uint16)


def _tiles(uv: np.ndarray) -> tuple[float, float, float, float]:
    """Corner and size of the box of whole tiles that holds all coordinates, as KHR_texture_transform counts."""
    low = np.floor(np.minimum(uv.min(axis=0), 0))
    high = np.ceil(np.maximum(uv.max(axis=0), low + 1))
    return (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))


def _light(colors: np.ndarray) -> np.ndarray:
    """Linear, in 16 bits: in 8 linear bits the darkest 40 sRGB values would share 5 levels."""
    light: np.ndarray = np.rint(linear_from_srgb(colors) * 65535)
    return light.astype(np.uint16)


def _unit(normals: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    upright = np.array([0.0, 1.0, 0.0])
    unit: np.ndarray = np.where(length > 1e-12, normals / np.maximum(length, 1e-12), upright)
    return unit.astype(np.float32)


def _container(document: dict[str, Any], data: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    data += b"\0" * (-len(data) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if data:
        chunks += struct.pack("<II", len(data), 0x004E4942) + data
    size = 12 + len(chunks)
    if size > _MAX_BYTES:
        raise ValueError(f"glb: a file may hold 4 GB (got {size / 1e9:.1f} GB); simplify the mesh or its textures")
    return struct.pack("<III", 0x46546C67, 2, size) + chunks


def _generator() -> str:
    try:
        return f"Scenewright {version('scenewright')}"
    except PackageNotFoundError:
        return "Scenewright"
