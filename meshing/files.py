"""Meshes in the formats that others read and write: GLB, glTF, OBJ, PLY and STL in; PLY, OBJ and STL out."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from meshing.clean import keep_faces
from meshing.mesh import Mesh, check_mesh

Writer = Callable[[Mesh, Path], list[Path]]
READABLE = (".glb", ".gltf", ".obj", ".ply", ".stl")


def read_mesh(path: Path) -> Mesh:
    """All triangles of a file as one mesh, with its texture or its vertex colours.

    glTF is in metres and upright by definition; of the other formats neither is known. A glTF without textures takes
    its materials' colours as vertex colours, times those it has; KTX2 textures are read in UASTC as we write it, of
    others a ValueError says so. Faces that name a vertex that does not exist or is
    not finite are left out.
    """
    import trimesh

    if path.suffix.lower() not in READABLE:
        raise ValueError(f"mesh: {path} must be one of {', '.join(READABLE)} (got {path.suffix or 'no suffix'})")
    if not path.is_file():
        raise FileNotFoundError(f"mesh: {path} does not exist")
    try:
        parts = [part for part in _loaded(path).dump() if isinstance(part, trimesh.Trimesh)]
        solid = parts[0] if len(parts) == 1 else trimesh.util.concatenate(parts)  # packs several textures into one
        mesh = _from_trimesh(solid, path)
    except (FileNotFoundError, MemoryError, ImportError):
        raise
    except Exception as error:  # trimesh raises whatever its parsers meet
        raise ValueError(f"mesh: {path} cannot be read ({type(error).__name__}: {error})") from error
    check_mesh(mesh, where=str(path))
    return mesh


def _loaded(path: Path):  # type: ignore[no-untyped-def]
    import trimesh

    if path.suffix.lower() not in (".glb", ".gltf"):
        return trimesh.load_scene(path, process=False)
    from meshing.gltf.plain import plain_glb

    beside = trimesh.resolvers.FilePathResolver(str(path))
    return trimesh.load_scene(io.BytesIO(plain_glb(path)), file_type="glb", resolver=beside, process=False)


def _from_trimesh(solid, path: Path) -> Mesh:  # type: ignore[no-untyped-def]
    vertices = np.asarray(solid.vertices, np.float32)
    faces = np.asarray(solid.faces, np.int32)
    is_gltf = path.suffix.lower() in (".glb", ".gltf")
    unit, gravity = ("metre", "known") if is_gltf else ("unknown", "unknown")
    about: dict[str, Any] = {"name": path.stem, "unit": unit, "gravity": gravity}
    mesh = Mesh(vertices, faces, **(_texture(solid) or _colors(solid)), **about)
    exists = (faces.min(axis=1) >= 0) & (faces.max(axis=1) < len(vertices))
    finite: np.ndarray = np.asarray(np.isfinite(vertices).all(axis=1))
    exists[exists] = finite[faces[exists]].all(axis=1)
    return keep_faces(mesh, exists)


def _texture(solid) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    uv = getattr(solid.visual, "uv", None)
    material = getattr(solid.visual, "material", None)
    image = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    if uv is None or image is None or len(uv) != len(solid.vertices):
        return {}
    uv = np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)  # trimesh counts v upwards
    picture = np.asarray(image.convert("RGBA" if "A" in image.getbands() else "RGB"))
    if picture.size <= 16 and (picture == picture[0, 0]).all():  # trimesh's stand-in for no texture
        return {}
    return {"uv": uv.astype(np.float32), "base_color": picture}


def _colors(solid) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    if getattr(solid.visual, "kind", None) != "vertex":
        return {}
    return {"vertex_colors": np.array(solid.visual.vertex_colors, np.uint8)[:, :3]}


def write_mesh(mesh: Mesh, path: Path) -> list[Path]:
    """Write PLY, OBJ or STL by the path's suffix, and return the files made: an OBJ has a material and a texture."""
    writers: dict[str, Writer] = {
        ".ply": _write_ply,
        ".obj": _write_obj,
        ".stl": _write_stl,
    }
    suffix = path.suffix.lower()
    if suffix not in writers:
        raise ValueError(f"mesh: {path} must end in {', '.join(writers)} (got {suffix or 'no suffix'})")
    check_mesh(mesh)
    path.parent.mkdir(parents=True, exist_ok=True)
    return writers[suffix](mesh, path)


def _write_ply(mesh: Mesh, path: Path) -> list[Path]:
    """Binary, little-endian; vertex colours sRGB as everybody's are."""
    columns = [("x", "<f4"), ("y", "<f4"), ("z", "<f4")]
    arrays = list(mesh.vertices.T)
    if mesh.normals is not None:
        columns += [("nx", "<f4"), ("ny", "<f4"), ("nz", "<f4")]
        arrays += list(mesh.normals.T)
    if mesh.vertex_colors is not None:
        columns += [("red", "u1"), ("green", "u1"), ("blue", "u1")]
        arrays += list(mesh.vertex_colors.T)
    table = np.empty(len(mesh.vertices), columns)
    for (name, _), array in zip(columns, arrays, strict=True):
        table[name] = array
    faces = np.empty(len(mesh.faces), [("n", "u1"), ("corner", "<i4", 3)])
    faces["n"], faces["corner"] = 3, mesh.faces
    kinds = {"<f4": "float", "u1": "uchar"}
    header = ["ply", "format binary_little_endian 1.0", f"comment {mesh.name}", f"element vertex {len(table)}"]
    header += [f"property {kinds[kind]} {name}" for name, kind in columns]
    header += [f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header"]
    path.write_bytes("\n".join(header).encode() + b"\n" + table.tobytes() + faces.tobytes())
    return [path]


def _write_obj(mesh: Mesh, path: Path) -> list[Path]:
    made = [path]
    textured = mesh.base_color is not None
    out = io.StringIO()
    if mesh.base_color is not None:
        material, picture = path.with_suffix(".mtl"), path.with_suffix(".png")
        out.write(f"mtllib {material.name}\nusemtl surface\n")
        material.write_text(f"newmtl surface\nKa 1 1 1\nKd 1 1 1\nKs 0 0 0\nillum 1\nmap_Kd {picture.name}\n")
        Image.fromarray(mesh.base_color).save(picture)
        made += [material, picture]
    out.write(f"o {mesh.name}\n")
    rows = mesh.vertices
    if mesh.vertex_colors is not None and not textured:
        rows = np.concatenate([rows, mesh.vertex_colors / np.float32(255)], axis=1)
    np.savetxt(out, rows, fmt="v" + " %.7g" * rows.shape[1])
    corners = mesh.faces + 1
    if textured and mesh.uv is not None:
        np.savetxt(out, np.stack([mesh.uv[:, 0], 1 - mesh.uv[:, 1]], axis=1), fmt="vt %.7g %.7g")
        np.savetxt(out, corners.repeat(2, axis=1), fmt="f %d/%d %d/%d %d/%d")
    else:
        np.savetxt(out, corners, fmt="f %d %d %d")
    path.write_text(out.getvalue())
    return made


def _write_stl(mesh: Mesh, path: Path) -> list[Path]:
    """Binary; the format holds neither colour nor unit."""
    corners = mesh.vertices[mesh.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    table = np.zeros(len(mesh.faces), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("none", "<u2")])
    table["normal"], table["corners"] = normal, corners
    path.write_bytes(b"\0" * 80 + np.uint32(len(table)).tobytes() + table.tobytes())
    return [path]
