"""A store at any fsspec address: a local store in front, the shared one behind."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from pipeline.digest import digest_value
from pipeline.store import Entry, Store, read_entry


def open_store(address: str | Path) -> Store:
    """The store at a path or, where the address has a scheme such as `s3://bucket/store`, at an fsspec address."""
    text = str(address)
    if "://" not in text:
        return Store(Path(text).expanduser())
    if text.startswith("file://"):
        return Store(Path(text.removeprefix("file://")))
    return RemoteStore(text)


class RemoteStore(Store):
    """Results are committed here first, then copied to the address, the entry last; what is missing here is fetched."""

    def __init__(self, address: str, cache: Path | None = None) -> None:
        import fsspec

        self._address = address.rstrip("/")
        self._remote, self._root = fsspec.core.url_to_fs(self._address)
        super().__init__(cache or Path(gettempdir()) / f"scenewright-{digest_value(self._address)[:16]}")

    @property
    def address(self) -> str:
        return self._address

    def peek(self, key: str) -> Entry | None:
        entry = super().peek(key)
        return entry or self._fetch_entry(key)

    def damage(self, entry: Entry) -> str | None:
        damaged = super().damage(entry)
        if damaged is None:
            return None
        for file in entry.files:
            with suppress(OSError):
                if self.digests.of(self._blob(file.sha256)) == file.sha256:
                    continue
            self._fetch_blob(file.sha256)
        return super().damage(entry)

    def commit(
        self, key: str, folder: Path, type_name: str, recipe: Mapping[str, Any], record: Mapping[str, Any]
    ) -> Entry:
        entry = super().commit(key, folder, type_name, recipe, record)
        for sha in {file.sha256 for file in entry.files}:
            if not self._remote.exists(self._remote_blob(sha)):
                self._put(self._blob(sha), self._remote_blob(sha))
        self._put(self._entry_path(key), self._remote_entry(key))
        return entry

    def remove(self, key: str) -> None:
        super().remove(key)
        with suppress(FileNotFoundError):
            self._remote.rm(self._remote_entry(key))

    def view(self, entry: Entry) -> Any:
        self.damage(entry)
        return super().view(entry)

    def _put(self, path: Path, target: str) -> None:
        self._remote.makedirs(target.rpartition("/")[0], exist_ok=True)
        aside = f"{target}.new"
        self._remote.put_file(str(path), aside)
        self._remote.mv(aside, target)

    def _fetch_entry(self, key: str) -> Entry | None:
        path = self._entry_path(key)
        try:
            self._remote.get_file(self._remote_entry(key), str(path))
            return read_entry(path, key)
        except (OSError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            return None

    def _fetch_blob(self, sha: str) -> None:
        blob = self._blob(sha)
        aside = blob.with_suffix(".new")
        with suppress(OSError):
            self._remote.get_file(self._remote_blob(sha), str(aside))
            aside.chmod(0o444)
            aside.replace(blob)

    def _remote_blob(self, sha: str) -> str:
        return f"{self._root}/blobs/{sha}"

    def _remote_entry(self, key: str) -> str:
        return f"{self._root}/entries/{key}.json"
