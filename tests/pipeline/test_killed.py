"""kill -9 at random moments: every next run goes on, nothing finished runs twice, nothing stored is damaged."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.store import Store
from pipeline.upkeep import verify

KILLS = 20
STEPS = 20


def job_of(tmp_path: Path, number: int) -> dict[str, Any]:
    """Two pairs of slow stages, side by side, that leave checkpoints and a journal, and what gathers them."""

    def slow(name: str, *start: str) -> dict[str, Any]:
        config = {"steps": STEPS, "seconds": 0.01, "journal": str(tmp_path / f"journal-{number}-{name}")}
        return {"stage": "slow", "config": config, **({"inputs": {"start": start[0]}} if start else {})}

    return {
        "a": slow("a"),
        "b": slow("b"),
        "aa": slow("aa", "a"),
        "bb": slow("bb", "b"),
        "sum": {"stage": "total", "inputs": {"numbers": ["aa", "bb", "a"]}},
        "text": {"stage": "spell", "inputs": {"number": "sum"}},
    }


def steps(journal: Path) -> list[int]:
    return [int(line) for line in journal.read_text().split()] if journal.exists() else []


def finished(store: Store, tmp_path: Path, number: int) -> dict[str, int]:
    """How many steps each stage that has its result has taken."""
    journals = [entry.recipe["config"]["journal"] for entry in store.entries() if entry.recipe["stage"] == "slow"]
    return {name: len(steps(Path(name))) for name in journals if f"journal-{number}-" in name}


def assert_gone(pids: list[int], find: Callable[[], list[int]]) -> None:
    deadline = time.monotonic() + 60
    while find():
        assert time.monotonic() < deadline, f"of {pids}, {find()} live on"
        time.sleep(0.01)


def test_after_a_kill_at_any_moment_the_next_run_goes_on(
    command: list[str],
    write_job: Callable[..., Path],
    store: Store,
    processes_marked: Callable[[str], list[int]],
    tmp_path: Path,
) -> None:
    moments = random.Random(20)
    environment = os.environ | {"TOY_MARK": str(tmp_path)}
    number = kills = 0
    while kills < KILLS:
        out = tmp_path / f"out-{number}"
        job = write_job(job_of(tmp_path, number), name=f"job-{number}.json")
        given = [*command, "run", str(job), "--store", str(store.folder), "--out", str(out)]
        code = None
        while code != 0:
            before = finished(store, tmp_path, number)
            process = subprocess.Popen(
                given, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            assert process.stdout
            if kills % 4:
                process.stdout.readline()  # the plan is made: now begins what a kill could harm most
            try:
                _, said = process.communicate(timeout=moments.uniform(0, 1.0) if kills < KILLS else 120)
                assert (process.returncode, said) == (0, "")
            except subprocess.TimeoutExpired:
                alive = processes_marked(str(tmp_path))
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kills += 1
                assert_gone(alive, lambda: processes_marked(str(tmp_path)))
            code = process.returncode
            after = finished(store, tmp_path, number)
            assert {name: after[name] for name in before} == before, "what had its result takes no more steps"
        assert verify(store) == []
        assert_finished(out, tmp_path, number)
        number += 1
    assert kills == KILLS
    left = {path.name.removesuffix(".output") for path in (store.folder / "work").iterdir() if path.name[0] != "."}
    assert all(store.lookup(key) for key in left), "what is left lies in wait for `prune`, and for nobody else"


def assert_finished(out: Path, tmp_path: Path, number: int) -> None:
    """The run has everything, and no slow stage took a step twice."""
    manifest = json.loads((out / "run.json").read_text())
    assert manifest["status"] == "finished"
    assert {stage["state"] for stage in manifest["stages"].values()} <= {"finished", "reused"}
    assert (out / "outputs" / "text.txt").read_text() == str(5 * STEPS)
    for line in (out / "events.jsonl").read_text().splitlines():
        json.loads(line)
    for name in ("a", "b", "aa", "bb"):
        taken = steps(tmp_path / f"journal-{number}-{name}")
        assert taken == sorted(set(taken)), f"{name} took a step twice: it did not go on from its checkpoint"
        assert taken[-1] >= STEPS - 1, "a kill right after a checkpoint leaves out the note of its step"


def test_a_killed_worker_costs_its_stage_alone(
    command: list[str],
    write_job: Callable[..., Path],
    processes_marked: Callable[[str], list[int]],
    tmp_path: Path,
) -> None:
    journals = [tmp_path / "journal-x", tmp_path / "journal-y"]
    config = {"steps": 60, "seconds": 0.02}
    stages = {
        name: {"stage": "slow", "config": {**config, "journal": str(journal)}, "retries": 1}
        for name, journal in zip("xy", journals, strict=True)
    }
    given = [
        *command,
        "run",
        str(write_job(stages)),
        "--store",
        str(tmp_path / "store"),
        "--out",
        str(tmp_path / "out"),
    ]
    process = subprocess.Popen(
        given, env=os.environ | {"TOY_MARK": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not all(len(steps(journal)) > 3 for journal in journals):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    worker = next(pid for pid in processes_marked(str(tmp_path)) if pid != process.pid)
    os.kill(worker, signal.SIGKILL)
    text, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, "")
    assert text.count("failed (its process was killed") == 1
    for journal in journals:
        taken = steps(journal)
        assert taken == sorted(set(taken))
        assert taken[-1] == 60
