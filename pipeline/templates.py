"""Complete jobs with good defaults, as `scenewright new` writes them."""

import json
import os
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.migrations import VERSION

SCHEMA = Path(__file__).resolve().parents[1] / "assets" / "schema" / "job.schema.json"
TARGETS = SCHEMA.parents[1] / "targets"
TRIANGLES, TEXTURE = 60_000, 2048
"""What a room of a few metres needs, where no target asks for less."""
BYTES_PER_TRIANGLE = 24
"""Of a textured mesh with quantised vertices."""
VOXELS_ACROSS = 256
"""How many voxels the scene's extent is cut into where its unit is unknown."""
VOXEL_METRES = 0.02
"""The voxel where the unit is the metre: what a depth camera resolves across a room."""


def capture_job(path: Path, folder: Path, target: str | None = None) -> dict[str, Any]:
    """A job that makes a textured GLB of a capture; its paths are relative to `folder`, where it will lie.

    `target` names a headset or page that the file must fit; see assets/targets.
    """
    triangles, texture = room_for(target)
    name = path.resolve().stem.lstrip(".") or "capture"
    surface = _surface(path)
    # A field's surface lies where its photos were taken; aligning them to it cost the fox 3 dB at cameras held out.
    # Refinement gave it 2.3 dB there, for as long as the training takes.
    placed = {"align": False, "refine": 5, "refine_shape": 8, "refine_size": 960} if "field" in surface else {}
    stages: dict[str, Any] = {
        "capture": {"stage": "load_capture", "config": {"path": relative(path, folder)}},
        **surface,
        "light": {"stage": "simplify_mesh", "inputs": {"mesh": "surface"}, "config": {"triangles": triangles}},
        "textured": {
            "stage": "texture_mesh",
            "inputs": {"mesh": "light", "views": "colour" if "colour" in surface else "capture"},
            "config": {"size": texture, **placed},
        },
        "glb": {
            "stage": "export_gltf",
            "inputs": {"mesh": "textured"},
            "config": {"name": name, **({"target": target} if target else {})},
        },
    }
    return {
        "$schema": relative(SCHEMA, folder),
        "version": VERSION,
        "name": name,
        "description": f"A textured mesh of the capture {path.name}",
        "seed": 0,
        "stages": stages,
    }


def _surface(path: Path) -> dict[str, Any]:
    """The stages from a capture to its surface: fused where there is depth, by way of a radiance field elsewhere."""
    from nerf.captures.read import detect_format, read_capture

    try:
        kind = detect_format(path)
        if kind in ("photos", "video"):  # placing their cameras takes minutes, and gives points
            return _surface_from_photos(has_points=True)
        views = read_capture(path)
    except (ValueError, OSError, ImportError) as error:
        raise UserError(f"{path}: {error}" if str(path) not in str(error) else str(error)) from None
    if not views.has_depth:
        return _surface_from_photos(has_points=views.points is not None)
    voxel = VOXEL_METRES if views.scene.unit == "metre" else _voxel_of_extent(views)
    fused = {"surface": {"stage": "fuse_depth", "inputs": {"views": "capture"}, "config": {"voxel": voxel}}}
    if kind != "rgbd":
        return fused
    config = {"each_photo": False}  # texture_mesh moves photos itself
    return {**fused, "colour": {"stage": "calibrate_colour", "inputs": {"views": "capture"}, "config": config}}


def _surface_from_photos(*, has_points: bool) -> dict[str, Any]:
    """Photos alone: a radiance field first, from the capture's own points where it brought some, then its surface."""
    inputs = {"views": "capture", **({"geometry": "points"} if has_points else {})}
    points = {"points": {"stage": "geometry_from_points", "inputs": {"views": "capture"}}} if has_points else {}
    return {
        **points,
        "field": {"stage": "reconstruct", "inputs": inputs},
        "surface": {"stage": "extract_mesh", "inputs": {"field": "field", "views": "capture"}},
    }


def target_names() -> list[str]:
    """The targets of a GLB that there are files for."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8"))["file"] for path in TARGETS.glob("*.json")}
    return sorted(name for name, file in found.items() if file == "glb")


def room_for(target: str | None) -> tuple[int, int]:
    """How many triangles to keep and how large a texture to bake: what a target takes, but no more than is of use."""
    if target is None:
        return TRIANGLES, TEXTURE
    from meshing.target import read_target

    limits = read_target(TARGETS / f"{target}.json").limits
    half = limits.file_bytes // 2 // BYTES_PER_TRIANGLE  # the other half is for the texture
    return min(TRIANGLES, limits.triangles, half), min(TEXTURE, limits.texture_size)


def _voxel_of_extent(views: Any) -> float:
    """A voxel for a scene without a unit: its middle depth, both ways, cut into `VOXELS_ACROSS`."""
    import numpy as np

    depths = [views.depth(view) for view in range(0, len(views), max(1, len(views) // 8))]
    middle = float(np.median(np.concatenate([depth[depth > 0] for depth in depths])))
    return float(f"{2 * middle / VOXELS_ACROSS:.2g}")


def relative(path: Path, folder: Path) -> str:
    """A path as a job in `folder` names it; absolute where there is no way from one to the other."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()
