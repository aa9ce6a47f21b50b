"""The job that makes a room of a plan or of a sentence, as `scenewright new room` writes it."""

import re
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.migrations import VERSION
from pipeline.templates import SCHEMA, relative


def room_job(source: str, folder: Path, style: str = "", diffusion: Path | None = None) -> dict[str, Any]:
    """A job that makes a GLB of a room to walk in; its paths are relative to `folder`, where it will lie.

    `source` is the path of a plan (own JSON, a headset's scene, LayoutGPT, glTF with named boxes), else the room in
    words. `style` says in words how it shall look. `diffusion` is a folder with `base`, `depth` and `semantic`: a
    Stable Diffusion with its ControlNets, which then draws the room; its pictures are aligned to the plan and fused.
    """
    path = Path(source)
    if is_file(path):
        name, plan = path.stem, _loaded(path, folder, style)
        about = f"A room made from the plan {path.name}"
    elif not re.search(r"\w", source):
        raise UserError("new room: say what room it is, or give a plan (got no words)")
    elif _is_folder(path):
        raise UserError(f"{source}: is a folder; give the file of a plan, or the room in more words")
    elif _looks_like_a_path(source):
        raise UserError(f"{source}: there is no such file; give a plan, or the room in words")
    else:
        name, plan = _name_of(source), {"stage": "furnish_room", "config": {"text": source}}
        about = f"A room made from the words: {source}"
    return {
        "$schema": relative(SCHEMA, folder),
        "version": VERSION,
        "name": name,
        "description": about,
        "seed": 0,
        "stages": {
            "plan": plan,
            **(_drawn(diffusion, folder, style) if diffusion is not None else _built(style)),
            "glb": {"stage": "export_room", "inputs": {"room": "room"}},
        },
    }


def _built(style: str) -> dict[str, Any]:
    """By the embedded generator."""
    settings = {"config": {"style": style}} if style else {}
    return {"room": {"stage": "build_room", **settings, "inputs": {"plan": "plan"}}}


def _drawn(models: Path, folder: Path, style: str) -> dict[str, Any]:
    """By a diffusion model: a panorama, its distances, further places, one surface, its texture."""
    lacking = [part for part in ("base", "depth", "semantic") if not (models / part).is_dir()]
    if lacking:
        raise UserError(f"{models}: must hold folders base, depth and semantic (lacks {lacking[0]})")
    draws = {"models": relative(models, folder), **({"text": style} if style else {})}
    return {
        "proxy": {"stage": "render_proxy", "config": {"height": 512}, "inputs": {"plan": "plan"}},
        "panorama": {
            "stage": "generate_panorama",
            "config": {"generator": "diffusion", **draws},
            "inputs": {"proxy": "proxy"},
        },
        "aligned": {"stage": "align_depth", "config": {"source": "network"}, "inputs": {"pictures": "panorama"}},
        "complete": {
            "stage": "complete_room",
            "config": {"painter": "diffusion", **draws},
            "inputs": {"pictures": "aligned"},
        },
        "surface": {"stage": "fuse_room", "inputs": {"pictures": "complete"}},
        "room": {"stage": "texture_room", "inputs": {"mesh": "surface", "pictures": "complete"}},
    }


def is_file(path: Path) -> bool:
    """Whether there is such a file; a sentence is no path, however long it is."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _loaded(path: Path, folder: Path, style: str) -> dict[str, Any]:
    from meshing.room.read import read_plan

    try:
        read_plan(path)
    except (ValueError, OSError) as error:
        raise UserError(str(error)) from None
    return {"stage": "load_room", "config": {"path": relative(path, folder), **({"style": style} if style else {})}}


def _looks_like_a_path(source: str) -> bool:
    return bool(re.fullmatch(r"\S+\.(json|glb|gltf)", source)) or "/" in source.split(" ")[0]


_SMALL = frozenset(["a", "an", "the", "with", "by", "of", "in", "on", "at", "and", "or", "to", "for"])


def _name_of(text: str) -> str:
    words = [word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _SMALL]
    return "-".join(words[:4]) or "room"
