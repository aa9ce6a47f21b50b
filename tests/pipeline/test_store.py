"""Results by what they were made from: whole or not at all, checked before use, shared by many processes."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UserError
from pipeline.store import DamagedEntry, Entry, Store, StoredFile, entry_text, parse_entry

KEY = "a" * 64
OTHER = "b" * 64


def put(store: Store, key: str = KEY, files: dict[str, str] | None = None, **record: Any) -> Entry:
    """Commit a result of some files."""
    folder = store.folder / "work" / f"{key}.output"
    for name, text in (files or {"a.txt": "one", "sub/b.txt": "two"}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return store.commit(key, folder, "Thing", {"stage": "toy"}, record)


def blob(store: Store, text: str) -> Path:
    return store.folder / "blobs" / hashlib.sha256(text.encode()).hexdigest()


def overwrite(path: Path, text: str, *, same_time: bool = False) -> None:
    """Change the bytes of a stored file in place, as a failing disk does: unseen where the times stay the same."""
    status = path.stat()
    path.chmod(0o644)
    path.write_text(text)
    if same_time:
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_result_comes_back_as_it_was_committed(store: Store) -> None:
    made = put(store, seconds=1.5)
    found = store.lookup(KEY)
    assert found == made
    assert (found.type, dict(found.recipe), dict(found.record)) == ("Thing", {"stage": "toy"}, {"seconds": 1.5})
    assert found.files == (
        StoredFile("a.txt", hashlib.sha256(b"one").hexdigest(), 3),
        StoredFile("sub/b.txt", hashlib.sha256(b"two").hexdigest(), 3),
    )
    assert found.bytes == 6
    with store.view(found) as folder:
        assert (folder / "a.txt").read_text() == "one"
        assert (folder / "sub" / "b.txt").read_text() == "two"
    assert not folder.exists()


def test_what_was_never_committed_is_a_miss(store: Store) -> None:
    assert store.lookup(KEY) is None
    assert store.peek(KEY) is None
    assert store.damage_of(KEY) is None


def test_one_content_is_stored_once_whoever_made_it(store: Store) -> None:
    first, second = put(store), put(store, OTHER, {"x.txt": "one", "y.txt": "new"})
    assert len(list(store.blobs())) == 3
    assert first.digest != second.digest
    third = put(store, "c" * 64)
    assert third.digest == first.digest, "the digest is of the content and not of what made it"


def test_a_digest_knows_names_contents_and_type() -> None:
    files = (StoredFile("a", "1", 1), StoredFile("b", "2", 1))
    entry = Entry("k", "Thing", files)
    assert entry.digest == Entry("other", "Thing", files, {"recipe": 1}, {"record": 2}).digest
    assert entry.digest != Entry("k", "Other", files).digest
    assert entry.digest != Entry("k", "Thing", (StoredFile("a", "2", 1), StoredFile("b", "1", 1))).digest
    assert entry.digest != Entry("k", "Thing", files[:1]).digest


def test_stored_files_are_read_only_and_nothing_is_left_in_the_work_folder(store: Store) -> None:
    put(store)
    assert {path.stat().st_mode & 0o777 for path in store.blobs()} == {0o444}
    assert [path for path in (store.folder / "work").rglob("*") if path.is_file()] == []


def test_an_entry_takes_the_place_of_another_at_once(store: Store) -> None:
    put(store, seconds=1.0)
    with (store.folder / "entries" / f"{KEY}.json").open() as reader:
        again = put(store, seconds=2.0)
        assert parse_entry(reader.read(), KEY).record == {"seconds": 1.0}, "who reads the old one reads it whole"
    assert store.peek(KEY) == again
    assert again.record == {"seconds": 2.0}


# Damage


@pytest.mark.parametrize("text", ["ONE", "", "one and more"])
def test_a_damaged_file_is_a_miss_that_names_it(text: str, store: Store) -> None:
    entry = put(store)
    overwrite(blob(store, "one"), text)
    assert store.lookup(KEY) is None
    assert store.damage(entry) == store.damage_of(KEY) == "a.txt"
    with pytest.raises(DamagedEntry) as caught, store.view(entry):
        pass
    assert (caught.value.key, caught.value.path) == (KEY, "a.txt")


def test_a_missing_file_is_a_miss_that_names_it(store: Store) -> None:
    entry = put(store)
    blob(store, "two").unlink()
    assert store.lookup(KEY) is None
    assert store.damage_of(KEY) == "sub/b.txt"
    with pytest.raises(DamagedEntry), store.view(entry):
        pass


def test_damage_that_leaves_no_trace_in_times_is_found_when_the_bytes_are_read(store: Store) -> None:
    entry = put(store)
    then = time.time() - 60
    os.utime(blob(store, "one"), (then, then))
    assert store.lookup(KEY) == entry
    overwrite(blob(store, "one"), "eno", same_time=True)
    assert store.lookup(KEY) == entry, "nothing tells that it changed"
    with pytest.raises(DamagedEntry), store.view(entry):
        pass
    assert store.lookup(KEY) is None, "what was found damaged is gone"
    assert put(store) == entry
    with store.view(entry) as folder:
        assert (folder / "a.txt").read_text() == "one"


def test_a_result_that_is_made_again_mends_what_shares_its_files(store: Store) -> None:
    first, second = put(store), put(store, OTHER, {"x.txt": "one"})
    overwrite(blob(store, "one"), "ONE")
    assert store.lookup(KEY) is store.lookup(OTHER) is None
    put(store, OTHER, {"x.txt": "one"})
    assert store.lookup(KEY) == first
    assert store.lookup(OTHER) == second


@pytest.mark.parametrize("how", ["cut", "changed", "empty", "binary", "other", "text", "list", "older", "fields"])
def test_a_damaged_entry_is_a_miss_that_is_told_from_nothing(how: str, store: Store) -> None:
    entry = put(store, seconds=1.0)
    path = store.folder / "entries" / f"{KEY}.json"
    text = path.read_text()
    data = json.loads(text)
    broken = {
        "cut": text[:-20],
        "changed": text.replace("1.0", "2.0"),
        "empty": "",
        "binary": "\0\0\0",
        "other": text.replace(KEY, OTHER),
        "text": '"x"',
        "list": "[]",
        "older": json.dumps({**data, "format": 0}),
        "fields": json.dumps({**data, "files": [{"path": "a"}]}),
    }
    path.write_text(broken[how])
    assert store.lookup(KEY) is None
    assert store.damage_of(KEY) == "its entry"
    assert list(store.entries()) == []
    assert put(store, seconds=1.0) == entry == store.lookup(KEY)


def test_an_entry_is_text_with_its_own_checksum() -> None:
    entry = Entry(KEY, "Thing", (StoredFile("a", "1", 1),), {"config": {"x": "ä"}}, {"metrics": {"psnr": 30.5}})
    assert parse_entry(entry_text(entry), KEY) == entry
    with pytest.raises(ValueError, match="not a whole entry"):
        parse_entry(entry_text(entry), OTHER)


# Folders for stages and for people


def test_a_view_does_not_let_a_stage_reach_the_stored_files_by_deleting_its_own(store: Store) -> None:
    entry = put(store)
    with store.view(entry) as folder:
        (folder / "a.txt").unlink()
    assert store.lookup(KEY) == entry


def test_a_copy_for_a_person_is_a_file_of_its_own(store: Store, tmp_path: Path) -> None:
    entry = put(store)
    store.copy_file(entry.files[0], tmp_path / "out.txt")
    (tmp_path / "out.txt").write_text("edited")
    assert blob(store, "one").read_text() == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.txt", "store"]


def test_files_are_linked_and_take_no_second_place_on_the_disk(store: Store, tmp_path: Path) -> None:
    entry = put(store)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "a.txt").write_text("what lay there before")
    store.link(entry, tmp_path / "linked")
    assert (tmp_path / "linked" / "a.txt").samefile(blob(store, "one"))


def test_a_place_that_cannot_be_a_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"the store .*file cannot be used: "):
        Store(tmp_path / "file")
    with pytest.raises(UserError, match=r"Not a directory"):
        Store(tmp_path / "file" / "inside")


# Many processes

COMMITTER = """
import sys, time
from pathlib import Path
from pipeline.store import Store
store = Store(Path(sys.argv[1]))
for round in range(12):
    folder = store.folder / "work" / f"{sys.argv[2]}-{round}"
    (folder / "sub").mkdir(parents=True)
    for index in range(6):
        (folder / "sub" / f"{index}.txt").write_text(str(index + round) * 500)
    entry = store.commit(f"{round:064d}", folder, "Thing", {}, {})
    with store.view(entry) as view:
        assert (view / "sub" / "5.txt").read_text() == str(5 + round) * 500
"""


def test_two_processes_commit_the_same_results_at_the_same_time(store: Store) -> None:
    workers = [
        subprocess.Popen([sys.executable, "-c", COMMITTER, str(store.folder), name], stderr=subprocess.PIPE)
        for name in ("one", "two")
    ]
    for worker in workers:
        assert worker.communicate(timeout=60)[1] == b""
        assert worker.returncode == 0
    assert len(list(store.entries())) == 12
    assert all(store.damage(entry) is None for entry in store.entries())
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in store.blobs())


HOLDER = """
import sys, time
from pathlib import Path
from pipeline.store import Store
with Store(Path(sys.argv[1])).lock("k"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_keeps_others_out_until_its_holder_lets_go_or_dies(store: Store) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(store.folder)], stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(TimeoutError):
        store.lock("k").acquire(timeout=0.05)
    store.lock("another").acquire(timeout=0).lock.release()
    holder.kill()
    holder.communicate()
    store.lock("k").acquire(timeout=5).lock.release()
