"""A job file becomes a checked graph, or one list of everything that is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import JobError, UserError
from pipeline.job import Job, check_job, read_job
from pipeline.stage import Catalogue, Resources

Check = Callable[..., Job]
Mistakes = Callable[..., dict[str, str]]


def one(stage: str, **more: Any) -> dict[str, Any]:
    return {"a": {"stage": stage, **more}}


# Settings


def test_settings_that_are_left_out_have_their_defaults(check: Check) -> None:
    node = check(one("make")).nodes["a"]
    assert node.config.model_dump() == {"value": 1.0, "mode": "plain"}
    assert (node.seed, node.retries, node.timeout, node.resources) == (0, 0, None, Resources())


def test_a_whole_number_is_a_number(check: Check) -> None:
    value = check(one("make", config={"value": 3})).nodes["a"].config.model_dump()["value"]
    assert (value, type(value)) == (3.0, float)


@pytest.mark.parametrize(
    ("stage", "config", "place", "said"),
    [
        ("make", {"value": "0.02"}, "value", 'must be a number (got "0.02")'),
        ("make", {"value": True}, "value", "must be a number (got true)"),
        ("make", {"value": None}, "value", "must be a number (got null)"),
        ("make", {"value": [1]}, "value", "must be a number (got a list of 1)"),
        ("make", {"value": -0.5}, "value", "must be greater than or equal to 0 (got -0.5)"),
        ("make", {"value": float("inf")}, "value", "must be a finite number"),
        ("make", {"mode": "louder"}, "mode", "must be 'plain' or 'loud' (got \"louder\")"),
        ("make", {"mode": 1}, "mode", "must be 'plain' or 'loud' (got 1)"),
        ("make", {"vlaue": 1}, "vlaue", "unknown key; did you mean 'value'?"),
        ("make", {"zzz": 1}, "zzz", "unknown key; allowed: mode, value"),
        ("random", {"zzz": 1}, "zzz", "unknown key; nothing is allowed here"),
        ("slow", {"steps": 2.0}, "steps", "must be a whole number (got 2.0)"),
        ("slow", {"steps": "2"}, "steps", 'must be a whole number (got "2")'),
        ("slow", {"steps": True}, "steps", "must be a whole number (got true)"),
        ("measure", {"plain": 1}, "plain", "must be a boolean (got 1)"),
        ("measure", {"plain": "true"}, "plain", 'must be a boolean (got "true")'),
        ("say", {"text": 5}, "text", "must be a string (got 5)"),
        ("say", {"words": "a b"}, "words", 'must be a list (got "a b")'),
        ("say", {"words": ["a", 5]}, "words.1", "must be a string (got 5)"),
        ("say", {"text": {"a": 1}}, "text", "must be a string (got an object)"),
        ("pages", {"pages": {"a.txt": 5}}, "pages.a.txt", "must be a string (got 5)"),
        ("read", {}, "path", "is required"),
        ("read", {"path": 5}, "path", "must be a string (got 5)"),
    ],
)
def test_a_wrong_setting_is_told(stage: str, config: dict[str, Any], place: str, said: str, mistakes: Mistakes) -> None:
    found = mistakes(one(stage, config=config))
    assert list(found) == [f"stages.a.config.{place}"]
    assert said in found[f"stages.a.config.{place}"]


def test_a_setting_beside_config_is_told_where_it_belongs(mistakes: Mistakes) -> None:
    found = mistakes({"a": {"stage": "make", "value": 2, "vlaue": 2}, "b": {"stage": "zzz", "value": 2}})
    assert found["stages.a.value"] == "is a setting of make and belongs into stages.a.config"
    assert found["stages.a.vlaue"].startswith("unknown key; allowed: config, ")
    assert found["stages.b.value"].startswith("unknown key; allowed: config, ")


def test_an_unknown_stage_is_told_with_the_nearest_names(mistakes: Mistakes) -> None:
    found = mistakes({"a": {"stage": "spel"}, "b": {"stage": "zzz"}})
    assert found["stages.a.stage"] == "no stage is called 'spel'; did you mean 'spell'?"
    assert found["stages.b.stage"].startswith("no stage is called 'zzz'; allowed: add, broken, collect, ")
    assert found["stages.b.stage"].endswith(", ...")


# Paths


def test_paths_are_relative_to_the_job_file_wherever_the_command_is_typed(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("a")
    config = {"paths": ["../texts/./a.txt", str(tmp_path / "texts" / "a.txt")], "extra": ".."}
    (tmp_path / "jobs" / "j.json").write_text(json.dumps({"stages": one("collect", config=config)}))
    absolute = tmp_path / "texts" / "a.txt"
    for here, given in ((tmp_path, "jobs/j.json"), (tmp_path / "texts", "../jobs/j.json")):
        monkeypatch.chdir(here)
        found = read_job(given, catalogue).nodes["a"].config.model_dump()
        assert found == {"paths": [absolute, absolute], "extra": tmp_path}


def test_the_home_folder_is_understood(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.txt").touch()
    config = check(one("read", config={"path": "~/a.txt"})).nodes["a"].config
    assert config.model_dump() == {"path": tmp_path / "a.txt"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("tezt.txt", "tezt.txt'; did you mean 'text.txt'?"),
        ("zzz", "zzz'"),
        ("no/such/file", "no/such' does not exist either)"),
        ("", "no file or folder at ''"),
        ("a\0b", "no file or folder at 'a\\x00b'"),
        ("~nobody-of-this-name/x", "no file or folder at '~nobody-of-this-name/x'"),
        ("x" * 300, "cannot be read: File name too long"),
        ("text.txt/inside", "no file or folder at"),
    ],
)
def test_a_path_that_leads_nowhere_is_told(path: str, said: str, mistakes: Mistakes, tmp_path: Path) -> None:
    (tmp_path / "text.txt").touch()
    for stage, config, place in (
        ("read", {"path": path}, "path"),
        ("collect", {"paths": ["text.txt", path]}, "paths"),
        ("collect", {"extra": path}, "extra"),
    ):
        found = mistakes(one(stage, config=config))
        assert list(found) == [f"stages.a.config.{place}"]
        assert said in found[f"stages.a.config.{place}"]


# Inputs


def test_inputs_are_bound_to_nodes(check: Check) -> None:
    stages = {
        "all": {"stage": "join", "inputs": {"parts": ["b", "a", "a"]}},
        "sum": {"stage": "add", "inputs": {"left": "a"}},
        "a": {"stage": "make"},
        "b": {"stage": "say"},
        "none": {"stage": "join"},
    }
    nodes = check(stages).nodes
    assert list(nodes) == ["a", "sum", "b", "all", "none"], "each after what it needs, otherwise as in the file"
    assert nodes["all"].inputs == {"parts": ("b", "a", "a")}
    assert nodes["all"].needs == ("b", "a")
    assert nodes["sum"].inputs == {"left": ("a",)}
    assert nodes["none"].inputs == {}


def test_a_kind_of_artifact_goes_where_what_it_is_derived_from_goes(check: Check) -> None:
    assert check({"a": {"stage": "say"}, "b": {"stage": "shout", "inputs": {"text": "a"}}}).nodes["b"].needs == ("a",)


@pytest.mark.parametrize(
    ("inputs", "place", "said"),
    [
        ({}, "left", "is required (Number, which number makes)"),
        ({"left": []}, "left", "takes one stage, not a list of 0"),
        ({"left": ["number"]}, "left", "takes one stage, not a list of 1"),
        ({"left": ["number", "number"]}, "left", "takes one stage, not a list of 2"),
        ({"left": "numbr"}, "left", "no stage has the id 'numbr'; did you mean 'number'?"),
        ({"left": "text"}, "left", "takes Number, but 'text' (say) makes Title"),
        ({"left": "a"}, "", "stages wait for each other: a -> a"),
        ({"left": "number", "rihgt": "number"}, "rihgt", "unknown key; did you mean 'right'?"),
    ],
)
def test_a_wrong_input_is_told(inputs: dict[str, Any], place: str, said: str, mistakes: Mistakes) -> None:
    stages = {"a": {"stage": "add", "inputs": inputs}, "number": {"stage": "make"}, "text": {"stage": "say"}}
    assert mistakes(stages) == {f"stages.a.inputs{'.' * bool(place)}{place}": said}


def test_each_source_of_a_list_is_checked(mistakes: Mistakes) -> None:
    stages = {
        "sum": {"stage": "total", "inputs": {"numbers": ["number", "text"]}},
        "none": {"stage": "total", "inputs": {"numbers": []}},
        "album": {"stage": "pages"},
        "both": {"stage": "join", "inputs": {"parts": ["number", "text", "album"]}},
        "number": {"stage": "make"},
        "text": {"stage": "say"},
    }
    assert mistakes(stages) == {
        "stages.sum.inputs.numbers": "takes Number, but 'text' (say) makes Title",
        "stages.none.inputs.numbers": "is required (Number, which sum or number makes)",
        "stages.both.inputs.parts": "takes Number | Text, but 'album' (pages) makes Album",
    }


def test_every_cycle_is_told_by_its_stages(mistakes: Mistakes) -> None:
    def add(*sources: str) -> dict[str, Any]:
        return {"stage": "total", "inputs": {"numbers": list(sources)}}

    stages = {
        "start": {"stage": "make"},
        "a": add("start", "c"), "b": add("a"), "c": add("b"),
        "x": add("y"), "y": add("x", "c"),
        "after": add("y", "a"),
    }  # fmt: skip
    assert mistakes(stages) == {
        "stages.a.inputs": "stages wait for each other: a -> c -> b -> a",
        "stages.x.inputs": "stages wait for each other: x -> y -> x",
    }


def test_every_mistake_of_a_file_is_told_at_once(mistakes: Mistakes, tmp_path: Path) -> None:
    found = mistakes(
        {
            "a": {"stage": "make", "config": {"value": "1", "mod": "loud"}, "retries": -1},
            "b": {"stage": "mkae", "inputs": {"left": "nobody"}},
            "c": {"stage": "add", "inputs": {"left": "d", "right": "e"}},
            "d": {"stage": "add", "inputs": {"left": "c"}},
            "e": {"stage": "read", "config": {"path": "gone.txt"}},
            "f": {"stage": "make", "sweep": {"value": []}, "config": {"mode": "${loudness}"}},
        },
        seed="seven",
    )
    assert set(found) == {
        "seed",
        *("stages.a.config.value", "stages.a.config.mod", "stages.a.retries"),
        *("stages.b.stage", "stages.b.inputs.left", "stages.c.inputs.right", "stages.c.inputs"),
        *("stages.e.config.path", "stages.f.sweep.value", "stages.f.config.mode"),
    }


# The whole


def test_a_stage_has_its_own_seed_and_resources_where_the_job_says_so(check: Check) -> None:
    stages = {
        "a": {"stage": "kernel"},
        "b": {"stage": "kernel", "seed": 0, "resources": {"cpu": 0, "gpu": 0}, "retries": 2, "timeout": 1.5},
    }
    nodes = check(stages, seed=7).nodes
    assert (nodes["a"].seed, nodes["a"].resources) == (7, Resources(2, 1.5, 1))
    assert (nodes["b"].seed, nodes["b"].resources) == (0, Resources(0, 1.5, 0))
    assert (nodes["b"].retries, nodes["b"].timeout) == (2, 1.5)


def test_a_resolved_job_is_a_job_file_of_the_same_nodes(check: Check, catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "t.txt").touch()
    stages = {
        "all": {"stage": "join", "inputs": {"parts": ["both", "read"]}, "seed": 3},
        "grid": {"stage": "make", "sweep": {"value": [0.5, 2], "mode": ["plain", "loud"]}, "retries": 1},
        "both": {"stage": "add", "inputs": {"left": "grid", "right": "one"}, "timeout": 9.5},
        "one": {"stage": "make", "resources": {"cpu": 0, "memory_gb": 2.5}},
        "read": {"stage": "read", "map": {"path": {"files": "*.txt"}}},
        "collect": {"stage": "collect", "config": {"paths": ["t.txt"], "extra": "."}},
        "auto": {"stage": "kernel"},
        "sum": {"stage": "total", "inputs": {"numbers": "grid"}},
    }
    job = check(stages, name="whole", description="Everything.", seed=7)
    written = json.loads(json.dumps(job.resolved()))
    again = check_job(written, catalogue, folder=Path("/"))
    assert again == job
    assert list(again.nodes) == list(job.nodes)
    assert again.resolved() == written


def test_a_job_file_is_read_with_settings_and_variables(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "j.json"
    path.write_text('{"variables": {"n": 1}, "stages": {"a": {"stage": "make", "config": {"value": "${n}"}}}}')
    settings = ["stages.a.config.mode=loud", "name=other"]
    job = read_job(path, catalogue, variables=["n=4"], settings=settings)
    assert job.name == "other"
    assert job.nodes["a"].config.model_dump() == {"value": 4.0, "mode": "loud"}


def test_mistakes_are_told_under_the_name_of_the_file(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "j.json"
    path.write_text('{"stages": {"a": {"stage": "make"}}}')
    with pytest.raises(JobError) as caught:
        read_job(path, catalogue, settings=["stages.a.config.valeu=3"])
    assert str(caught.value) == f"{path}: 1 mistake\n  stages.a.config.valeu: unknown key; did you mean 'value'?"
    with pytest.raises(UserError, match="the job has no variables"):
        read_job(path, catalogue, variables=["n=4"])


def test_a_chain_of_a_thousand_stages_is_checked(check: Check) -> None:
    stages = {"s0": {"stage": "make"}}
    stages |= {f"s{i}": {"stage": "add", "inputs": {"left": f"s{i - 1}"}} for i in range(1, 1000)}  # type: ignore[dict-item]
    backwards = dict(reversed(stages.items()))
    assert list(check(backwards).nodes) == list(stages)
