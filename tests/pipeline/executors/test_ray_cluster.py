import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StageFailed, Stopped, UserError
from pipeline.executors.choice import make_executor
from pipeline.job import Job
from pipeline.remote import RemoteStore
from pipeline.run import run_job
from pipeline.store import Store

ray = pytest.importorskip("ray", reason="needs Ray: pip install 'scenewright[ray]'")
pytestmark = pytest.mark.extra("ray")

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]
Scenewright = Callable[..., subprocess.CompletedProcess[str]]
Hear = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster of this machine with two cores, one pretended GPU and a cache of its own, as other machines have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cluster")))
        quiet = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
        context = ray.init("local", num_cpus=2, num_gpus=1, object_store_memory=100_000_000, **quiet)
    yield context.address_info["gcs_address"]
    ray.shutdown()


@pytest.fixture
def run_ray(address: str, toys: str, store: Store, tmp_path: Path) -> Run:
    """As `run`, on the cluster; `hear` is called with each event."""

    def run_ray(job: Job, *, hear: Hear = lambda event: None, **more: Any) -> dict[str, Any]:
        where = more.pop("store", store)
        executor = make_executor("ray")
        return run_job(job, where, tmp_path / "ray", executor=executor, catalogue=toys, on_event=hear, **more)

    return run_ray


class Held:
    """A `hold` stage, what its tries wrote into its journal, and the word that lets it go on."""

    def __init__(self, folder: Path, name: str = "held") -> None:
        self._journal, self._until = folder / f"{name}.journal", folder / f"{name}.until"
        self.stage = {"stage": "hold", "config": {"journal": str(self._journal), "until": str(self._until)}}

    @property
    def tries(self) -> list[list[int]]:
        """For each try its own process and its parent, which is Ray's worker."""
        lines = self._journal.read_text().splitlines() if self._journal.exists() else []
        return [[int(word) for word in line.split()] for line in lines]

    def release(self) -> None:
        self._until.touch()


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return Held(tmp_path)


def states(manifest: dict[str, Any]) -> dict[str, str]:
    return {name: stage["state"] for name, stage in manifest["stages"].items()}


def is_holding(event: dict[str, Any]) -> bool:
    return event["event"] == "stage_progress" and event["message"] == "holds"


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether a condition comes true in good time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def runs(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_results_are_those_of_the_local_executor_to_the_byte(
    check: Check, run: Run, run_ray: Run, tmp_path: Path
) -> None:
    numbers = {f"number-{k}": {"stage": "make", "config": {"value": k}} for k in range(4)}
    stages = {
        **numbers,
        "dice": {"stage": "random"},
        "counted": {"stage": "slow", "inputs": {"start": "dice"}, "config": {"steps": 2}},
        "all": {"stage": "total", "inputs": {"numbers": [*numbers, "counted"]}},
        "text": {"stage": "spell", "inputs": {"number": "all"}},
    }
    job = check(stages, seed=7)
    local = run(job, store=Store(tmp_path / "local-store"))
    on_ray = run_ray(job, store=Store(tmp_path / "ray-store"))
    assert set(states(on_ray).values()) == {"finished"}
    assert on_ray["executor"] == "ray"
    for name in stages:
        for part in ("key", "output", "inputs", "metrics", "backends"):
            assert on_ray["stages"][name][part] == local["stages"][name][part], (name, part)
    assert (tmp_path / "ray/outputs/text.txt").read_bytes() == (tmp_path / "out/outputs/text.txt").read_bytes()
    assert set(states(run(job, store=Store(tmp_path / "ray-store"))).values()) == {"reused"}


def test_events_arrive_while_the_stage_is_at_work(check: Check, run_ray: Run, held: Held) -> None:
    events: list[dict[str, Any]] = []

    def hear(event: dict[str, Any]) -> None:
        events.append(event)
        if is_holding(event):
            held.release()  # so the stage ends only if this is heard before

    run_ray(check({"held": {**held.stage, "timeout": 60}}), hear=hear)
    told = [(event["event"], event.get("fraction")) for event in events if event.get("stage") == "held"]
    assert told == [("stage_started", None), ("stage_progress", 0.5), ("stage_finished", None)]


@pytest.mark.parametrize("victim", [0, 1], ids=["the stage's process", "Ray's worker"])
def test_a_worker_killed_in_the_middle_costs_only_its_stage(
    check: Check, run_ray: Run, held: Held, tmp_path: Path, victim: int
) -> None:
    journals = [tmp_path / f"{name}.steps" for name in ("before", "after")]
    counted = [{"stage": "slow", "config": {"steps": 3, "seconds": 0, "journal": str(path)}} for path in journals]
    stages = {
        "before": counted[0],
        "aside": {"stage": "make", "config": {"value": 5}},
        "held": held.stage,
        "after": {**counted[1], "inputs": {"start": "held"}},
        "sum": {"stage": "total", "inputs": {"numbers": ["before", "aside", "after"]}},
    }
    restarts = []

    def hear(event: dict[str, Any]) -> None:
        if event["event"] == "stage_log" and event["message"].endswith("starts again"):
            restarts.append((event["stage"], event["message"]))  # a slow machine may add that it waits for the dying
        if is_holding(event) and len(held.tries) == 1:
            os.kill(held.tries[0][victim], signal.SIGKILL)
        elif is_holding(event):
            held.release()

    manifest = run_ray(check(stages), hear=hear)
    assert set(states(manifest).values()) == {"finished"}
    assert (tmp_path / "ray/artifacts/sum/number.json").read_text() == "12.0"  # 3 + 5 + (3 + 1 thread)
    assert len(held.tries) == 2
    assert not any(runs(process) for process in held.tries[0][: victim + 1])
    assert [path.read_text().split() for path in journals] == [["1", "2", "3"]] * 2
    assert [stage for stage, _ in restarts] == ["held"]
    assert "killed" in restarts[0][1]


def test_a_stage_that_always_dies_is_given_up_and_the_rest_finishes(check: Check, run_ray: Run) -> None:
    from pipeline.executors.ray_cluster import RESTARTS

    logs = []
    stages = {"bad": {"stage": "broken", "config": {"how": "kill"}}, "good": {"stage": "make"}}
    with pytest.raises(StageFailed, match=r"^stages\.bad: its process was killed"):
        run_ray(check(stages), hear=lambda event: logs.append(event) if event["event"] == "stage_log" else None)
    assert len(logs) == RESTARTS


def test_a_restart_uses_up_no_retry_of_the_job(check: Check, run_ray: Run, tmp_path: Path) -> None:
    stages = {
        "killed": {"stage": "broken", "config": {"how": "kill", "marker": str(tmp_path / "a")}, "retries": 0},
        "wrong": {"stage": "broken", "config": {"how": "value", "marker": str(tmp_path / "b")}, "retries": 1},
    }
    assert set(states(run_ray(check(stages))).values()) == {"finished"}


@pytest.mark.parametrize("how", ["value", "bug", "disk", "memory"])
def test_a_stage_that_fails_says_the_same_as_on_the_local_executor(
    check: Check, run: Run, run_ray: Run, tmp_path: Path, how: str
) -> None:
    job = check({"bad": {"stage": "broken", "config": {"how": how}}})
    with pytest.raises(StageFailed) as local:
        run(job)
    with pytest.raises(StageFailed) as on_ray:
        run_ray(job, store=Store(tmp_path / "ray-store"))
    assert str(on_ray.value) == str(local.value)


def test_what_a_stage_prints_is_kept(check: Check, run_ray: Run, tmp_path: Path) -> None:
    run_ray(check({"loud": {"stage": "broken", "config": {"how": "print"}}}))
    assert (tmp_path / "ray/logs/loud.txt").read_text() == "a line that a library printed\n"


def test_two_stages_that_fit_are_at_work_at_once(check: Check, run_ray: Run, tmp_path: Path) -> None:
    pair = {name: Held(tmp_path, name) for name in ("one", "two")}
    holding = set()

    def hear(event: dict[str, Any]) -> None:
        if is_holding(event):
            holding.add(event["stage"])
        if len(holding) == 2:
            for held in pair.values():
                held.release()

    manifest = run_ray(check({name: {**held.stage, "timeout": 60} for name, held in pair.items()}), hear=hear)
    assert set(states(manifest).values()) == {"finished"}


@pytest.mark.parametrize("resource", ["cpu", "memory_gb", "gpu"])
def test_two_stages_that_do_not_fit_together_take_turns(
    check: Check, run_ray: Run, tmp_path: Path, resource: str
) -> None:
    memory_gb = sum(node["Resources"]["memory"] for node in ray.nodes()) / 1e9
    asked = {"cpu": 2, "memory_gb": 0.6 * memory_gb, "gpu": 1}[resource]
    pair = {name: Held(tmp_path, name) for name in ("one", "two")}
    told: list[str] = []
    for held in pair.values():
        held.release()
    stages = {name: {**held.stage, "resources": {resource: asked}} for name, held in pair.items()}
    run_ray(check(stages), hear=lambda event: told.append(event["event"]), device="cuda")
    turn = ["stage_started", "stage_progress", "stage_finished"]
    assert told[1:-1] == turn * 2


@pytest.mark.parametrize(("cpu", "threads"), [(1, 1), (2, 2), (0, 2), (64, 2)])
def test_a_stage_is_granted_the_cores_it_asks_for_or_all_of_a_node(
    check: Check, run_ray: Run, held: Held, tmp_path: Path, cpu: int, threads: int
) -> None:
    held.release()
    run_ray(check({"held": {**held.stage, "resources": {"cpu": cpu, "memory_gb": 1e6 if cpu else 1}}}))
    assert (tmp_path / "ray/artifacts/held/number.json").read_text() == str(threads)


def test_a_stage_that_takes_too_long_is_ended_and_the_rest_finishes(check: Check, run_ray: Run, held: Held) -> None:
    stages = {"held": {**held.stage, "timeout": 1}, "good": {"stage": "make"}}
    with pytest.raises(StageFailed, match=r"^stages\.held: took longer than its timeout of 1 s$"):
        run_ray(check(stages))
    assert wait_for(lambda: not any(map(runs, held.tries[0])))
    held.release()
    assert states(run_ray(check(stages))) == {"held": "finished", "good": "reused"}


def test_a_wait_in_the_queue_does_not_count_as_taking_long(check: Check, run_ray: Run) -> None:
    slow = {"stage": "slow", "config": {"steps": 20, "seconds": 0.1}, "resources": {"cpu": 2}}
    quick = {"stage": "make", "timeout": 1.5, "resources": {"cpu": 2}}
    assert set(states(run_ray(check({"slow": slow, "quick": quick}))).values()) == {"finished"}


def test_stopping_a_run_ends_its_stages(check: Check, run_ray: Run, held: Held) -> None:
    def hear(event: dict[str, Any]) -> None:
        if is_holding(event):
            raise KeyboardInterrupt

    with pytest.raises(Stopped):
        run_ray(check({"held": held.stage}), hear=hear)
    assert wait_for(lambda: not any(map(runs, held.tries[0])))


def test_results_travel_through_a_store_at_an_address(check: Check, run_ray: Run, tmp_path: Path) -> None:
    remote = RemoteStore(f"local://{tmp_path}/shared", tmp_path / "cache of this machine")
    stages = {
        "one": {"stage": "make", "config": {"value": 3}},
        "sum": {"stage": "add", "inputs": {"left": "one", "right": "one"}},
    }
    manifest = run_ray(check(stages), store=remote)
    assert set(states(manifest).values()) == {"finished"}
    assert (tmp_path / "ray/outputs/sum.json").read_text() == "6.0"
    assert len(list((tmp_path / "shared/entries").iterdir())) == 2
    assert set(states(run_ray(check(stages), store=remote)).values()) == {"reused"}


def test_a_node_with_another_version_says_so(check: Check, run_ray: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.0.1")
    with pytest.raises(StageFailed, match=r"a node of the cluster has scenewright \S+, this run is of 0\.0\.1"):
        run_ray(check({"one": {"stage": "make"}}))


def test_a_stage_that_no_node_can_take_says_what_it_waits_for(check: Check, run_ray: Run, held: Held) -> None:
    logs = []

    def hear(event: dict[str, Any]) -> None:
        if event["event"] == "stage_log":
            logs.append(event["message"])
            raise KeyboardInterrupt

    with pytest.raises(Stopped):
        run_ray(check({"held": {**held.stage, "resources": {"gpu": 2}}}), hear=hear, device="cuda")
    assert logs == ["waits for a node with 2 GPUs, which the cluster does not have now"]


@pytest.mark.parametrize(
    ("executor", "message"),
    [
        ("ray:127.0.0.1:1", "--executor ray:127.0.0.1:1: Connection refused"),
        ("ray:ray://head:10001", "--executor ray:ray://head:10001: allowed: auto, HOST:PORT"),
    ],
)
def test_an_address_without_a_cluster_is_the_users_mistake(
    scenewright: Scenewright, write_job: Callable[..., Path], executor: str, message: str
) -> None:
    done = scenewright("run", write_job({"one": {"stage": "make"}}), "--executor", executor)
    assert (done.returncode, done.stderr) == (2, f"error: {message}\n")


def test_the_command_joins_a_cluster_and_leaves_it_running(
    address: str, scenewright: Scenewright, write_job: Callable[..., Path]
) -> None:
    done = scenewright("run", write_job({"one": {"stage": "make"}}), "--executor", f"ray:{address}")
    assert (done.returncode, done.stderr) == (0, "")
    assert "one: done" in done.stdout
    assert [node["Alive"] for node in ray.nodes()] == [True]


def test_the_command_starts_a_cluster_of_its_own_and_ctrl_c_ends_all_of_it(
    command: list[str],
    write_job: Callable[..., Path],
    held: Held,
    tmp_path: Path,
    processes_marked: Callable[[str], list[int]],
) -> None:
    mark = f"mark-{tmp_path}"
    arguments = ["run", str(write_job({"held": held.stage})), "--executor", "ray", "--store", str(tmp_path / "store")]
    with subprocess.Popen(
        [*command, *arguments],
        env={name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"} | {"MARK": mark},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background may ignore it
    ) as process:
        assert wait_for(lambda: held.tries != [], seconds=60)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all in the foreground, those of Ray included
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said.count("\n")) == (130, 1)
    assert said.startswith("error: stopped; what had finished is kept")
    assert wait_for(lambda: processes_marked(mark) == [])


def test_without_ray_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pipeline.executors.ray_cluster", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserError, match=r"^--executor ray: .*pip install 'scenewright\[ray\]'$"):
        make_executor("ray")
