"""The job that makes an object of words, of a picture, or of both."""

import re
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.migrations import VERSION
from pipeline.templates import SCHEMA, relative, room_for

TRIANGLES, TEXTURE = 20_000, 1024
"""More than the generator knows of an object."""


def object_job(
    text: str,
    image: Path | None,
    folder: Path,
    target: str | None = None,
    *,
    size_m: float | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """A job that makes a GLB of words, of a picture, or of a mixture; its paths are relative to `folder`."""
    prompts = {**_words(text, alone=image is None), **_picture(image, folder)}
    if not prompts:
        raise UserError("new object: say what it is, or give a picture with --image")
    if size_m is not None and not 0 < size_m <= 10_000:
        raise UserError(f"--size: must be more than 0 and at most 10000 metres (got {size_m})")
    triangles, texture = room_for(target)
    stages: dict[str, Any] = {
        **prompts,
        "latent": {
            "stage": "sample_latent",
            "inputs": {"prompts": list(prompts)},
            "config": {"size_m": size_m} if size_m else {},
        },
        "shape": {
            "stage": "latent_geometry",
            "inputs": {"latent": "latent"},
            "config": {"triangles": min(triangles, TRIANGLES), "texture": min(texture, TEXTURE)},
        },
        "glb": {
            "stage": "export_gltf",
            "inputs": {"mesh": "shape"},
            "config": {"target": target} if target else {},
        },
    }
    return {
        "$schema": relative(SCHEMA, folder),
        "version": VERSION,
        "name": name_of(text) or (image.stem if image else "object"),
        "description": f"An object: {text[:200]}" if text else f"The object in {image and image.name}",
        "seed": seed,
        "stages": stages,
    }


def name_of(text: str) -> str:
    """A short name for a prompt: "a red chair" is red-chair."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(word for word in words if word not in ("a", "an", "the"))[:40].strip("-")


def _words(text: str, *, alone: bool) -> dict[str, Any]:
    """The stage that reads words; a picture beside them says which colour a thing has."""
    from vision.text_prompt import clean

    if not text:
        return {}
    try:
        clean(text)
    except ValueError as error:
        raise UserError(str(error)) from None
    return {"words": {"stage": "encode_text", "config": {"text": text, **({} if alone else {"usual_colour": False})}}}


def _picture(image: Path | None, folder: Path) -> dict[str, Any]:
    if image is None:
        return {}
    if not image.is_file():
        raise UserError(f"--image: no file at {image}")
    from vision.photo import read_photo

    try:
        read_photo(image, max_side=64)
    except (ValueError, OSError, ImportError) as error:
        raise UserError(f"--image: {error}") from None
    return {"picture": {"stage": "encode_image", "config": {"path": relative(image, folder)}}}
