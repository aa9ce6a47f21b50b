"""run.json: plain JSON that any program reads, rewritten whole, and readable again by the next run."""

import json
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from pipeline.job import Job
from pipeline.manifest import Manifest, read_manifest, write_json
from pipeline.store import Entry, StoredFile

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]


def strict(text: str) -> Any:
    """As browsers read JSON: without NaN and Infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_a_manifest_begins_with_every_stage_waiting(check: Check, tmp_path: Path) -> None:
    job = check(
        {"a": {"stage": "measure", "seed": 3}, "b": {"stage": "add", "inputs": {"left": "a"}}}, seed=7, name="n"
    )
    manifest = Manifest(tmp_path / "run.json", job, "cpu", "local")
    manifest.write(now=True)
    data = strict((tmp_path / "run.json").read_text())
    assert {key: data[key] for key in ("version", "name", "seed", "status", "device", "executor", "licences")} == {
        "version": 1,
        "name": "n",
        "seed": 7,
        "status": "running",
        "device": "cpu",
        "executor": "local",
        "licences": [],
    }
    assert data["scenewright"] == metadata.version("scenewright")
    assert data["stages"]["a"] == {
        "stage": "measure",
        "version": 3,
        "state": "waiting",
        "reason": "",
        "needs": [],
        "seed": 3,
        "outputs": [],
        "error": None,
    }
    assert data["stages"]["b"]["needs"] == ["a"]


def test_a_finished_run_tells_everything_about_each_stage(check: Check, run: Run, tmp_path: Path) -> None:
    stages = {
        "m": {"stage": "measure"},
        "w": {"stage": "say", "config": {"text": "hi"}},
        "k": {"stage": "kernel"},
        "sum": {"stage": "add", "inputs": {"left": "m", "right": "m"}},
    }
    returned = run(check(stages, seed=7, name="whole"))
    data = strict((tmp_path / "out" / "run.json").read_text())
    assert data == json.loads(json.dumps(returned))
    assert (data["status"], data["licences"]) == ("finished", ["CC-BY-4.0"])
    assert data["seconds"] > 0
    measured = data["stages"]["m"]
    assert measured["metrics"] == {"triangles": 12, "size": [1.5, 2.0], "names": ["a", "ä"]}
    assert (measured["state"], measured["reason"], measured["version"], measured["error"]) == (
        "finished",
        "new",
        3,
        None,
    )
    assert measured["seconds"] > 0
    assert measured["peak_memory_bytes"] > 1_000_000
    assert measured["versions"]["numpy"] == metadata.version("numpy")
    assert measured["output"]["type"] == "Number"
    assert measured["output"]["files"] == [
        {
            "path": "number.json",
            "sha256": "6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918",
            "bytes": 2,
        }
    ]
    assert data["stages"]["sum"]["inputs"] == {
        "left": [{"stage": "m", "digest": measured["output"]["digest"]}],
        "right": [{"stage": "m", "digest": measured["output"]["digest"]}],
    }
    assert data["stages"]["sum"]["outputs"] == ["outputs/sum.json"]
    assert data["stages"]["w"]["licences"] == ["CC-BY-4.0"]
    assert (data["stages"]["k"]["backends"], data["stages"]["k"]["device"]) == ({"backend": "numba"}, "cpu")
    assert len(data["stages"]["k"]["key"]) == 64


def test_what_json_has_no_word_for_is_null_or_text(check: Check, run: Run, tmp_path: Path) -> None:
    run(check({"m": {"stage": "measure", "config": {"plain": False}}}))
    metrics = strict((tmp_path / "out" / "run.json").read_text())["stages"]["m"]["metrics"]
    assert (metrics["psnr"], metrics["error"], metrics["folder"]) == (None, [None, 1.0], "somewhere")
    for line in (tmp_path / "out" / "events.jsonl").read_text().splitlines():
        strict(line)


def test_a_reused_stage_keeps_what_was_measured_when_it_was_made(check: Check, run: Run) -> None:
    job = check({"m": {"stage": "measure"}})
    first, second = run(job)["stages"]["m"], run(job)["stages"]["m"]
    assert (first["state"], second["state"]) == ("finished", "reused")
    assert (second["reason"], first["reason"]) == ("nothing changed", "new")
    for key in ("key", "seconds", "peak_memory_bytes", "metrics", "versions", "output", "inputs", "device"):
        assert second[key] == first[key]


def test_a_record_takes_the_place_of_what_a_failed_attempt_left(check: Check, tmp_path: Path) -> None:
    manifest = Manifest(tmp_path / "run.json", check({"a": {"stage": "make"}}), "cpu", "local")
    manifest.update("a", traceback="Traceback", work="/x")
    entry = Entry("k", "Number", (StoredFile("n", "s", 1),), {}, {"seconds": 1.0, "licences": ["A", "A"]})
    manifest.record("a", entry, {}, {})
    stage = manifest.data["stages"]["a"]
    assert not {"traceback", "work"} & stage.keys()
    assert manifest.data["licences"] == ["A"]


def test_nothing_in_a_manifest_names_a_person_or_a_machine(check: Check, run: Run, tmp_path: Path) -> None:
    import getpass
    import socket

    run(check({"a": {"stage": "make"}}))
    machine = json.loads((tmp_path / "out" / "run.json").read_text())["machine"]
    assert set(machine) == {"system", "architecture", "python", "cores", "memory_bytes", "cuda_devices"}
    assert not {socket.gethostname(), getpass.getuser()} & set(map(str, machine.values()))


def test_writes_in_between_are_spaced_out(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = Manifest(tmp_path / "run.json", check({"a": {"stage": "make"}}), "cpu", "local")
    manifest.write(now=True)
    manifest.data["status"] = "finished"
    manifest.write()
    assert read_manifest(tmp_path)["status"] == "running"
    monkeypatch.setattr("pipeline.manifest.INTERVAL", 0.0)
    manifest.write()
    assert read_manifest(tmp_path)["status"] == "finished"


def test_a_file_is_written_aside_and_renamed(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_json(path, {"a": "ä"})
    inode = path.stat().st_ino
    write_json(path, {"a": "b"})
    assert path.stat().st_ino != inode
    assert path.read_text() == '{\n "a": "b"\n}\n'
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert path.read_text() == '{\n "a": "b"\n}\n'
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"5", b"[]", b'{"stages": 5}', b'{"stages": {"a": 5, "b": null}}', b"\xff"]
)
def test_a_manifest_that_cannot_be_read_counts_as_none(content: bytes, tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == {"stages": {}}
    (tmp_path / "run.json").write_bytes(content)
    assert read_manifest(tmp_path)["stages"] == {}
