"""A store at any fsspec address: a folder of this machine in front, the shared one behind."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.digest import digest_file, digest_value
from pipeline.errors import ScenewrightError, UserError
from pipeline.store import DamagedEntry, Entry, Store, entry_text, parse_entry


def open_store(address: str | Path) -> Store:
    """The store at a path or, where the address has a scheme such as `s3://bucket/store`, at an fsspec address."""
    text = str(address)
    if "://" not in text:
        return Store(Path(text).expanduser())
    if text.startswith("file://"):
        return Store(Path(text.removeprefix("file://")))
    return RemoteStore(text)


def cache_folder() -> Path:
    """The user's folder for what can be made again: $XDG_CACHE_HOME/scenewright, else ~/.cache/scenewright."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scenewright"


class RemoteStore(Store):
    """Results at an address that many machines share; each has a folder of its own in front, a whole store in itself.

    A result is committed files first, entry last: to the folder, then to the address. Looking one up fetches what is
    missing here, and checks it. An interrupted upload never counts: every entry and file is checked against its
    checksum, and what does not pass is missing, and made again.

    Shared are results alone. Locks, checkpoints, history, the memory of digests, `verify` and `prune` are this
    machine's: two machines may make one result at the same time, which costs time and no more, since both commit
    the same files under the same names; a stage that goes on elsewhere starts from its beginning; and the address is
    tidied by its own means, such as a bucket's rules.
    """

    def __init__(self, address: str, cache: Path | None = None) -> None:
        import fsspec

        try:
            self._remote, root = fsspec.core.url_to_fs(address)
        except (ValueError, ImportError) as error:  # a scheme that nobody knows, or whose package is missing
            raise UserError(f"the store {address} cannot be opened: {error}") from None
        self._address, self._root = address, root.rstrip("/")
        super().__init__(cache or cache_folder() / "remote" / digest_value(address)[:16])

    @property
    def address(self) -> str:
        return self._address

    def peek(self, key: str) -> Entry | None:
        return super().peek(key) or self._fetch_entry(key)

    def damage(self, entry: Entry) -> str | None:
        if super().damage(entry) is not None:
            self._fetch_files(entry)
        return super().damage(entry)

    @contextmanager
    def view(self, entry: Entry) -> Iterator[Path]:
        with ExitStack() as held:
            try:
                folder = held.enter_context(super().view(entry))
            except DamagedEntry:  # here, which dropped the file; the address may still have a whole one
                folder = held.enter_context(super().view(entry))
            yield folder

    def link(self, entry: Entry, folder: Path) -> None:
        self.damage(entry)
        super().link(entry, folder)

    def mend(self, key: str) -> bool:
        entry = self.lookup(key)
        if entry:
            self._upload(entry)
        return entry is not None

    def reject(self, key: str) -> None:
        super().reject(key)
        self._remove_remote(self._remote_entry(key))

    def _conclude(self, entry: Entry) -> None:
        self._upload(entry)
        super()._conclude(entry)

    def _upload(self, entry: Entry) -> None:
        """Bring to the address what it lacks of a result that is whole here, the entry last."""
        with self._asking():
            for folder in ("blobs", "entries"):
                self._remote.makedirs(f"{self._root}/{folder}", exist_ok=True)
            self._remote.invalidate_cache()
            sizes = {file.sha256: file.bytes for file in entry.files}
            absent = [sha for sha, size in sizes.items() if self._remote_size(sha) != size]
            self._remote.put([str(self._blob(sha)) for sha in absent], [self._remote_blob(sha) for sha in absent])
            self._remote.pipe_file(self._remote_entry(entry.key), entry_text(entry).encode())

    def _fetch_entry(self, key: str) -> Entry | None:
        try:
            with self._asking():
                text = self._remote.cat_file(self._remote_entry(key))
            entry = parse_entry(text.decode(), key)
        except (FileNotFoundError, ValueError):
            return None
        super()._conclude(entry)
        return entry

    def _fetch_files(self, entry: Entry) -> None:
        """Bring the files that are missing or damaged here, where the address has every one of them."""
        sizes = {file.sha256: file.bytes for file in entry.files if not self._whole(file.sha256)}
        sums = list(sizes)
        with TemporaryDirectory(dir=self.folder / "views", prefix=f"{os.getpid()}-") as folder:
            fetched = [Path(folder, sha) for sha in sums]
            try:
                with self._asking():
                    self._remote.get([self._remote_blob(sha) for sha in sums], [str(path) for path in fetched])
            except FileNotFoundError:
                return
            for path, sha in zip(fetched, sums, strict=True):
                if digest_file(path) == sha:
                    path.chmod(0o444)
                    path.replace(self._blob(sha))
                elif path.stat().st_size == sizes[sha]:  # a commit would take it for whole; one cut short is replaced
                    self._remove_remote(self._remote_blob(sha))

    def _remove_remote(self, path: str) -> None:
        with suppress(FileNotFoundError), self._asking():
            self._remote.rm_file(path)

    def _whole(self, sha: str) -> bool:
        try:
            return self.digests.of(self._blob(sha)) == sha
        except OSError:
            return False

    def _remote_size(self, sha: str) -> int | None:
        try:
            return int(self._remote.info(self._remote_blob(sha))["size"])
        except FileNotFoundError:
            return None

    def _remote_blob(self, sha: str) -> str:
        return f"{self._root}/blobs/{sha}"

    def _remote_entry(self, key: str) -> str:
        return f"{self._root}/entries/{key}.json"

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Tell in one line what goes wrong at the address; only a file that it does not have is no error."""
        try:
            yield
        except FileNotFoundError:
            raise
        except Exception as error:  # each file system has exceptions of its own
            text = " ".join(str(error).split()) or type(error).__name__
            raise ScenewrightError(f"the store {self._address} does not answer: {text}") from error
