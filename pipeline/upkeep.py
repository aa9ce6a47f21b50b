"""Looking after a store: how large it is, whether it is whole, and dropping what was not used for long."""

import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from pipeline.digest import digest_file
from pipeline.history import History
from pipeline.store import Entry, Store

GRACE_SECONDS = 600.0
"""Files younger than this are left alone: a run under way may be about to name them in an entry."""


LEFTOVER_SECONDS = 7 * 86400.0
"""What a run left unfinished is kept this long after it was last written to."""


@dataclass(frozen=True)
class Size:
    """How much a store holds; `by_type` gives results and bytes for each kind of artifact."""

    results: int
    files: int
    bytes: int
    work_bytes: int
    by_type: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Pruned:
    results: int
    files: int
    bytes: int


def measure(store: Store) -> Size:
    """The store's size, from its files."""
    by_type: dict[str, tuple[int, int]] = {}
    for entry in store.entries():
        count, size = by_type.get(entry.type, (0, 0))
        by_type[entry.type] = (count + 1, size + entry.bytes)
    blobs = _sizes(store.blobs())
    work = _sizes((store.folder / "work").rglob("*"))
    return Size(sum(c for c, _ in by_type.values()), len(blobs), sum(blobs), sum(work), by_type)


def _sizes(paths: Iterable[Path]) -> list[int]:
    """The sizes of those of some files that are still there: a store is looked at while others use it."""
    found = []
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            found += [status.st_size] if S_ISREG(status.st_mode) else []
    return found


def verify(store: Store, *, repair: bool = False) -> list[tuple[str, str]]:
    """(key, path) of every stored file that is missing or is not what it was, by reading every byte.

    With `repair`, damaged files and the entries that need them go, so that they are made again when next asked for.
    """
    whole: dict[str, bool] = {}
    damaged = []
    for entry in store.entries():
        for file in entry.files:
            if file.sha256 not in whole:
                blob = store.folder / "blobs" / file.sha256
                whole[file.sha256] = blob.is_file() and digest_file(blob) == file.sha256
            if not whole[file.sha256]:
                damaged.append((entry.key, file.path))
    if repair:
        for key in {key for key, _ in damaged}:
            store.remove(key)
        for sha in (sha for sha, good in whole.items() if not good):
            (store.folder / "blobs" / sha).unlink(missing_ok=True)
    return damaged


def prune(store: Store, *, unused_days: float | None = None, max_bytes: int | None = None) -> Pruned:
    """Drop results not used for `unused_days`, then the longest unused until `max_bytes` hold; and files nothing needs.

    What the store remembers of input files that are gone, and all but the newest measurements, go as well. Safe beside
    a run: at worst the run makes again what was dropped.
    """
    entries = sorted(store.entries(), key=store.used)
    total = sum({file.sha256: file.bytes for entry in entries for file in entry.files}.values())
    oldest = time.time() - unused_days * 86400 if unused_days is not None else None
    dropped = 0
    holders = _holders(entries)
    for entry in entries:
        too_old = oldest is not None and store.used(entry) < oldest
        if not too_old and (max_bytes is None or total <= max_bytes):
            continue
        store.remove(entry.key)
        dropped += 1
        for file in {file.sha256: file for file in entry.files}.values():
            holders[file.sha256] -= 1
            total -= file.bytes if holders[file.sha256] == 0 else 0
    files, size = _drop_blobs(store)
    _drop_leftovers(store)
    store.digests.forget_gone()
    History(store.folder / "history").trim()
    return Pruned(dropped, files, size)


def _holders(entries: Sequence[Entry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        for sha in {file.sha256 for file in entry.files}:
            counts[sha] = counts.get(sha, 0) + 1
    return counts


def _drop_blobs(store: Store) -> tuple[int, int]:
    needed = {file.sha256 for entry in store.entries() for file in entry.files}
    young = time.time() - GRACE_SECONDS
    count = size = 0
    for blob in list(store.blobs()):
        if blob.name in needed:
            continue
        with suppress(FileNotFoundError):
            status = blob.stat()
            if status.st_ctime <= young:
                blob.unlink()
                size += status.st_size
                count += 1
    return count, size


def _drop_leftovers(store: Store) -> None:
    """Views and locks of runs that are gone, work that nobody came back to, and what was not renamed any more."""
    old = time.time() - LEFTOVER_SECONDS
    loose = [*store.folder.glob("*.new"), *store.folder.glob("history/*.new")]
    for path in (*loose, *(path for name in ("views", "work", "locks") for path in (store.folder / name).iterdir())):
        with suppress(FileNotFoundError):
            if max(inner.stat().st_mtime for inner in (path, *path.rglob("*"))) > old:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
