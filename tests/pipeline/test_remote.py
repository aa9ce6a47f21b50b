import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from filelock import Timeout
from fsspec.implementations.memory import MemoryFileSystem

from pipeline.errors import ScenewrightError, UserError
from pipeline.executors.local import LocalExecutor
from pipeline.job import check_job
from pipeline.remote import RemoteStore, open_store
from pipeline.run import run_job
from pipeline.stage import Resources, load_catalogue
from pipeline.store import DamagedEntry, Entry, Store
from pipeline.upkeep import prune

KEY = "a" * 64
FILES = {"number.json": b"1.5", "photos/0001.png": b"one" * 1000, "photos/0002.png": b"two" * 1000}
Machine = Callable[[str], RemoteStore]


class CutOff(MemoryFileSystem):  # type: ignore[misc]
    """A file system in memory whose connection breaks in the middle of one write."""

    protocol = "cutoff"
    writes_left = 10**9

    def _write(self, path: str, content: bytes) -> None:
        CutOff.writes_left -= 1
        if CutOff.writes_left < 0:
            super().pipe_file(path, content[: len(content) // 2])
            raise ConnectionResetError("connection reset")
        super().pipe_file(path, content)

    def put_file(self, lpath: str, rpath: str, **kwargs: Any) -> None:
        self._write(rpath, Path(lpath).read_bytes())

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:
        self._write(path, value)


@pytest.fixture(params=["memory", "local"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"{request.param}://{tmp_path}/shared"


@pytest.fixture
def machine(address: str, tmp_path: Path) -> Machine:
    """A function that gives the shared store as one machine sees it."""
    return lambda name: RemoteStore(address, tmp_path / name)


@pytest.fixture
def cutoff() -> Iterator[None]:
    fsspec.register_implementation("cutoff", CutOff, clobber=True)
    yield
    CutOff.writes_left = 10**9


def commit(store: Store, key: str = KEY, files: dict[str, bytes] = FILES) -> Entry:
    folder = store.folder / "made"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return store.commit(key, folder, "Number", {"stage": "make"}, {"seconds": 1.0})


def content(store: Store, entry: Entry) -> dict[str, bytes]:
    with store.view(entry) as folder:
        return {file.path: (folder / file.path).read_bytes() for file in entry.files}


def remote_path(address: str, part: str) -> tuple[Any, str]:
    system, root = fsspec.core.url_to_fs(address)
    return system, f"{root}/{part}"


def overwrite(address: str, part: str, change: Callable[[bytes], bytes]) -> None:
    system, path = remote_path(address, part)
    system.pipe_file(path, change(system.cat_file(path)))


def blob_of(entry: Entry, path: str) -> str:
    return f"blobs/{next(file.sha256 for file in entry.files if file.path == path)}"


def test_what_one_machine_commits_another_finds(machine: Machine) -> None:
    made = commit(machine("here"))
    there = machine("there")
    found = there.lookup(KEY)
    assert found == made
    assert content(there, found) == FILES
    assert there.lookup("b" * 64) is None


def test_an_entry_alone_is_enough_to_read_and_to_link_its_files(machine: Machine, tmp_path: Path) -> None:
    commit(machine("here"))
    there = machine("there")
    entry = there.peek(KEY)
    assert entry is not None
    there.link(entry, tmp_path / "run")
    assert (tmp_path / "run" / "photos" / "0002.png").read_bytes() == FILES["photos/0002.png"]


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("change", [flipped, lambda data: data[: len(data) // 2], lambda data: b""])
@pytest.mark.parametrize("path", ["number.json", "photos/0002.png"])
def test_a_damaged_or_half_uploaded_file_is_a_miss_and_the_next_commit_heals_it(
    machine: Machine, address: str, path: str, change: Callable[[bytes], bytes]
) -> None:
    made = commit(machine("here"))
    overwrite(address, blob_of(made, path), change)
    assert machine("there").lookup(KEY) is None
    remade = commit(machine("there"))
    assert remade.digest == made.digest
    third = machine("third")
    found = third.lookup(KEY)
    assert found
    assert content(third, found) == FILES


def test_a_missing_file_is_a_miss_and_the_next_commit_heals_it(machine: Machine, address: str) -> None:
    made = commit(machine("here"))
    system, path = remote_path(address, blob_of(made, "number.json"))
    system.rm_file(path)
    there = machine("there")
    assert there.lookup(KEY) is None
    with pytest.raises(DamagedEntry), there.view(made):
        pass
    commit(there)
    assert machine("third").lookup(KEY) == made


@pytest.mark.parametrize(
    "change", [lambda text: text[:-20], lambda text: text.replace(b"1.0", b"2.0"), lambda text: b"\xff[]"]
)
def test_a_damaged_entry_is_a_miss(machine: Machine, address: str, change: Callable[[bytes], bytes]) -> None:
    commit(machine("here"))
    overwrite(address, f"entries/{KEY}.json", change)
    there = machine("there")
    assert there.peek(KEY) is None
    assert list(there.entries()) == []


def test_an_entry_under_another_key_is_a_miss(machine: Machine, address: str) -> None:
    commit(machine("here"))
    system, path = remote_path(address, f"entries/{KEY}.json")
    system.pipe_file(path.replace("a" * 64, "b" * 64), system.cat_file(path))
    assert machine("there").lookup("b" * 64) is None


@pytest.mark.parametrize("writes", range(len(FILES) + 1))
def test_an_upload_cut_off_at_any_write_is_seen_by_nobody_and_can_be_repeated(
    writes: int, cutoff: None, tmp_path: Path
) -> None:
    here, there = (RemoteStore(f"cutoff://{tmp_path}", tmp_path / name) for name in ("here", "there"))
    CutOff.writes_left = writes
    with pytest.raises(ScenewrightError, match="does not answer: connection reset"):
        commit(here)
    assert there.lookup(KEY) is None
    assert here.lookup(KEY) is None
    CutOff.writes_left = 10**9
    made = commit(here)
    assert there.lookup(KEY) == made
    assert content(there, made) == FILES


def test_two_writers_and_a_reader_at_once_only_ever_see_whole_results(machine: Machine) -> None:
    files = {f"{number:02d}.bin": bytes([number]) * 50_000 for number in range(12)}
    stores = [machine("one"), machine("two")]
    start = threading.Barrier(3)
    wrong: list[Exception] = []

    def write(store: RemoteStore) -> None:
        try:
            start.wait()
            for _ in range(5):
                commit(store, files=files)
        except Exception as error:
            wrong.append(error)

    writers = [threading.Thread(target=write, args=(store,)) for store in stores]
    for writer in writers:
        writer.start()
    start.wait()
    round_ = 0
    while any(writer.is_alive() for writer in writers):
        round_ += 1
        reader = machine(f"reader-{round_}")
        found = reader.lookup(KEY)
        assert found is None or content(reader, found) == files
    for writer in writers:
        writer.join()
    assert wrong == []
    last = machine("last")
    found = last.lookup(KEY)
    assert found
    assert content(last, found) == files


def rot(store: Store, entry: Entry) -> None:
    """Damage a stored file as a bad disk does: its size and times stay as they were, and its digest is remembered."""
    blob = store.folder / blob_of(entry, "number.json")
    os.utime(blob, (1, 1))
    assert store.lookup(entry.key)
    blob.chmod(0o644)
    blob.write_bytes(flipped(blob.read_bytes()))
    os.utime(blob, (1, 1))


def test_a_file_that_rots_here_is_fetched_again(machine: Machine) -> None:
    here = machine("here")
    entry = commit(here)
    rot(here, entry)
    assert content(here, entry) == FILES


def test_a_rejected_result_is_gone_everywhere_and_a_pruned_one_only_here(machine: Machine) -> None:
    here = machine("here")
    made = commit(here)
    assert prune(here, unused_days=0).results == 1
    assert list(here.entries()) == []
    assert here.lookup(KEY) == made
    here.reject(KEY)
    assert here.lookup(KEY) is None
    assert machine("there").lookup(KEY) is None
    here.reject(KEY)


def test_locks_hold_on_one_machine_only(machine: Machine) -> None:
    with machine("here").lock(KEY), machine("there").lock(KEY).acquire(timeout=0), pytest.raises(Timeout):
        machine("here").lock(KEY).acquire(timeout=0)


def test_a_path_and_a_file_address_are_plain_stores(tmp_path: Path) -> None:
    for address in (tmp_path, f"file://{tmp_path}"):
        store = open_store(address)
        assert type(store) is Store
        assert store.folder == tmp_path


def test_a_remote_address_opens_beside_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    store = open_store(f"local://{tmp_path}/shared")
    assert isinstance(store, RemoteStore)
    assert store.address == f"local://{tmp_path}/shared"
    assert store.folder.parent == tmp_path / "scenewright" / "remote"
    assert store.folder != open_store(f"local://{tmp_path}/other").folder


def test_an_address_that_cannot_be_opened_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match=r"store teleport://x cannot be opened: .*teleport"):
        open_store("teleport://x")


def test_a_store_that_does_not_answer_says_so_instead_of_making_everything_again(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = RemoteStore(f"local://{tmp_path}/file/store", tmp_path / "cache")
    for ask in (lambda: store.lookup(KEY), lambda: commit(store)):
        with pytest.raises(ScenewrightError, match=r"the store local://.*/file/store does not answer: .*directory"):
            ask()


def run(store: Store, out: Path, toys: str, value: float = 2) -> dict[str, Any]:
    stages = {
        "one": {"stage": "make", "config": {"value": 1}},
        "two": {"stage": "make", "config": {"value": value}},
        "sum": {"stage": "add", "inputs": {"left": "one", "right": "two"}},
    }
    job = check_job({"version": 1, "name": "shared", "stages": stages}, load_catalogue(toys))
    return run_job(job, store, out, executor=LocalExecutor(Resources(2, 8)), catalogue=toys)["stages"]


def states(stages: dict[str, Any]) -> dict[str, str]:
    return {name: stage["state"] for name, stage in stages.items()}


def test_a_second_machine_reuses_a_run_and_remakes_only_what_is_damaged(
    tmp_path: Path, toys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"local://{tmp_path}/shared"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "one"))
    first = run(open_store(address), tmp_path / "run-1", toys)
    assert states(first) == {"one": "finished", "two": "finished", "sum": "finished"}

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "two"))
    second = run(open_store(address), tmp_path / "run-2", toys)
    assert states(second) == {"one": "reused", "two": "reused", "sum": "reused"}
    assert (tmp_path / "run-2" / "outputs" / "sum.json").read_text() == "3.0"

    sha = first["one"]["output"]["files"][0]["sha256"]
    overwrite(address, f"blobs/{sha}", flipped)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "three"))
    third = run(open_store(address), tmp_path / "run-3", toys, value=4)
    assert states(third) == {"one": "finished", "two": "finished", "sum": "finished"}
    assert (tmp_path / "run-3" / "outputs" / "sum.json").read_text() == "5.0"


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_what_the_address_lost_and_this_machine_still_has_is_uploaded_again(
    tmp_path: Path, toys: str, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    address = f"local://{tmp_path}/shared"
    here = RemoteStore(address, tmp_path / "here")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "one worker"))
    first = run(here, tmp_path / "run", toys)
    sha = first["one"]["output"]["files"][0]["sha256"]
    if harm == "damaged":
        overwrite(address, f"blobs/{sha}", flipped)
    else:
        (tmp_path / "shared" / "blobs" / sha).unlink()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another worker"))
    second = run(here, tmp_path / "run", toys, value=4)
    assert states(second) == {"one": "reused", "two": "finished", "sum": "finished"}
    assert (tmp_path / "run" / "outputs" / "sum.json").read_text() == "5.0"
    assert (tmp_path / "shared" / "blobs" / sha).read_text() == "1.0"
