"""What a reader can take, as data: `assets/targets/*.json`, each limit with its source."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, get_args

from meshing.gltf.model import Encoding

FileKind = Literal["glb", "usdz"]


@dataclass(frozen=True)
class Limits:
    """The most a file may ask for: `texture_size` in texels a side, `gpu_bytes` decoded, with mip levels."""

    triangles: int
    draw_calls: int
    texture_size: int
    gpu_bytes: int
    file_bytes: int


@dataclass(frozen=True)
class Target:
    """A reader: the kind of file it takes, its limits, the texture formats it reads (best first) and whether it reads
    compressed vertices."""

    name: str
    title: str
    file: FileKind
    limits: Limits
    encodings: tuple[Encoding, ...]
    quantize: bool
    meshopt: bool
    sources: dict[str, str]  # why each limit is what it is


def read_target(path: Path) -> Target:
    """The target that a file describes."""
    try:
        data = json.loads(path.read_text())
    except OSError as error:
        raise FileNotFoundError(f"target: {path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ValueError(f"target: {path} is not JSON ({error})") from error
    wanted = {field.name for field in fields(Target)} - {"name"}
    if not isinstance(data, dict) or set(data) != wanted:
        got = sorted(data) if isinstance(data, dict) else type(data).__name__
        raise ValueError(f"target: {path} must hold {', '.join(sorted(wanted))} (got {got})")
    names = [field.name for field in fields(Limits)]
    limits = data["limits"]
    for name in names:
        value = limits.get(name)
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"target: {path}: limits.{name} must be a whole number above 0 (got {value!r})")
    encodings = tuple(data["encodings"])
    if not encodings or set(encodings) - set(get_args(Encoding)):
        allowed = ", ".join(get_args(Encoding))
        raise ValueError(f"target: {path}: encodings must be some of {allowed} (got {data['encodings']!r})")
    if data["file"] not in get_args(FileKind):
        raise ValueError(f"target: {path}: file must be one of {', '.join(get_args(FileKind))} (got {data['file']!r})")
    return Target(
        path.stem,
        str(data["title"]),
        data["file"],
        Limits(**{name: limits[name] for name in names}),
        encodings,
        bool(data["quantize"]),
        bool(data["meshopt"]),
        dict(data["sources"]),
    )
