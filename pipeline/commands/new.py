"""scenewright new KIND: a complete job with good defaults."""

import argparse
import json
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.template_object import object_job
from pipeline.template_photo import photo_job
from pipeline.template_room import room_job
from pipeline.templates import capture_job, target_names

_CAPTURE = (
    "Write a job that makes a textured GLB of a capture. Measured depth is fused into a surface; photos alone become a"
    " radiance field first, which takes minutes."
)
_PHOTO = (
    "Write a job that makes a GLB with parallax of a picture, or of each picture in a folder. Depth inside the photo or"
    " its second picture is used where there is some."
)
_ROOM = (
    "Write a job that makes a GLB of a room to walk in: from a plan, which may be our own JSON, a headset's scene, a"
    " LayoutGPT layout or a glTF with named boxes, or from words."
)
_OBJECT = "Write a job that makes a GLB of words, of a picture, or of both."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    capture = _kind(kinds, "capture", "posed photos, with depth or without", _CAPTURE)
    capture.add_argument("path", type=Path, help="the capture: a folder, a transforms.json or a video")
    photo = _kind(kinds, "photo", "a picture, or a folder of them, becomes a 3D photo", _PHOTO)
    photo.add_argument("path", type=Path, help="a picture or a folder of pictures")
    room = _kind(kinds, "room", "a plan of a room, or a room in words", _ROOM, has_target=False)
    room.add_argument("source", help='a plan (.json, .glb, .gltf), or words: "a small bedroom with a desk"')
    room.add_argument("--style", default="", help="how it shall look, in words")
    room.add_argument(
        "--diffusion",
        type=Path,
        metavar="FOLDER",
        help="a Stable Diffusion draws it: a folder with base, depth and semantic, as diffusers saves them",
    )
    thing = _kind(kinds, "object", "words or a picture become an object", _OBJECT)
    thing.add_argument("text", nargs="?", default="", help='what it is: "a red chair with wooden legs"')
    thing.add_argument("--image", type=Path, metavar="FILE", help="a picture of it, with words or without")
    thing.add_argument("--size", type=float, metavar="METRES", help="its longest side (default: what is usual)")
    thing.add_argument("--seed", type=int, default=0, help="another number draws another object (default: 0)")


def main(parsed: argparse.Namespace) -> int:
    output: Path = parsed.output
    if output.exists() and not parsed.replace:
        raise UserError(f"{output}: exists already (give another -o, or --replace)")
    if not output.parent.is_dir():
        raise UserError(f"{output}: the folder {output.parent} does not exist")
    job = _JOBS[parsed.kind](parsed)
    output.write_text(json.dumps(job, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {output}: run it with: scenewright run {output}")
    return 0


def _kind(kinds: Any, name: str, summary: str, description: str, *, has_target: bool = True) -> argparse.ArgumentParser:
    """A kind of job with the arguments that every kind takes."""
    parser: argparse.ArgumentParser = kinds.add_parser(name, help=summary, description=description)
    parser.add_argument("-o", "--output", type=Path, default=Path("job.json"), metavar="FILE", help="default: job.json")
    if has_target:
        parser.add_argument("--target", choices=target_names(), help="a headset or page that the file must fit")
    parser.add_argument("--replace", action="store_true", help="write over an existing file")
    return parser


def _capture(parsed: argparse.Namespace) -> dict[str, Any]:
    return capture_job(parsed.path, parsed.output.parent, parsed.target)


def _object(parsed: argparse.Namespace) -> dict[str, Any]:
    return object_job(
        parsed.text, parsed.image, parsed.output.parent, parsed.target, size_m=parsed.size, seed=parsed.seed
    )


def _photo(parsed: argparse.Namespace) -> dict[str, Any]:
    return photo_job(parsed.path, parsed.output.parent, parsed.target)


def _room(parsed: argparse.Namespace) -> dict[str, Any]:
    return room_job(parsed.source, parsed.output.parent, parsed.style, parsed.diffusion)


_JOBS = {"capture": _capture, "photo": _photo, "object": _object, "room": _room}
