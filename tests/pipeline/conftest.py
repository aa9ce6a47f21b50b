"""What the tests of the framework share: the toy stages, and short ways to check, run and command toy jobs."""

import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.errors import JobError
from pipeline.executors.executor import Executor
from pipeline.executors.local import LocalExecutor
from pipeline.job import Job, check_job
from pipeline.run import run_job
from pipeline.stage import Catalogue, Resources, load_catalogue
from pipeline.store import Store
from pipeline.worker import Task, execute

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def toys() -> str:
    """Where the catalogue of toy stages is: what `load_catalogue` and a run take."""
    return f"{HERE / 'toys.py'}:CATALOGUE"


@pytest.fixture(scope="session")
def catalogue(toys: str) -> Catalogue:
    """The toy stages."""
    return load_catalogue(toys)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store")


@pytest.fixture
def check(catalogue: Catalogue, tmp_path: Path) -> Callable[..., Job]:
    """A function from the stages of a job, and what else stands in it, to the checked job."""

    def check(stages: dict[str, Any], given: Sequence[str] = (), **more: Any) -> Job:
        return check_job({**more, "stages": stages}, catalogue, folder=tmp_path, variables=given)

    return check


@pytest.fixture
def mistakes(check: Callable[..., Job]) -> Callable[..., dict[str, str]]:
    """A function from the stages of a wrong job to all that is said about it: message by place."""

    def mistakes(stages: Any, **more: Any) -> dict[str, str]:
        with pytest.raises(JobError) as caught:
            check(stages, **more)
        found = {problem.place: problem.message for problem in caught.value.problems}
        assert len(found) == len(caught.value.problems), "two mistakes at one place"
        return found

    return mistakes


class InlineExecutor(Executor):
    """Runs each task at once, in this process: what the run loop decides is tested without waiting for processes."""

    name = "inline"

    def __init__(self) -> None:
        self._messages: deque[tuple[str, dict[str, Any]]] = deque()

    def capacity(self) -> Resources:
        return Resources(cpu=1, memory_gb=8.0)

    def start(self, task: Task, resources: Resources) -> None:
        self._messages.append((task.node, {"event": "begun"}))
        answer = execute(task, lambda event: self._messages.append((task.node, event)))
        self._messages.append((task.node, {"event": "answer", **answer}))

    def next(self, timeout: float) -> tuple[str, dict[str, Any]] | None:
        return self._messages.popleft() if self._messages else None

    def cancel(self, node: str) -> None:
        self._messages.clear()

    def close(self) -> None:
        self._messages.clear()


@pytest.fixture(scope="session")
def inline() -> Callable[[], Executor]:
    """A function that makes an executor in this process."""
    return InlineExecutor


@pytest.fixture
def run(toys: str, store: Store, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """A function that runs a job in this process, or in `cores` processes at once, and gives the manifest."""

    def run(job: Job, *, out: Path | None = None, cores: int = 0, **more: Any) -> dict[str, Any]:
        executor = LocalExecutor(Resources(cores, 8.0, 0)) if cores else InlineExecutor()
        given = {"executor": executor, "catalogue": toys, **more}
        return run_job(job, given.pop("store", store), out or tmp_path / "out", **given)

    return run


@pytest.fixture(scope="session")
def states() -> Callable[[Path], dict[str, str]]:
    """A function from a run's folder to the state of each stage, by its manifest."""

    def states(folder: Path) -> dict[str, str]:
        return {id_: stage["state"] for id_, stage in json.loads((folder / "run.json").read_text())["stages"].items()}

    return states


@pytest.fixture(scope="session")
def events() -> Callable[[Path], list[tuple[str, str]]]:
    """A function from a run's folder to what happened, in order: (event, stage)."""

    def events(folder: Path) -> list[tuple[str, str]]:
        lines = (folder / "events.jsonl").read_text().splitlines()
        return [(event["event"], event.get("stage", "")) for event in map(json.loads, lines)]

    return events


@pytest.fixture(scope="session")
def value() -> Callable[[Path, str], float]:
    """A function from a run's folder and a stage to the number that the stage made."""

    def value(folder: Path, stage: str) -> float:
        return float(json.loads((folder / "artifacts" / stage / "number.json").read_text()))

    return value


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The command line with the toy stages in place of those that ship."""
    return [sys.executable, str(HERE / "toy_cli.py")]


@pytest.fixture
def scenewright(command: list[str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A function that runs the toy command line to its end, in a process of its own."""

    def scenewright(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"SCENEWRIGHT_STORE": str(tmp_path / "store"), "COLUMNS": "200"}
        given = [*command, *map(str, arguments)]
        return subprocess.run(given, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=120)

    return scenewright


@pytest.fixture
def command_line(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """A function that calls the command line with the toy stages in this process; exit code, output and errors."""
    monkeypatch.setitem(sys.modules, "pipeline.stages.catalogue", sys.modules["toys"])
    monkeypatch.setenv("SCENEWRIGHT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)

    def command_line(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([*map(str, arguments)])
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        return (code, *capsys.readouterr())

    yield command_line
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def write_job(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a job of some stages to a file."""

    def write_job(stages: dict[str, Any], name: str = "job.json", **more: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"version": 1, **more, "stages": stages}))
        return path

    return write_job


@pytest.fixture
def processes_marked() -> Callable[[str], list[int]]:
    """A function that finds every process with a word in its environment, wherever it hangs in the tree (Linux)."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc to see processes")

    def processes_marked(mark: str) -> list[int]:
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    marked = mark.encode() in (folder / "environ").read_bytes()
                    running = "\nState:\tZ" not in (folder / "status").read_text()
                except OSError:
                    continue
                if marked and running:
                    found.append(int(folder.name))
        return found

    return processes_marked
