"""`run.json`: what every stage of a run did, took, measured and left behind; rewritten whole while the run goes on."""

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.devices import describe_machine
from pipeline.job import Job
from pipeline.store import Entry

INTERVAL = 1.0
"""Seconds between two writes while stages finish one after the other."""


class Manifest:
    """The manifest of one run in its folder. Each stage is a plain dictionary, as in the file."""

    def __init__(self, path: Path, job: Job, device: str, executor: str) -> None:
        self.path = path
        self._started = time.monotonic()
        self._written = 0.0
        self.data: dict[str, Any] = {
            "version": 1,
            "scenewright": metadata.version("scenewright"),
            "name": job.name,
            "seed": job.seed,
            "status": "running",
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": 0.0,
            "device": device,
            "executor": executor,
            "machine": describe_machine(),
            "licences": [],
            "stages": {
                node.id: {
                    "stage": node.stage.name,
                    "version": node.stage.version,
                    "state": "waiting",
                    "reason": "",
                    "needs": list(node.needs),
                    "seed": node.seed,
                    "outputs": [],
                    "error": None,
                }
                for node in job.nodes.values()
            },
        }

    def update(self, node: str, **changes: Any) -> None:
        self.data["stages"][node] |= changes

    def record(
        self, node: str, entry: Entry, inputs: Mapping[str, tuple[str, ...]], entries: Mapping[str, Entry]
    ) -> None:
        """Take over what the store knows of a stage's result, in place of what an attempt before it has left."""
        for left in ("traceback", "work"):
            self.data["stages"][node].pop(left, None)
        self.update(
            node,
            key=entry.key,
            **entry.record,
            inputs={
                name: [{"stage": id_, "digest": entries[id_].digest} for id_ in ids] for name, ids in inputs.items()
            },
            output={
                "type": entry.type,
                "digest": entry.digest,
                "bytes": entry.bytes,
                "files": [{"path": file.path, "sha256": file.sha256, "bytes": file.bytes} for file in entry.files],
            },
        )
        known = self.data["licences"]
        known.extend(text for text in entry.record.get("licences", []) if text not in known)

    def write(self, *, now: bool = False) -> None:
        """Write the file aside and rename it; unless `now`, at most every `INTERVAL` seconds and without line breaks.

        Those cost ten times as much: a quarter of a second for 1,000 stages.
        """
        if not now and time.monotonic() - self._written < INTERVAL:
            return
        self._written = time.monotonic()
        self.data["seconds"] = round(time.monotonic() - self._started, 3)
        write_json(self.path, self.data, indent=1 if now else None)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an earlier run in a folder, or an empty one."""
    with suppress(OSError, ValueError):
        data = json.loads((folder / "run.json").read_text())
        if isinstance(data, dict) and isinstance(data.get("stages"), dict):
            stages = {name: stage for name, stage in data["stages"].items() if isinstance(stage, dict)}
            return {**data, "stages": stages}
    return {"stages": {}}


def write_json(path: Path, data: Any, *, indent: int | None = 1) -> None:
    """Write a JSON file for people and programs: aside first, then renamed into place."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(json.dumps(data, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
