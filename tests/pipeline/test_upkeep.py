"""Looking after a store: what it holds, what is damaged in it, and what may go."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from pipeline.store import Entry, Store
from pipeline.upkeep import measure, prune, verify


def put(store: Store, key: str, files: dict[str, str], *, days: float = 0, kind: str = "Thing") -> Entry:
    """Commit a result that was last used some days ago."""
    folder = store.folder / "work" / f"{key}.output"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    entry = store.commit(key, folder, kind, {}, {})
    folder.rmdir()
    then = time.time() - days * 86400
    os.utime(store.folder / "entries" / f"{key}.json", (then, then))
    return entry


def blob(store: Store, text: str) -> Path:
    return store.folder / "blobs" / hashlib.sha256(text.encode()).hexdigest()


def contents(store: Store) -> set[str]:
    return {path.read_text() for path in store.blobs()}


def damage(path: Path) -> None:
    path.chmod(0o644)
    path.write_text("damaged")


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every file had been lying there for a while."""
    monkeypatch.setattr("pipeline.upkeep.GRACE_SECONDS", -1.0)


def test_a_store_is_measured_by_kind_of_result(store: Store) -> None:
    put(store, "a", {"1": "x" * 100, "2": "shared"})
    put(store, "b", {"1": "y" * 50, "2": "shared"})
    put(store, "c", {"1": "z"}, kind="Other")
    (store.work("d") / "checkpoint").mkdir(parents=True)
    (store.work("d") / "checkpoint" / "state").write_text("w" * 70)
    size = measure(store)
    assert (size.results, size.files, size.bytes, size.work_bytes) == (3, 4, 157, 70)
    assert size.by_type == {"Thing": (2, 162), "Other": (1, 1)}


def test_an_empty_store_is_measured(store: Store) -> None:
    size = measure(store)
    assert (size.results, size.files, size.bytes, size.work_bytes, size.by_type) == (0, 0, 0, 0, {})


def test_verify_names_every_damaged_and_missing_file_and_changes_nothing(store: Store) -> None:
    put(store, "a", {"1": "one", "2": "two"})
    put(store, "b", {"1": "one"})
    put(store, "c", {"1": "three"})
    assert verify(store) == []
    damage(blob(store, "one"))
    blob(store, "three").unlink()
    expected = [("a", "1"), ("b", "1"), ("c", "1")]
    assert verify(store) == expected
    assert verify(store) == expected
    assert len(list(store.entries())) == 3


def test_verify_reads_the_bytes_even_where_times_and_size_are_the_same(store: Store) -> None:
    put(store, "a", {"1": "one"})
    path = blob(store, "one")
    then = time.time() - 60
    os.utime(path, (then, then))
    assert store.lookup("a")
    status = path.stat()
    path.chmod(0o644)
    path.write_text("eno")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert store.lookup("a"), "the memory of digests cannot see it"
    assert verify(store) == [("a", "1")]


def test_repair_forgets_what_is_damaged_so_that_it_is_made_again(store: Store) -> None:
    put(store, "a", {"1": "one", "2": "two"})
    put(store, "b", {"1": "three"})
    damage(blob(store, "one"))
    assert verify(store, repair=True) == [("a", "1")]
    assert [entry.key for entry in store.entries()] == ["b"]
    assert verify(store) == []
    put(store, "a", {"1": "one", "2": "two"})
    assert verify(store) == []
    assert blob(store, "one").read_text() == "one"


def test_prune_by_days_drops_what_was_not_used_and_keeps_what_others_need(store: Store, no_grace: None) -> None:
    put(store, "old", {"1": "only old", "2": "shared"}, days=31)
    put(store, "new", {"1": "shared", "2": "only new"}, days=29)
    gone = prune(store, unused_days=30)
    assert (gone.results, gone.files, gone.bytes) == (1, 1, len("only old"))
    assert contents(store) == {"shared", "only new"}
    assert store.lookup("new")


def test_use_keeps_a_result_from_being_dropped(store: Store, no_grace: None) -> None:
    entry = put(store, "a", {"1": "one"}, days=100)
    store.touch(entry)
    assert prune(store, unused_days=30).results == 0
    assert store.lookup("a") == entry


def test_prune_by_size_drops_the_longest_unused_until_it_fits(store: Store, no_grace: None) -> None:
    for days, key in ((3, "third"), (4, "fourth"), (1, "first"), (2, "second")):
        put(store, key, {"1": key * 100, "2": "shared" * 100}, days=days)
    gone = prune(store, max_bytes=600 + 500 + 600)
    assert gone.results == 2
    assert {entry.key for entry in store.entries()} == {"first", "second"}
    assert measure(store).bytes == 600 + 500 + 600
    assert prune(store, max_bytes=0).results == 2
    assert contents(store) == set()


def test_prune_without_limits_drops_only_what_nothing_needs(store: Store, no_grace: None) -> None:
    put(store, "a", {"1": "one"}, days=1000)
    put(store, "b", {"1": "two"})
    store.remove("b")
    gone = prune(store)
    assert (gone.results, gone.files) == (0, 1)
    assert contents(store) == {"one"}


def test_prune_leaves_files_alone_that_a_run_may_be_about_to_name(store: Store) -> None:
    put(store, "a", {"1": "one"})
    store.remove("a")
    assert prune(store).files == 0
    assert contents(store) == {"one"}


def test_a_file_that_is_committed_anew_counts_as_young(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "a", {"1": "one"})
    store.remove("a")
    time.sleep(0.15)
    monkeypatch.setattr("pipeline.upkeep.GRACE_SECONDS", 0.1)
    folder = store.folder / "work" / "b.output"
    folder.mkdir()
    (folder / "1").write_text("one")
    store._adopt(folder / "1", hashlib.sha256(b"one").hexdigest())
    assert prune(store).files == 0
    time.sleep(0.15)
    assert prune(store).files == 1


def test_prune_clears_away_what_killed_runs_left_but_not_what_is_still_written_to(store: Store) -> None:
    left = ["views/1-x/a.txt", "work/dead/checkpoint/state", "work/.key.1.2", "locks/k.lock", "digests.1.new"]
    left.append("history/x.1.new")
    kept = ["work/alive/checkpoint/state", "views/2-y/a.txt"]
    for name in (*left, *kept):
        (store.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (store.folder / name).touch()
    old = time.time() - 8 * 86400
    for path in store.folder.rglob("*"):
        os.utime(path, (old, old))
    for name in kept:
        os.utime(store.folder / name)
    prune(store)
    assert [name for name in (*left, *kept) if (store.folder / name).exists()] == kept
    assert not (store.folder / "work" / "dead").exists()


def test_prune_beside_another_prune_is_no_error(store: Store, no_grace: None, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "a", {"1": "one"}, days=100)
    put(store, "b", {"1": "two"}, days=100)
    entries, blobs = list(store.entries()), list(store.blobs())
    prune(store, unused_days=1)
    monkeypatch.setattr(store, "entries", lambda: iter(entries))
    monkeypatch.setattr(store, "blobs", lambda: iter(blobs))
    assert prune(store, unused_days=1).files == 0
    assert measure(store).bytes == 0


def test_prune_forgets_input_files_that_are_gone(store: Store, tmp_path: Path) -> None:
    photo = tmp_path / "photo"
    photo.write_text("seen once")
    os.utime(photo, (1, 1))
    store.digests.of(photo)
    store.digests.save()
    photo.unlink()
    prune(store)
    assert str(photo) not in (store.folder / "digests.json").read_text()
