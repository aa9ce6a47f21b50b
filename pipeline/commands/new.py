"""scenewright new KIND: a complete job with good defaults."""

import argparse
import json
from pathlib import Path

from pipeline.errors import UserError
from pipeline.template_room import room_job
from pipeline.templates import capture_job, target_names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    capture = kinds.add_parser("capture", help="posed photos, with depth or without", description=capture_job.__doc__)
    capture.add_argument("path", type=Path, help="the capture: a folder or a transforms.json")
    capture.add_argument("--target", choices=target_names(), help="a headset or page that the file must fit")
    capture.set_defaults(job=lambda parsed, folder: capture_job(parsed.path, folder, parsed.target))
    room = kinds.add_parser("room", help="a plan of a room, or a room in words", description=room_job.__doc__)
    room.add_argument("source", help='a plan (.json, .glb, .gltf), or words: "a small bedroom with a desk"')
    room.add_argument("--style", default="", help="how it shall look, in words")
    room.set_defaults(job=lambda parsed, folder: room_job(parsed.source, folder, parsed.style))
    for kind in kinds.choices.values():
        kind.add_argument(
            "-o", "--output", type=Path, default=Path("job.json"), metavar="FILE", help="default: job.json"
        )
        kind.add_argument("--replace", action="store_true", help="write over an existing file")


def main(parsed: argparse.Namespace) -> int:
    output: Path = parsed.output
    if output.exists() and not parsed.replace:
        raise UserError(f"{output}: exists already (give another -o, or --replace)")
    if not output.parent.is_dir():
        raise UserError(f"{output}: the folder {output.parent} does not exist")
    job = parsed.job(parsed, output.parent)
    output.write_text(json.dumps(job, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {output}: run it with: scenewright run {output}")
    return 0
