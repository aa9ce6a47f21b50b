"""The job that `scenewright new photo` writes: a picture, or a folder of pictures, becomes 3D photos."""

from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.migrations import VERSION
from pipeline.templates import SCHEMA, relative
from pipeline.templates import room_for as room_for

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".mpo", ".heic", ".heif", ".avif")
TRIANGLES = 150_000


def photo_job(path: Path, folder: Path, target: str | None = None) -> dict[str, Any]:
    """A job that makes a GLB with parallax of a picture, or of each picture in a folder.

    Depth inside the photo or its second picture is used where there is some. `target` names a headset or page that
    the file must fit; see assets/targets.
    """
    name = path.resolve().stem.lstrip(".") or "photo"
    return {
        "$schema": relative(SCHEMA, folder),
        "version": VERSION,
        "name": name,
        "description": f"A 3D photo of {path.name}",
        "seed": 0,
        "stages": {
            "photo": _photo(path, folder),
            "depth": {"stage": "estimate_depth", "inputs": {"photo": "photo"}, "config": {"source": "auto"}},
            "layers": {"stage": "build_layers", "inputs": {"photo": "photo", "depth": "depth"}},
            "filled": {"stage": "inpaint_layers", "inputs": {"layers": "layers"}},
            "mesh": {
                "stage": "mesh_photo",
                "inputs": {"layers": "filled"},
                "config": {"triangles": _triangles(target)},
            },
            "views": {"stage": "photo_views", "inputs": {"mesh": "mesh", "layers": "filled"}},
            "glb": {
                "stage": "export_gltf",
                "inputs": {"mesh": "mesh"},
                "config": {"floor": False, **({"target": target} if target else {})},
            },
        },
    }


def _photo(path: Path, folder: Path) -> dict[str, Any]:
    if path.is_dir():
        if not any(entry.suffix.lower() in SUFFIXES for entry in path.iterdir()):
            raise UserError(f"{path}: holds no picture (allowed: {', '.join(SUFFIXES)})")
        names = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES)
        return {"stage": "load_photo", "map": {"path": [relative(name, folder) for name in names]}}
    if not path.is_file():
        raise UserError(f"{path}: no such picture")
    from vision.photo import read_photo

    try:
        read_photo(path, max_side=64)
    except (ValueError, OSError, ImportError) as error:
        raise UserError(str(error)) from None
    return {"stage": "load_photo", "config": {"path": relative(path, folder)}}


def _triangles(target: str | None) -> int:
    if target is None:
        return TRIANGLES
    return min(TRIANGLES, room_for(target)[0])
