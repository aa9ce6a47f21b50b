"""What a run would do with each stage and why; and that a run then does just that."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StageFailed, UserError
from pipeline.history import Estimate
from pipeline.job import Job, check_job
from pipeline.plan import Plan, make_plan, nodes_named, part_of
from pipeline.stage import Catalogue, Stage
from pipeline.store import Store

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]


def told(plan: Plan) -> dict[str, str]:
    """What the plan says of each stage, as action and reason."""
    return {id_: f"{step.action}: {step.reason}" for id_, step in plan.steps.items()}


CHAIN: dict[str, Any] = {
    "a": {"stage": "make", "config": {"value": 2}},
    "b": {"stage": "add", "inputs": {"left": "a"}},
    "c": {"stage": "spell", "inputs": {"number": "b"}},
}


def chain(**changes: Any) -> dict[str, Any]:
    return {id_: {**stage, **changes.get(id_, {})} for id_, stage in CHAIN.items()}


def test_a_new_job_runs_and_a_finished_one_is_reused(check: Check, run: Run, store: Store) -> None:
    job = check(chain())
    before = make_plan(job, store)
    assert told(before) == {"a": "run: new", "b": "run: waits for a", "c": "run: waits for b"}
    assert [step.key for step in before.steps.values()][1:] == [None, None]
    assert len(before.of("run")) == 3
    run(job)
    after = make_plan(job, store)
    assert told(after) == dict.fromkeys("abc", "reuse: nothing changed")
    assert after.of("run") == []
    assert after.seconds == 0
    assert after.steps["a"].key == before.steps["a"].key


def test_planning_computes_and_stores_nothing(check: Check, store: Store) -> None:
    job = check(chain())
    make_plan(job, store)
    assert list(store.entries()) == list(store.blobs()) == list((store.folder / "work").iterdir()) == []
    assert told(make_plan(job, store))["a"] == "run: new"


def test_a_changed_setting_is_named_with_both_values(check: Check, run: Run, store: Store) -> None:
    run(check(chain()))
    changed = check(chain(a={"config": {"value": 3, "mode": "loud"}}))
    assert told(make_plan(changed, store)) == {
        "a": 'run: config.mode "plain" -> "loud"; config.value 2.0 -> 3.0',
        "b": "run: waits for a",
        "c": "run: waits for b",
    }
    assert told(make_plan(check(chain()), store))["a"] == "reuse: nothing changed", "the old result is still there"


def test_a_default_that_is_written_out_changes_nothing(check: Check, run: Run, store: Store) -> None:
    run(check(chain()))
    same = check(
        chain(a={"config": {"value": 2.0, "mode": "plain"}, "retries": 3, "timeout": 9, "resources": {"cpu": 2}})
    )
    assert told(make_plan(same, store))["a"] == "reuse: nothing changed"


def test_a_changed_input_is_named(check: Check, run: Run, store: Store) -> None:
    stages = {**CHAIN, "z": {"stage": "make", "config": {"value": 5}}}
    run(check(stages))
    assert told(make_plan(check({**stages, "b": {"stage": "add", "inputs": {"left": "z"}}}), store)) == {
        "a": "reuse: nothing changed",
        "b": "run: input left changed",
        "c": "run: waits for b",
        "z": "reuse: nothing changed",
    }
    both = {**stages, "b": {"stage": "add", "inputs": {"left": "a", "right": "z"}}}
    assert told(make_plan(check(both), store))["b"] == "run: input right changed"


def test_the_order_of_a_list_counts(check: Check, run: Run, store: Store) -> None:
    def joined(*parts: str) -> Job:
        said = {word: {"stage": "say", "config": {"text": word}} for word in "xy"}
        return check({**said, "j": {"stage": "join", "inputs": {"parts": list(parts)}}})

    run(joined("x", "y"))
    assert told(make_plan(joined("x", "y"), store))["j"].startswith("reuse")
    assert told(make_plan(joined("y", "x"), store))["j"] == "run: input parts changed"


def test_a_result_belongs_to_what_it_is_made_from_and_not_to_a_name(check: Check, run: Run, store: Store) -> None:
    run(check(chain()))
    renamed = check(
        {
            f"other_{id_}": {**s, "inputs": {k: f"other_{v}" for k, v in s.get("inputs", {}).items()}}
            for id_, s in CHAIN.items()
        },
        name="another",
    )
    assert set(told(make_plan(renamed, store)).values()) == {"reuse: nothing changed"}


def test_a_bumped_version_runs_again(check: Check, run: Run, store: Store, catalogue: Catalogue) -> None:
    run(check(chain()))
    stages = [Stage(s.function, version=7) if s.name == "make" else s for s in catalogue.values()]
    bumped = check_job({"stages": chain()}, Catalogue(stages, catalogue.reference))
    assert told(make_plan(bumped, store))["a"] == "run: version 1 -> 7"


def test_a_seed_counts_only_for_stages_that_use_one(check: Check, run: Run, store: Store) -> None:
    stages = {**chain(), "r": {"stage": "random"}, "own": {"stage": "random", "seed": 3}}
    run(check(stages, seed=1))
    assert told(make_plan(check(stages, seed=2), store)) == {
        **dict.fromkeys("abc", "reuse: nothing changed"),
        "r": "run: seed 1 -> 2",
        "own": "reuse: nothing changed",
    }


# Files


def test_a_file_counts_by_its_content_and_kind_and_not_by_its_place(
    check: Check, run: Run, store: Store, tmp_path: Path
) -> None:
    def reading(name: str) -> Job:
        return check({"r": {"stage": "read", "config": {"path": name}}})

    (tmp_path / "a.txt").write_text("one")
    run(reading("a.txt"))
    shutil.copy(tmp_path / "a.txt", tmp_path / "b.txt")
    shutil.copy(tmp_path / "a.txt", tmp_path / "b.TXT")
    shutil.copy(tmp_path / "a.txt", tmp_path / "b.md")
    os.utime(tmp_path / "a.txt")
    for same in ("a.txt", "b.txt", "b.TXT"):
        assert told(make_plan(reading(same), store))["r"] == "reuse: nothing changed"
    assert told(make_plan(reading("b.md"), store))["r"] == "run: config.path points to other content"
    (tmp_path / "a.txt").write_text("eno")
    assert told(make_plan(reading("a.txt"), store))["r"] == "run: config.path points to other content"


def test_lists_of_files_and_folders_count_with_all_they_hold(
    check: Check, run: Run, store: Store, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt", "folder/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    job = check({"r": {"stage": "collect", "config": {"paths": ["a.txt", "b.txt"], "extra": "folder"}}})
    run(job)
    assert told(make_plan(job, store))["r"] == "reuse: nothing changed"
    (tmp_path / "b.txt").write_text("x")
    assert told(make_plan(job, store))["r"] == "run: config.paths points to other content"
    (tmp_path / "b.txt").write_text("b.txt")
    (tmp_path / "folder" / "new.txt").touch()
    assert told(make_plan(job, store))["r"] == "run: config.extra points to other content"


def test_weights_that_a_setting_leads_to_count(check: Check, run: Run, store: Store, tmp_path: Path) -> None:
    weights = tmp_path / "weights.bin"
    weights.write_text("w1")
    job = check({"i": {"stage": "infer", "config": {"weights": str(weights)}}})
    run(job)
    assert told(make_plan(job, store))["i"] == "reuse: nothing changed"
    weights.write_text("w2")
    assert told(make_plan(job, store))["i"] == "run: files or weights it uses changed"
    weights.unlink()
    with pytest.raises(UserError, match=r"stages\.i: cannot read .*weights\.bin: No such file or directory"):
        make_plan(job, store)


# What the store has lost


@pytest.mark.parametrize("how", ["changed", "missing", "entry", "gone"])
def test_a_lost_result_is_made_again_and_the_reason_says_so(how: str, check: Check, run: Run, store: Store) -> None:
    job = check(chain())
    run(job)
    step = make_plan(job, store).steps["b"]
    assert step.entry
    blob = store.folder / "blobs" / step.entry.files[0].sha256
    entry = store.folder / "entries" / f"{step.key}.json"
    if how == "changed":
        blob.chmod(0o644)
        blob.write_text("7")
    elif how == "missing":
        blob.unlink()
    elif how == "entry":
        entry.write_text(entry.read_text()[:-9])
    else:
        entry.unlink()
    reasons = {
        "changed": "its stored result is damaged (number.json)",
        "missing": "its stored result is damaged (number.json)",
        "entry": "its stored result is damaged (its entry)",
        "gone": "its result is no longer stored",
    }
    # the blob of b is that of a, too: both hold the number 2
    lost = ["a", "b"] if how in ("changed", "missing") else ["b"]
    plan = told(make_plan(job, store))
    assert plan[lost[0]] == f"run: {reasons[how]}"
    assert [id_ for id_, said in plan.items() if said.startswith("reuse")] == [i for i in "abc" if i < lost[0]]
    manifest = run(job)
    assert {id_: stage["state"] for id_, stage in manifest["stages"].items()} == {
        id_: "finished" if id_ == lost[0] else "reused" for id_ in "abc"
    }
    assert manifest["stages"][lost[0]]["reason"] == reasons[how]
    assert set(told(make_plan(job, store)).values()) == {"reuse: nothing changed"}


def test_a_stage_that_is_made_again_with_the_same_bytes_leaves_those_after_it_alone(
    check: Check, run: Run, store: Store
) -> None:
    stages = {"r": {"stage": "rounded", "config": {"value": 2.1}}, **chain(b={"inputs": {"left": "r"}})}
    run(check(stages))
    nearly = check({**stages, "r": {"stage": "rounded", "config": {"value": 1.9}}})
    assert told(make_plan(nearly, store))["b"] == "run: waits for r", "before it is made, nobody knows"
    manifest = run(nearly)
    assert [stage["state"] for stage in manifest["stages"].values()] == ["finished", "reused", "reused", "reused"]


# Backends, devices, estimates


def test_auto_is_resolved_in_the_plan_by_the_device(check: Check, store: Store) -> None:
    job = check({"auto": {"stage": "kernel"}, "chosen": {"stage": "kernel", "config": {"backend": "numpy"}}})
    cpu, cuda = make_plan(job, store, device="cpu"), make_plan(job, store, device="cuda")
    assert (cpu.steps["auto"].backends, cpu.steps["auto"].device) == ({"backend": "numba"}, "cpu")
    assert (cuda.steps["auto"].backends, cuda.steps["auto"].device) == ({"backend": "numpy"}, "cuda")
    assert cpu.steps["chosen"].backends == cuda.steps["chosen"].backends == {"backend": "numpy"}
    assert cpu.steps["auto"].key != cuda.steps["auto"].key
    assert job.nodes["auto"].config.model_dump() == {"backend": "auto"}, "the job itself stays as it was written"


def test_a_backend_that_auto_leads_to_is_the_same_as_one_that_is_named(check: Check, run: Run, store: Store) -> None:
    run(check({"a": {"stage": "kernel"}}))
    assert told(make_plan(check({"a": {"stage": "kernel", "config": {"backend": "numba"}}}), store))["a"].startswith(
        "reuse"
    )
    other = check({"a": {"stage": "kernel", "config": {"backend": "numpy"}}})
    assert told(make_plan(other, store))["a"] == 'run: config.backend "numba" -> "numpy"'


def test_a_stage_that_has_no_other_device_keeps_its_own(check: Check, store: Store) -> None:
    assert make_plan(check(chain()), store, device="cuda").steps["a"].device == "cpu"


def test_estimates_are_learnt_from_runs_of_the_same_kind(check: Check, run: Run, store: Store) -> None:
    job = check({"s": {"stage": "slow", "config": {"steps": 3, "seconds": 0.05}}})
    assert make_plan(job, store).steps["s"].estimate is None
    assert make_plan(job, store).seconds is None
    run(job)
    again = make_plan(
        check({"s": {"stage": "slow", "config": {"steps": 4}}, "after": {"stage": "slow", "inputs": {"start": "s"}}}),
        store,
    )
    learnt = again.steps["s"].estimate
    assert learnt
    assert learnt.seconds >= 0.15
    assert learnt.memory_bytes > 1_000_000
    assert isinstance(again.steps["after"].estimate, Estimate)
    assert again.seconds == pytest.approx(2 * learnt.seconds)


def test_a_stage_whose_extra_is_missing_is_told_but_its_stored_result_is_used(
    check: Check, run: Run, store: Store, catalogue: Catalogue
) -> None:
    job = check({"m": {"stage": "missing"}, "after": {"stage": "add", "inputs": {"left": "m"}}})
    plan = make_plan(job, store)
    assert plan.steps["m"].action == "unavailable"
    assert plan.steps["m"].reason == "needs a_module_that_nobody_has: pip install 'scenewright[toys]'"
    with pytest.raises(StageFailed, match="a_module_that_nobody_has"):
        run(job)
    stages = [Stage(s.function) if s.name == "missing" else s for s in catalogue.values()]
    there = check_job({"stages": {"m": {"stage": "missing"}}}, Catalogue(stages, catalogue.reference))
    run(there)
    assert told(make_plan(job, store)) == {"m": "reuse: nothing changed", "after": "run: new"}


# Parts of a job


def test_a_forced_stage_runs_although_it_is_stored(check: Check, run: Run, store: Store) -> None:
    run(check(chain()))
    plan = told(make_plan(check(chain()), store, force=["b"]))
    assert plan == {"a": "reuse: nothing changed", "b": "run: asked for", "c": "run: waits for b"}
    manifest = run(check(chain()), force=["b"])
    assert [stage["state"] for stage in manifest["stages"].values()] == ["reused", "finished", "reused"]
    with pytest.raises(UserError, match="the job has no stage 'bb'"):
        make_plan(check(chain()), store, force=["bb"])
    with pytest.raises(UserError, match="the job has no stage 'bb'"):
        run(check(chain()), force=["bb"])


def test_until_and_only_keep_what_a_stage_needs(check: Check) -> None:
    job = check({**chain(), "d": {"stage": "make"}, "e": {"stage": "add", "inputs": {"left": "b", "right": "d"}}})
    assert list(part_of(job).nodes) == list("abcde")
    assert list(part_of(job, until="b").nodes) == list("ab")
    assert list(part_of(job, only="e").nodes) == ["a", "b", "d", "e"]
    assert part_of(job, until="b").name == job.name
    with pytest.raises(UserError, match=r"the job has no stage 'f'; allowed: a, b, c, d, e"):
        part_of(job, until="f")


def test_a_stage_over_many_values_is_named_as_one_or_value_by_value(check: Check) -> None:
    job = check({"a": {"stage": "make", "sweep": {"value": [1, 2]}}, "ab": {"stage": "add", "inputs": {"left": "a"}}})
    assert nodes_named(job, ["a"]) == {"a[1]", "a[2]"}
    assert nodes_named(job, ["a[1]", "ab"]) == {"a[1]", "ab[1]", "ab[2]"}
    assert list(part_of(job, until="ab[2]").nodes) == ["a[2]", "ab[2]"]
    assert list(part_of(job, until="ab").nodes) == list(job.nodes)
    with pytest.raises(UserError, match=r"did you mean 'a\[1\]'"):
        nodes_named(job, ["a[11]"])


def test_a_thousand_stages_are_planned(check: Check, run: Run, store: Store) -> None:
    stages = {"s0": {"stage": "make"}}
    stages |= {f"s{i}": {"stage": "add", "inputs": {"left": f"s{i - 1}"}} for i in range(1, 900)}  # type: ignore[dict-item]
    stages |= {f"w{i}": {"stage": "make", "config": {"value": i}} for i in range(100)}
    job = check(stages)
    plan = make_plan(job, store)
    assert len(plan.of("run")) == 1000
    run(part_of(job, until="s2"))
    after = make_plan(job, store)
    assert len(after.of("reuse")) == 901, "every sum of 1 and nothing is one result, and w1 is the 1 it begins with"
    assert {step.node.id for step in after.of("run")} == {f"w{i}" for i in range(100)} - {"w1"}


def test_a_plan_is_of_its_job(check: Check, store: Store) -> None:
    job = replace(check(chain()), name="n")
    plan = make_plan(job, store, device="cpu")
    assert (plan.job, plan.device, list(plan.steps)) == (job, "cpu", list("abc"))
