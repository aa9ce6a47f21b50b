"""Runs a job: reuses what is stored, gives the rest to an executor as room becomes free, keeps the books."""

import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.errors import ScenewrightError, StageFailed, Stopped
from pipeline.executors.executor import Executor
from pipeline.history import History
from pipeline.job import Job
from pipeline.manifest import Manifest
from pipeline.outputs import RunFolder
from pipeline.plan import Step, make_step, nodes_named
from pipeline.stage import Resources
from pipeline.store import DamagedEntry, Entry, Store
from pipeline.worker import Task, describe

OnEvent = Callable[[dict[str, Any]], None]
MAX_DAMAGED = 3
"""How often one stage may find its inputs damaged before the disk is to blame and the stage fails."""


@dataclass
class Running:
    """A stage at work."""

    step: Step
    resources: Resources
    started: float
    deadline: float | None = None


def run_job(
    job: Job,
    store: Store,
    out: Path,
    *,
    executor: Executor,
    catalogue: str,
    device: str = "cpu",
    force: Collection[str] = (),
    on_event: OnEvent = lambda event: None,
) -> dict[str, Any]:
    """Run a job into the folder `out`; the manifest, which is also in `out/run.json`.

    Raises StageFailed when a stage failed, after everything that does not depend on it has finished, and Stopped on
    KeyboardInterrupt; both with the manifest written and finished work in the store.
    """
    try:
        return _Run(job, store, out, executor, catalogue, device, force, on_event).to_the_end()
    finally:
        executor.close()


class _Run:
    def __init__(
        self,
        job: Job,
        store: Store,
        out: Path,
        executor: Executor,
        catalogue: str,
        device: str,
        force: Collection[str],
        on_event: OnEvent,
    ) -> None:
        self.job, self.store, self.executor, self.device = job, store, executor, device
        self.catalogue, self.force, self.on_event = catalogue, nodes_named(job, force), on_event
        self.folder = RunFolder(out, job)
        self.manifest = Manifest(out / "run.json", job, device, executor.name)
        self.history = History(store.folder / "history")
        self.entries: dict[str, Entry] = {}
        self.failed: dict[str, str] = {}
        self.running: dict[str, Running] = {}
        self.queue: deque[Step] = deque()
        self.tries: dict[str, int] = {}
        self.damaged: dict[str, int] = {}
        self.followers: dict[str, list[str]] = {id_: [] for id_ in job.nodes}
        self.missing = {id_: set(node.needs) for id_, node in job.nodes.items()}
        for node in job.nodes.values():
            for need in node.needs:
                self.followers[need].append(node.id)
        self.ready = deque(id_ for id_, needs in self.missing.items() if not needs)

    def to_the_end(self) -> dict[str, Any]:
        try:
            self.emit("run_started", job=self.job.name, stages=len(self.job.nodes))
            self.manifest.write(now=True)
            while self.ready or self.queue or self.running:
                while self.ready:
                    self.settle(self.ready.popleft())
                self.start_what_fits()
                if self.running:
                    self.listen()
                self.manifest.write()
            self.finish("failed" if self.failed else "finished")
        except KeyboardInterrupt:
            self.stop()
            raise Stopped("stopped; what had finished is kept, and running again goes on from there") from None
        except BaseException as error:
            with suppress(OSError):
                self.finish("failed")
            if not isinstance(error, OSError) or isinstance(error, BrokenPipeError):
                raise
            lines = [*self.complaints(), f"the run cannot go on: {describe(error)}"]
            raise ScenewrightError("\n".join(lines)) from error
        if self.failed:
            raise StageFailed("\n".join(self.complaints()))
        return self.manifest.data

    def settle(self, id_: str) -> None:
        """Decide about a node whose inputs are all there: reuse it, queue it, or give it up."""
        node = self.job.nodes[id_]
        inputs = {need: self.entries.get(need) for need in node.needs}
        step = make_step(self.job.name, node, inputs, self.store, self.history, self.device, forced=id_ in self.force)
        if step.action == "reuse" and step.entry:
            self.emit("stage_reused", id_)
            self.done(step, step.entry, "reused")
        elif step.action == "unavailable":
            self.fail(step, step.reason)
        else:
            self.manifest.update(id_, reason=step.reason)
            self.queue.append(step)

    def start_what_fits(self) -> None:
        """Start queued stages in order, passing over those that do not fit now; one that never fits runs alone."""
        passed_over: deque[Step] = deque()
        while self.queue and self.has_free_core():
            step = self.queue.popleft()
            granted = self.grant(step)
            if granted is None:
                passed_over.append(step)
            else:
                self.start(step, granted)
        self.queue.extendleft(reversed(passed_over))

    def has_free_core(self) -> bool:
        """Whether it is worth looking through the queue at all."""
        capacity = self.executor.capacity()
        return capacity is None or sum(running.resources.cpu for running in self.running.values()) < capacity.cpu

    def grant(self, step: Step) -> Resources | None:
        capacity = self.executor.capacity()
        asked = step.node.resources
        if capacity is None:
            return asked
        wanted = Resources(
            min(asked.cpu or capacity.cpu, capacity.cpu), asked.memory_gb, asked.gpu if step.device == "cuda" else 0
        )
        if step.estimate:
            wanted = replace(wanted, memory_gb=max(wanted.memory_gb, step.estimate.memory_bytes / 1e9))
        held = [running.resources for running in self.running.values()]
        fits = (
            sum(r.cpu for r in held) + wanted.cpu <= capacity.cpu
            and sum(r.memory_gb for r in held) + wanted.memory_gb <= capacity.memory_gb
            and sum(r.gpu for r in held) + wanted.gpu <= capacity.gpu
        )
        return wanted if fits or not held else None

    def start(self, step: Step, granted: Resources) -> None:
        node = step.node
        assert step.key is not None
        assert step.recipe is not None
        task = Task(
            node=node.id,
            stage=node.stage.name,
            catalogue=self.catalogue,
            config=step.config.model_dump(mode="json"),
            inputs={name: [self.entries[id_].key for id_ in ids] for name, ids in node.inputs.items()},
            many=[name for name in node.inputs if node.stage.inputs[name].many],
            seed=node.seed,
            key=step.key,
            recipe=step.recipe,
            store=self.store.address,
            device=step.device,
            threads=granted.cpu or 1,
            backends=step.backends,
            forced=node.id in self.force,
        )
        self.running[node.id] = Running(step, granted, time.monotonic())
        self.tries[node.id] = self.tries.get(node.id, 0) + 1
        self.manifest.update(node.id, state="running", key=step.key, device=step.device, backends=step.backends)
        self.executor.start(task, granted)

    def begin(self, id_: str) -> None:
        """A stage is at work: its time counts from now on, and not while a process starts or a cluster has no room."""
        running = self.running[id_]
        timeout, estimate = running.step.node.timeout, running.step.estimate
        running.started = time.monotonic()
        running.deadline = running.started + timeout if timeout else None
        self.emit("stage_started", id_, eta_seconds=estimate.seconds if estimate else None)

    def listen(self) -> None:
        """Take one message, or notice that a stage ran out of time."""
        deadlines = [running.deadline for running in self.running.values() if running.deadline]
        pause = min([0.5, *(deadline - time.monotonic() for deadline in deadlines)])
        message = self.executor.next(max(0.0, pause))
        if message:
            self.handle(*message)
        for id_, running in list(self.running.items()):
            if running.deadline and time.monotonic() > running.deadline:
                self.executor.cancel(id_)
                self.failed_try(id_, f"took longer than its timeout of {running.step.node.timeout:g} s")

    def handle(self, id_: str, message: Mapping[str, Any]) -> None:
        if id_ not in self.running:
            return
        if message.get("log"):
            self.folder.keep_log(id_, message["log"])
        if message["event"] == "died":
            self.failed_try(id_, message["message"])
        elif message["event"] == "begun":
            self.begin(id_)
        elif message["event"] != "answer":
            self.emit(message["event"], id_, **{k: v for k, v in message.items() if k != "event"})
        elif message["state"] == "failed":
            self.manifest.update(id_, traceback=message["traceback"], work=message["work"])
            self.failed_try(id_, message["message"])
        elif message["state"] == "damaged":
            self.repair(id_, message["key"], message["path"])
        else:
            self.answered(id_, message["state"])

    def answered(self, id_: str, state: str) -> None:
        running = self.running.pop(id_)
        step = running.step
        assert step.key is not None
        entry = self.store.peek(step.key)
        if entry is None:
            self.fail(step, "its result is gone from the store although it was committed")
            return
        if state == "finished":
            size = sum(self.entries[need].bytes for need in step.node.needs)
            seconds, memory = entry.record.get("seconds", 0.0), entry.record.get("peak_memory_bytes", 0)
            self.history.remember_cost(step.node.stage.name, step.device, size, seconds, memory)
        self.emit(f"stage_{state}", id_, seconds=round(time.monotonic() - running.started, 3))
        self.done(step, entry, state)

    def done(self, step: Step, entry: Entry, state: str) -> None:
        """A node has its result: write it down, put it into the run's folder, wake who waits for it."""
        id_ = step.node.id
        try:
            outputs = self.folder.publish(step.node, entry, self.store, anew=state == "finished")
        except DamagedEntry as damage:  # pruned or damaged since it was looked up
            self.vanished(step, damage)
            return
        self.entries[id_] = entry
        self.store.touch(entry)
        if step.recipe:
            self.history.remember_recipe(self.job.name, id_, step.recipe)
        self.manifest.record(id_, entry, step.node.inputs, self.entries)
        self.manifest.update(id_, state=state, reason=step.reason, outputs=outputs)
        for follower in self.followers[id_]:
            if id_ in self.missing[follower]:
                self.missing[follower].remove(id_)
                if not self.missing[follower]:
                    self.ready.append(follower)

    def vanished(self, step: Step, damage: DamagedEntry) -> None:
        """A result was gone before its files could be put into the run's folder: decide about its node anew."""
        id_ = step.node.id
        self.damaged[id_] = self.damaged.get(id_, 0) + 1
        if self.damaged[id_] > MAX_DAMAGED:
            self.fail(step, f"its result is damaged in the store again and again ({damage.path})")
            return
        self.store.reject(damage.key)
        self.manifest.update(id_, state="waiting")
        self.ready.append(id_)

    def failed_try(self, id_: str, message: str) -> None:
        """A stage did not finish: try again where the job allows it, else give it up."""
        step = self.running.pop(id_).step
        if self.tries[id_] <= step.node.retries:
            self.emit("stage_log", id_, message=f"failed ({message}); tries again")
            self.manifest.update(id_, state="waiting")
            self.queue.append(step)
        else:
            self.fail(step, message)

    def fail(self, step: Step, message: str) -> None:
        id_ = step.node.id
        self.failed[id_] = message
        self.manifest.update(id_, state="failed", error=message)
        self.emit("stage_failed", id_, message=message)
        waiting = deque(self.followers[id_])
        while waiting:
            follower = waiting.popleft()
            if self.manifest.data["stages"][follower]["state"] == "waiting":
                self.manifest.update(follower, state="skipped", reason=f"needs {id_}, which failed")
                self.emit("stage_skipped", follower, message=f"needs {id_}, which failed")
                waiting.extend(self.followers[follower])

    def repair(self, id_: str, key: str, path: str) -> None:
        """An input turned out damaged when it was read: have its maker make it again, then this stage."""
        step = self.running.pop(id_).step
        self.damaged[id_] = self.damaged.get(id_, 0) + 1
        if self.damaged[id_] > MAX_DAMAGED:
            self.fail(step, f"its input is damaged in the store again and again ({path})")
            return
        self.manifest.update(id_, state="waiting")
        if not self.store.mend(key):
            self.store.reject(key)
            for maker in step.node.needs:
                if maker in self.entries and self.entries[maker].key == key:
                    self.emit("stage_log", id_, message=f"{path} of {maker} is damaged in the store; it is made again")
                    self.make_again(maker)
        self.missing[id_] = {need for need in step.node.needs if need not in self.entries}
        if not self.missing[id_]:  # another stage saw the damage first, and it is mended
            self.ready.append(id_)

    def make_again(self, maker: str) -> None:
        """Take back the result of a node, also from those who wait in the queue to start from it."""
        del self.entries[maker]
        for follower in self.followers[maker]:
            if not any(follower in settled for settled in (self.entries, self.running, self.failed)):
                self.missing[follower].add(maker)
        self.queue = deque(queued for queued in self.queue if maker not in queued.node.needs)
        self.ready.append(maker)

    def stop(self) -> None:
        for id_ in list(self.running):
            self.executor.cancel(id_)
            self.manifest.update(id_, state="stopped")
        with suppress(OSError):
            self.finish("stopped")

    def finish(self, status: str) -> None:
        try:
            self.manifest.data["status"] = status
            self.manifest.write(now=True)
            self.emit("run_finished", status=status)
            self.store.digests.save()
        finally:
            self.folder.close()

    def complaints(self) -> list[str]:
        """What went wrong with which stage, one line each."""
        return [f"stages.{id_}: {message}" for id_, message in self.failed.items()]

    def emit(self, event: str, stage: str | None = None, **more: Any) -> None:
        line = {
            "event": event,
            **({"stage": stage} if stage else {}),
            **{k: v for k, v in more.items() if v is not None},
        }
        self.folder.event(line)
        self.on_event(line)
