"""A triangle mesh with what a file for people needs: colour, unit, way back to the capture, licences.

Owns the artifact `Mesh`, its files and its check. Does not own any operation on meshes.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Float32, Float64, Int32, UInt8
from PIL import Image

Unit = Literal["metre", "unknown"]
Gravity = Literal["known", "estimated", "unknown"]

_ARRAYS = {
    "vertices": (np.float32, 3),
    "faces": (np.int32, 3),
    "vertex_colors": (np.uint8, 3),
    "normals": (np.float32, 3),
    "uv": (np.float32, 2),
}


def _identity() -> Float64[np.ndarray, "4 4"]:
    return np.eye(4)


@dataclass(frozen=True)
class ViewingVolume:
    """A ball, in the mesh's coordinates: from outside it a viewer sees behind what was made to be seen."""

    center: tuple[float, float, float]
    radius: float


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles, counter-clockwise seen from outside, right-handed with y up.

    `vertex_colors` and `base_color` are sRGB. `uv` counts from the texture's top-left corner, v down, as in glTF; a
    vertex on a texture seam exists once per side. `capture_from_mesh` is the similarity that leads back to the
    coordinates of the capture the mesh was made from. `gravity` says how far y is to be trusted as up. `viewing` is
    where eyes may be, None for anywhere.
    """

    vertices: Float32[np.ndarray, "vertices 3"]
    faces: Int32[np.ndarray, "faces 3"]
    vertex_colors: UInt8[np.ndarray, "vertices 3"] | None = None
    normals: Float32[np.ndarray, "vertices 3"] | None = None
    uv: Float32[np.ndarray, "vertices 2"] | None = None
    base_color: UInt8[np.ndarray, "h w channels"] | None = None
    name: str = "mesh"
    capture_from_mesh: Float64[np.ndarray, "4 4"] = field(default_factory=_identity)
    unit: Unit = "unknown"
    gravity: Gravity = "unknown"
    licences: tuple[str, ...] = ()
    viewing: ViewingVolume | None = None

    def save(self, folder: Path) -> None:
        """Write `mesh.npz`, `mesh.json` and, where there is one, `texture.png`; the same mesh gives the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {key: getattr(self, key) for key in _ARRAYS if getattr(self, key) is not None}
        np.savez(folder / "mesh.npz", capture_from_mesh=self.capture_from_mesh, **arrays)
        if self.base_color is not None:
            Image.fromarray(self.base_color).save(folder / "texture.png", compress_level=1)
        about: dict[str, Any] = {"name": self.name, "unit": self.unit, "gravity": self.gravity}
        about |= {"licences": list(self.licences)} | ({"viewing": asdict(self.viewing)} if self.viewing else {})
        (folder / "mesh.json").write_text(json.dumps(about, sort_keys=True, indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "Mesh":
        """The mesh that `save` wrote into `folder`."""
        about = json.loads((folder / "mesh.json").read_text())
        with np.load(folder / "mesh.npz", allow_pickle=False) as arrays:
            values = {key: arrays[key] for key in arrays.files}
        texture = folder / "texture.png"
        if texture.is_file():
            with Image.open(texture) as image:
                values["base_color"] = np.array(image)
        about["licences"] = tuple(about["licences"])
        if viewing := about.pop("viewing", None):
            values["viewing"] = ViewingVolume(tuple(viewing["center"]), viewing["radius"])
        mesh = cls(**values, **about)
        check_mesh(mesh, where=str(folder))
        return mesh


def check_mesh(mesh: Mesh, *, where: str = "mesh", allow_empty: bool = False) -> None:
    """Raise a ValueError that says what is wrong where `mesh` cannot be worked with."""
    for key, (dtype, width) in _ARRAYS.items():
        _check_array(f"{where}.{key}", getattr(mesh, key), dtype, width)
    n_vertices = len(mesh.vertices)
    if not allow_empty and not (n_vertices and len(mesh.faces)):
        raise ValueError(f"{where}: is empty ({n_vertices} vertices, {len(mesh.faces)} faces); one face is the least")
    for key in ("vertex_colors", "normals", "uv"):
        array = getattr(mesh, key)
        if array is not None and len(array) != n_vertices:
            raise ValueError(f"{where}.{key}: must have one row per vertex, {n_vertices} (got {len(array)})")
    if len(mesh.faces) and (mesh.faces.min() < 0 or mesh.faces.max() >= n_vertices):
        worst = mesh.faces.min() if mesh.faces.min() < 0 else mesh.faces.max()
        raise ValueError(f"{where}.faces: every index must be in 0 ... {n_vertices - 1} (got {worst})")
    _check_texture(mesh, where)
    _check_description(mesh, where)


def _check_array(where: str, array: np.ndarray | None, dtype: type, width: int) -> None:
    if array is None:
        return
    if array.dtype != dtype or array.ndim != 2 or array.shape[1] != width:
        raise ValueError(
            f"{where}: must be {np.dtype(dtype)} of shape (n, {width}) (got {array.dtype} of shape {array.shape})"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
        raise ValueError(
            f"{where}: must be finite (got {array[bad[0]].tolist()} in row {bad[0]}, {len(bad)} such rows)"
        )


def _check_texture(mesh: Mesh, where: str) -> None:
    image = mesh.base_color
    if image is None:
        return
    if mesh.uv is None:
        raise ValueError(f"{where}.base_color: needs uv, one row per vertex (got none)")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4) or 0 in image.shape:
        raise ValueError(
            f"{where}.base_color: must be uint8 of shape (h, w, 3 or 4) (got {image.dtype} of shape {image.shape})"
        )


def _check_description(mesh: Mesh, where: str) -> None:
    matrix = mesh.capture_from_mesh
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-12:
        raise ValueError(f"{where}.capture_from_mesh: must be an invertible 4 by 4 matrix (got {matrix.tolist()})")
    for key, given, allowed in (("unit", mesh.unit, get_args(Unit)), ("gravity", mesh.gravity, get_args(Gravity))):
        if given not in allowed:
            raise ValueError(f"{where}.{key}: must be one of {', '.join(allowed)} (got {given!r})")
