"""The room editor's other half: kinds of things, plans from files, and the job that makes a room of a plan."""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from pipeline.errors import UserError
from pipeline.outputs import ROOM
from viewer.rooms import RoomDesk


class Starts(Protocol):
    """Begins a job in the background; raises ValueError while another one runs."""

    def start(self, job: Path) -> None: ...


def room_desk(run: Path, starter: Starts) -> RoomDesk:
    """What the editor needs for rooms that are made in the folder `run`."""
    from meshing.room.classes import CLASSES

    def start(plan: dict[str, Any]) -> None:
        starter.start(write_job(plan, run / ROOM))

    kinds = [
        {"name": kind.name, "typical": kind.typical, "stands": kind.stands, "color": kind.color} for kind in CLASSES
    ]
    return RoomDesk(classes=kinds, plan=lambda: _plan_of(run), read=read_plan_bytes, check=complaints, start=start)


def has_room(run: Path) -> bool:
    """Whether the run makes a room of a plan."""
    return _plan_of(run) is not None


def read_plan_bytes(name: str, content: bytes) -> dict[str, Any]:
    """The repaired plan in a file that the page sends; ValueError with what is wrong."""
    from meshing.room.read import read_plan

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"plan{Path(name).suffix.lower()}"
        path.write_bytes(content)
        try:
            plan = read_plan(path)
        except (ValueError, OSError) as error:
            raise ValueError(str(error).replace(str(path), name)) from error
    return asdict(plan)


def complaints(values: dict[str, Any]) -> list[str]:
    """What is wrong with the place of each box of a plan, in the words of the check that rooms are made by; else ''."""
    from meshing.room.arrange import conflicts
    from meshing.room.plan_json import plan_of_json

    plan = plan_of_json(values)
    others = [[other for other in plan.boxes if other is not box] for box in plan.boxes]
    found = [conflicts(plan, box, rest) for box, rest in zip(plan.boxes, others, strict=True)]
    return [
        ", ".join(line.removeprefix(f"{box.name}: ") for line in lines)
        for box, lines in zip(plan.boxes, found, strict=True)
    ]


def write_job(values: dict[str, Any], folder: Path) -> Path:
    """Write the plan and the job that makes a room of it; ValueError where nothing can be made of the plan."""
    from meshing.room.plan_json import plan_of_json
    from meshing.room.repair import repair
    from pipeline.template_room import room_job

    plan = repair(plan_of_json(values))
    plan.save(folder)
    try:
        job = room_job(str(folder / "plan.json"), folder)
    except UserError as error:
        raise ValueError(str(error)) from error
    path = folder / "job.json"
    path.write_text(json.dumps(job, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _plan_of(run: Path) -> dict[str, Any] | None:
    """The plan that the page last wrote, else the one that a stage of the run made."""
    written = [run / ROOM / "plan.json", *sorted(run.glob("artifacts/*/plan.json"))]
    for path in written:
        if path.is_file():
            return dict(json.loads(path.read_text(encoding="utf-8")))
    return None
