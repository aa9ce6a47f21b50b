"""Results on disk by what they were made from: each is committed whole or not at all, and checked before use."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from filelock import BaseFileLock, FileLock

from pipeline.digest import FileDigests, digest_files, digest_value
from pipeline.errors import UserError

FORMAT = 1


@dataclass(frozen=True)
class StoredFile:
    """One file of an artifact; `path` is relative, with forward slashes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Entry:
    """What is known of a stored result. `recipe` is what the key is made from; `record` is how its run went."""

    key: str
    type: str
    files: tuple[StoredFile, ...]
    recipe: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What the artifact's content hashes to, whatever made it."""
        return digest_value([self.type, [[file.path, file.sha256] for file in self.files]])

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


class DamagedEntry(Exception):
    """A stored file is missing or is not what it was; `key` says whose."""

    def __init__(self, key: str, path: str) -> None:
        super().__init__(key, path)
        self.key = key
        self.path = path


class Store:
    """A folder of results that any number of runs may use at the same time.

    blobs/SHA256      files by content, read-only
    entries/KEY.json  which blobs make up the result of a key; its presence is the commit
    work/KEY/         checkpoint, log and traceback of a stage that has not finished
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        try:
            for name in ("blobs", "entries", "work", "locks", "views", "history"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"the store {folder} cannot be used: {error.strerror} ({error.filename})") from None
        self.digests = FileDigests(self.folder / "digests.json")

    @property
    def address(self) -> str:
        return str(self.folder)

    def lookup(self, key: str) -> Entry | None:
        """The committed result of a key, if all its files are there and whole."""
        entry = self.peek(key)
        return entry if entry and self.damage(entry) is None else None

    def peek(self, key: str) -> Entry | None:
        """The entry of a key without a look at its files; None where there is none or it cannot be read."""
        try:
            return parse_entry(self._entry_path(key).read_text(), key)
        except (OSError, ValueError):
            return None

    def damage(self, entry: Entry) -> str | None:
        """The path of the first file of an entry that is missing or changed; None when all is well."""
        for file in entry.files:
            try:
                if self.digests.of(self._blob(file.sha256)) != file.sha256:
                    return file.path
            except OSError:
                return file.path
        return None

    def damage_of(self, key: str) -> str | None:
        """What is damaged of the stored result of a key; None where all is well, or nothing is stored."""
        entry = self.peek(key)
        if entry is None:
            return "its entry" if self._entry_path(key).exists() else None
        return self.damage(entry)

    def holds(self, sha: str) -> bool:
        """Whether a content is among the stored files, whatever needs it."""
        return self._blob(sha).exists()

    def commit(
        self, key: str, folder: Path, type_name: str, recipe: Mapping[str, Any], record: Mapping[str, Any]
    ) -> Entry:
        """Take over every file in `folder` as the result of `key`: files first, the entry last, synced and renamed.

        The folders are not synced: a rename lost to a power cut leaves a missing entry or file, which is a miss.
        """
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        sums = digest_files(paths)
        files = tuple(
            StoredFile(path.relative_to(folder).as_posix(), sha, path.stat().st_size)
            for path, sha in zip(paths, sums, strict=True)
        )
        _side_by_side(self._adopt, paths, sums)
        entry = Entry(key, type_name, files, dict(recipe), dict(record))
        self._conclude(entry)
        return entry

    @contextmanager
    def view(self, entry: Entry) -> Iterator[Path]:
        """A folder with the artifact's files under their own names, every byte checked; else DamagedEntry.

        A damaged file is dropped, so that it is missed and made again even where its size and times look untouched.
        """
        folder = Path(mkdtemp(dir=self.folder / "views", prefix=f"{os.getpid()}-"))
        try:
            self.link(entry, folder)
            for file, sha in zip(entry.files, digest_files(folder / file.path for file in entry.files), strict=True):
                if sha != file.sha256:
                    self._blob(file.sha256).unlink(missing_ok=True)
                    raise DamagedEntry(entry.key, file.path)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def link(self, entry: Entry, folder: Path) -> None:
        """Put an artifact's files into a folder: hard links where the disk allows it, else copies."""
        for file in entry.files:
            target = folder / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            try:
                os.link(self._blob(file.sha256), target)
            except FileNotFoundError:
                raise DamagedEntry(entry.key, file.path) from None
            except OSError:
                _copy(self._blob(file.sha256), target)

    def copy_file(self, file: StoredFile, target: Path) -> None:
        """Write one stored file where a person looks for it, as a copy of its own, aside first."""
        aside = target.with_name(f".{target.name}.new")
        _copy(self._blob(file.sha256), aside)
        aside.replace(target)

    def lock(self, key: str) -> BaseFileLock:
        """Held while a key is being made, so that two runs never make it at the same time; a dead holder lets go."""
        return FileLock(self.folder / "locks" / f"{key}.lock")

    def work(self, key: str) -> Path:
        """The folder of a stage under way, made by whoever first writes to it; it survives a kill."""
        return self.folder / "work" / key

    def forget_work(self, key: str) -> None:
        shutil.rmtree(self.folder / "work" / key, ignore_errors=True)

    def touch(self, entry: Entry) -> None:
        """Note that an entry was used now; `prune` drops what was not used for long."""
        with suppress(OSError):
            os.utime(self._entry_path(entry.key))

    def entries(self) -> Iterator[Entry]:
        """Every entry that can be read."""
        for path in sorted((self.folder / "entries").glob("*.json")):
            entry = self.peek(path.stem)
            if entry:
                yield entry

    def used(self, entry: Entry) -> float:
        """When an entry was last used, in seconds since 1970; 0 where it is gone."""
        try:
            return self._entry_path(entry.key).stat().st_mtime
        except OSError:
            return 0.0

    def remove(self, key: str) -> None:
        """Forget the result of a key; its files go when nothing else needs them, at the next `prune`."""
        self._entry_path(key).unlink(missing_ok=True)

    def mend(self, key: str) -> bool:
        """Whether a result that somebody found damaged is whole: by now, or because this could be brought about."""
        return self.lookup(key) is not None

    def reject(self, key: str) -> None:
        """Forget a result that turned out damaged, wherever it is kept, so that it is made again."""
        self.remove(key)

    def blobs(self) -> Iterator[Path]:
        return (self.folder / "blobs").iterdir()

    def _blob(self, sha: str) -> Path:
        return self.folder / "blobs" / sha

    def _entry_path(self, key: str) -> Path:
        return self.folder / "entries" / f"{key}.json"

    def _conclude(self, entry: Entry) -> None:
        """Write the entry of a result whose files are all in place: synced and renamed."""
        aside = self.folder / "work" / f".{entry.key}.{os.getpid()}.{time.monotonic_ns()}"
        try:
            with aside.open("w") as file:
                file.write(entry_text(entry))
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, self._entry_path(entry.key))
        finally:
            aside.unlink(missing_ok=True)

    def _adopt(self, path: Path, sha: str) -> None:
        blob = self._blob(sha)
        with suppress(OSError):
            if self.digests.of(blob) == sha:
                blob.chmod(0o444)  # moves its change time, which keeps `prune` away from it for now
                path.unlink()
                return
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o444)
        os.replace(path, blob)


def entry_text(entry: Entry) -> str:
    """An entry as it is written to disk: JSON with its own checksum."""
    data = json.loads(json.dumps({"format": FORMAT, **asdict(entry)}))
    return json.dumps({**data, "checksum": digest_value(data)})


def parse_entry(text: str, key: str) -> Entry:
    """The entry of `key` from its text. ValueError where it is cut off, changed, or another's."""
    try:
        data = json.loads(text)
        checksum = data.pop("checksum")
        whole = data["format"] == FORMAT and data["key"] == key and checksum == digest_value(data)
        files = tuple(StoredFile(**file) for file in data["files"])
        entry = Entry(key, data["type"], files, data["recipe"], data["record"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not an entry") from error
    if not whole:
        raise ValueError("not a whole entry")
    return entry


def _copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all: a part of it would only fill a disk that is full already."""
    try:
        shutil.copyfile(source, target)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _side_by_side(act: Callable[[Path, str], None], paths: Sequence[Path], sums: Sequence[str]) -> None:
    """Act on each file; on many at once, since most of the time goes by waiting for the disk."""
    if len(paths) < 4:
        for path, sha in zip(paths, sums, strict=True):
            act(path, sha)
    else:
        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(act, paths, sums))
