"""The folder of a run: files for a person in `outputs/`, every artifact in `artifacts/`, the run's own papers."""

import json
import shutil
import time
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, TextIO

from filelock import FileLock, Timeout

from pipeline.errors import UserError
from pipeline.job import Job, Node
from pipeline.manifest import read_manifest, write_json
from pipeline.store import Entry, Store, StoredFile

ROOM = "room"
"""The folder beside a run's own where a room's plan lies that a person outlined for it, and the job made of it."""


class RunFolder:
    """One run's output folder; held by a lock while the run writes to it."""

    def __init__(self, folder: Path, job: Job) -> None:
        self.folder = folder
        self._lock = FileLock(folder / ".lock")
        try:
            _check_usable(folder)
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._before = read_manifest(folder)["stages"]
            self._events: TextIO = (folder / "events.jsonl").open("w", encoding="utf-8")
            write_json(folder / "job.json", job.resolved())
        except Timeout:
            raise UserError(f"--out {folder}: another run is writing to this folder") from None
        except OSError as error:
            self._lock.release()
            raise UserError(f"--out {folder}: {error.strerror or error}") from None

    def keep_log(self, node: str, text: str) -> None:
        """Keep what the libraries that a stage called have printed."""
        path = self.folder / "logs" / f"{node}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def event(self, event: dict[str, Any]) -> None:
        """Append one line to `events.jsonl`, which the viewer follows."""
        self._events.write(json.dumps({"time": round(time.time(), 3), **event}) + "\n")
        self._events.flush()

    def publish(self, node: Node, entry: Entry, store: Store, *, anew: bool) -> list[str]:
        """Put a stage's result, made `anew` or not, into the folder; the paths of the files that a person wants."""
        self._link_artifact(node.id, entry, store, anew=anew)
        wanted = [file for file in entry.files if any(fnmatch(file.path, pattern) for pattern in node.stage.exports)]
        written = []
        forms = _forms([file.path for file in wanted])
        for file in wanted:  # several belong together and keep their names, by which they may refer to each other
            name = f"{node.id}{forms[file.path]}" if forms else f"{node.id}/{file.path}"
            target = Path("outputs", name)
            self._export(node.id, file, target, store)
            written.append(target.as_posix())
        return written

    def close(self) -> None:
        with suppress(OSError):  # what a full disk did not take before, it does not take now
            self._events.close()
        self._lock.release()

    def _link_artifact(self, node: str, entry: Entry, store: Store, *, anew: bool) -> None:
        folder = self.folder / "artifacts" / node
        before = self._before.get(node, {}).get("output") or {}
        if not anew and folder.is_dir() and before.get("digest") == entry.digest:
            return
        shutil.rmtree(folder, ignore_errors=True)
        store.link(entry, folder)

    def _export(self, node: str, file: StoredFile, target: Path, store: Store) -> None:
        path = self.folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            present = store.digests.of(path)
            if present == file.sha256:
                return
            if present not in self._written_before(node) and not store.holds(present):
                path.rename(_kept_name(path))
        store.copy_file(file, path)

    def _written_before(self, node: str) -> set[str]:
        """What the last run of this stage left; what neither it nor the store knows is the user's own."""
        output = self._before.get(node, {}).get("output") or {}
        return {file["sha256"] for file in output.get("files", [])}


def _check_usable(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--out {folder}: is a file")
    found = {path.name for path in folder.iterdir() if not _is_aside(path.name)} if folder.is_dir() else set()
    killed_early = "events.jsonl" in found and found <= {"events.jsonl", "job.json"}
    if found and "run.json" not in found and not killed_early:
        raise UserError(f"--out {folder}: holds files that are no run of ours (give an empty folder or an earlier run)")


def _is_aside(name: str) -> bool:
    """Whether a file is the lock, what a killed run was about to rename, or what a room editor wrote for its run."""
    return name in (".lock", ROOM) or name.startswith((".job.json.", ".run.json."))


def _kept_name(path: Path) -> Path:
    """A free name beside a file that the user changed, so that a new result never overwrites it."""
    number = 1
    while (kept := path.with_name(f"{path.stem}.yours-{number}{path.suffix}")).exists():
        number += 1
    return kept


def _forms(paths: list[str]) -> dict[str, str]:
    """What follows the common name of a file's several forms, such as `.glb` and `.plain.glb`; none for other files."""
    if len(paths) == 1:
        return {paths[0]: Path(paths[0]).suffix}
    parts = {path: path.partition(".") for path in paths}
    alike = len({name for name, _, _ in parts.values()}) == 1 and len({Path(path).suffix for path in paths}) == 1
    return {path: dot + form for path, (_, dot, form) in parts.items()} if alike else {}
