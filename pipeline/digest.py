"""Content addresses: what a file, a folder or a plain value hashes to, and a memory of files already hashed."""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

RUN_FOLDER = {"run.json", "job.json"}
"""A folder that holds both is the output of a run and never part of an input."""

_RACY_NS = 2_000_000_000
"""A file changed this recently may change again within its clock's grain: its digest is not remembered."""


def digest_value(value: Any) -> str:
    """SHA-256 of a plain value by its canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()  # a file's name need not be UTF-8


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_files(paths: Iterable[Path]) -> list[str]:
    """As `digest_file` of many, side by side: hashing releases the interpreter's lock."""
    paths = list(paths)
    if len(paths) < 4:
        return [digest_file(path) for path in paths]
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        return list(pool.map(digest_file, paths))


class FileDigests:
    """Digests of files, remembered by path, size, change time and inode, so that an unchanged file is read once."""

    def __init__(self, memory: Path | None = None) -> None:
        self._memory = memory
        self._known: dict[str, list[Any]] = _read_memory(memory) if memory else {}
        self._changed = False

    def of(self, path: Path) -> str:
        """The SHA-256 of a file. OSError where it cannot be read."""
        status = path.stat()
        signature = [status.st_size, status.st_mtime_ns, status.st_ino]
        known = self._known.get(str(path))
        if known and known[:3] == signature:
            return str(known[3])
        digest = digest_file(path)
        if time.time_ns() - status.st_mtime_ns > _RACY_NS:
            self._known[str(path)] = [*signature, digest]
            self._changed = True
        return digest

    def of_path(self, path: Path) -> str:
        """The digest of a file, or of a folder: the names and contents of all files in it. OSError where it is gone."""
        if not path.is_dir():
            return self.of(path)
        return digest_value([[str(file.relative_to(path).as_posix()), self.of(file)] for file in input_files(path)])

    def save(self) -> None:
        """Keep what was learnt for the next process. Losing it costs time only, so a failure is no error."""
        if self._memory is None or not self._changed:
            return
        _replace(self._memory, {**_read_memory(self._memory), **self._known})

    def forget_gone(self) -> int:
        """Drop what is known of files that are no longer there; how many those were."""
        gone = [path for path in self._known if not Path(path).exists()]
        for path in gone:
            del self._known[path]
        if gone and self._memory is not None:
            _replace(self._memory, self._known)
        return len(gone)


def input_files(folder: Path) -> Iterator[Path]:
    """The files that belong to an input folder: all but hidden ones and earlier runs in it, in a fixed order.

    Links are followed, each folder once: photos are often linked from where they lie.
    """
    seen = set()
    for root, folders, files in os.walk(folder, followlinks=True):
        status = Path(root).stat()
        if (status.st_dev, status.st_ino) in seen or (set(files) >= RUN_FOLDER and Path(root) != folder):
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(root, name) for name in sorted(files) if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


def _replace(path: Path, known: dict[str, list[Any]]) -> None:
    aside = path.with_suffix(f".{os.getpid()}.new")
    try:
        aside.write_text(json.dumps(known))
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)


def _read_memory(path: Path) -> dict[str, list[Any]]:
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {name: row for name, row in known.items() if isinstance(row, list)} if isinstance(known, dict) else {}
