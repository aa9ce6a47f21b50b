"""Damage in the store that shows only when the bytes are read, and how a run repairs it."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StageFailed
from pipeline.job import Job
from pipeline.plan import make_plan
from pipeline.run import MAX_DAMAGED
from pipeline.store import Entry, Store
from pipeline.upkeep import verify

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]
States = Callable[[Path], dict[str, str]]
Events = Callable[[Path], list[tuple[str, str]]]
Value = Callable[[Path, str], float]


def rot(store: Store, text: str) -> None:
    """Change a stored number in place without a trace in its size and times."""
    for blob in store.blobs():
        if blob.read_text() == text:
            then = time.time() - 60
            os.utime(blob, (then, then))
            store.digests.of(blob)
            status = blob.stat()
            blob.chmod(0o644)
            blob.write_text(text[::-1])
            os.utime(blob, ns=(status.st_atime_ns, status.st_mtime_ns))
            return
    raise AssertionError(f"nothing holds {text}")


@pytest.mark.parametrize("cores", [0, 2])
def test_damage_found_by_a_stage_is_repaired_by_the_run(
    cores: int, check: Check, run: Run, store: Store, tmp_path: Path, events: Events, value: Value
) -> None:
    make = {"n": {"stage": "make", "config": {"value": 12}}}
    run(check(make))
    rot(store, "12.0")
    assert make_plan(check(make), store).steps["n"].action == "reuse", "nothing tells of it"
    users = {f"u{i}": {"stage": "add", "inputs": {"left": "n", "right": f"m{i}"}} for i in range(4)}
    others = {f"m{i}": {"stage": "make", "config": {"value": i}} for i in range(4)}
    manifest = run(
        check({**make, **others, **users, "sum": {"stage": "total", "inputs": {"numbers": list(users)}}}), cores=cores
    )
    assert manifest["status"] == "finished"
    assert value(tmp_path / "out", "sum") == 4 * 12 + 6
    assert value(tmp_path / "out", "n") == 12, "the run's folder shows the mended file"
    assert manifest["stages"]["n"]["state"] == "finished"
    assert verify(store) == []
    assert events(tmp_path / "out").count(("stage_started", "n")) == 1


def test_a_result_that_vanishes_before_it_is_published_is_made_again(
    check: Check, run: Run, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another run prunes the store between looking a result up and linking its files."""
    job = check({"a": {"stage": "make", "config": {"value": 3}}, "b": {"stage": "spell", "inputs": {"number": "a"}}})
    run(job)
    link, gone = store.link, []

    def prune_once(entry: Entry, folder: Path) -> None:
        if not gone:
            gone.append(entry.key)
            (store.folder / "blobs" / entry.files[0].sha256).unlink()
        link(entry, folder)

    monkeypatch.setattr(store, "link", prune_once)
    manifest = run(job, out=tmp_path / "other")
    assert manifest["status"] == "finished"
    assert manifest["stages"]["a"]["state"] == "finished"
    assert (tmp_path / "other/artifacts/a/number.json").read_text() == "3.0"


def test_damage_far_down_is_repaired_from_what_is_still_there(
    check: Check, run: Run, store: Store, tmp_path: Path, value: Value
) -> None:
    chain = {
        "a": {"stage": "make", "config": {"value": 12}},
        "b": {"stage": "add", "inputs": {"left": "a", "right": "a"}},
        "c": {"stage": "add", "inputs": {"left": "b", "right": "a"}},
    }
    run(check(chain))
    for text in ("12.0", "24.0"):
        rot(store, text)
    after = {**chain, "d": {"stage": "add", "inputs": {"left": "b", "right": "c"}}}
    manifest = run(check(after))
    assert value(tmp_path / "out", "d") == 60
    assert {id_: stage["state"] for id_, stage in manifest["stages"].items()} == {
        "a": "finished",
        "b": "finished",
        "c": "reused",
        "d": "finished",
    }
    assert verify(store) == []


def test_a_disk_that_damages_everything_ends_in_one_message(
    check: Check, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: Events
) -> None:
    adopt = Store._adopt

    def rotting(store: Store, path: Path, sha: str) -> None:
        adopt(store, path, sha)
        blob = store._blob(sha)
        blob.chmod(0o644)
        blob.write_text("rotten")

    monkeypatch.setattr(Store, "_adopt", rotting)
    with pytest.raises(
        StageFailed, match=r"stages\.b: its input is damaged in the store again and again \(number\.json\)"
    ):
        run(check({"a": {"stage": "make"}, "b": {"stage": "add", "inputs": {"left": "a"}}}))
    assert events(tmp_path / "out").count(("stage_started", "a")) == MAX_DAMAGED + 1


def test_a_stage_that_failed_by_itself_gets_no_new_life_from_a_repair(
    check: Check, run: Run, store: Store, tmp_path: Path, states: States
) -> None:
    make = {"n": {"stage": "make", "config": {"value": 12}}}
    run(check(make))
    stages = {
        **make,
        "bad": {"stage": "broken", "config": {"journal": str(tmp_path / "j")}, "inputs": {"start": "n"}},
        "late": {"stage": "add", "inputs": {"left": "n", "right": "other"}},
        "other": {"stage": "slow", "config": {"steps": 1, "seconds": 0.0}, "inputs": {"start": "n"}},
    }

    def damage_in_between(event: dict[str, Any]) -> None:
        if (event["event"], event.get("stage")) == ("stage_finished", "other"):
            rot(store, "12.0")

    with pytest.raises(StageFailed, match="bad"):
        run(check(stages), on_event=damage_in_between)
    assert (tmp_path / "j").read_text().splitlines() == ["value"]
    assert states(tmp_path / "out") == {"n": "finished", "bad": "failed", "other": "finished", "late": "finished"}
