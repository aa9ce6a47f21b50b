"""Variables of a job: declared in the file, given on the command line, used in settings."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Problem, UserError
from pipeline.job import Job
from pipeline.variables import escape, read_variables, substitute

DECLARED = {"prompt": "a chair", "voxel": 0.02, "steps": 10, "loud": False}


def test_given_values_go_before_declared_ones_and_keep_their_type() -> None:
    values = read_variables(["prompt=a red=blue chair", "voxel=1", "steps=20", "loud=true", "steps=30"], DECLARED)
    assert values == {"prompt": "a red=blue chair", "voxel": 1.0, "steps": 30, "loud": True}
    assert [type(value) for value in values.values()] == [str, float, int, bool]


def test_a_text_stays_a_text_whatever_it_looks_like() -> None:
    assert read_variables(["prompt=7"], DECLARED)["prompt"] == "7"
    assert read_variables(["prompt="], DECLARED)["prompt"] == ""


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("prompt", "--var prompt: must be NAME=VALUE"),
        ("promt=x", "--var promt: the job has no such variable; did you mean 'prompt'?"),
        ("steps=1.5", "--var steps: must be int as the job declares it (got '1.5')"),
        ("steps=true", "--var steps: must be int"),
        ("voxel=thin", "--var voxel: must be float"),
        ("voxel=NaN", "--var voxel: must be float"),
        ("loud=1", "--var loud: must be bool"),
        ("loud=yes", "--var loud: must be bool"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told(assignment: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        read_variables([assignment], DECLARED)
    assert said in str(caught.value)


def test_a_variable_alone_keeps_its_type_and_inside_a_text_becomes_text() -> None:
    problems: list[Problem] = []
    given = {
        "a": "${voxel}",
        "b": ["${steps}", "in ${steps} steps"],
        "c": "${loud}",
        "d": 5,
        "e": "$${voxel} and ${prompt}",
    }
    assert substitute(given, DECLARED, "here", problems) == {
        "a": 0.02,
        "b": [10, "in 10 steps"],
        "c": False,
        "d": 5,
        "e": "${voxel} and a chair",
    }
    assert problems == []


def test_an_unknown_variable_is_told_with_its_place() -> None:
    problems: list[Problem] = []
    substitute({"a": [{"b": "${promt}"}], "c": "x${}y"}, DECLARED, "stages.s.config", problems)
    assert [str(problem) for problem in problems] == [
        "stages.s.config.a.0.b: no variable is called 'promt'; did you mean 'prompt'?",
        "stages.s.config.c: no variable is called ''; allowed: loud, prompt, steps, voxel",
    ]


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.text("a${}x "), lambda inner: st.lists(inner) | st.dictionaries(st.text("ab${}"), inner)))
def test_escaped_values_come_back_as_they_were(value: Any) -> None:
    problems: list[Problem] = []
    assert substitute(escape(value), {"a": 1, "x": 2}, "", problems) == value
    assert problems == []


def test_variables_reach_every_setting_of_a_job(check: Callable[..., Job]) -> None:
    stages = {
        "a": {"stage": "make", "config": {"value": "${amount}"}},
        "b": {"stage": "say", "map": {"text": ["${word}", "un${word}"]}},
        "c": {"stage": "${which}", "config": {"value": 1}},
    }
    declared = {"amount": 2, "word": "happy", "which": "make"}
    nodes = check(stages, ["amount=3", "which=rounded"], variables=declared).nodes
    assert list(nodes) == ["a", "b[happy]", "b[unhappy]", "c"]
    assert nodes["a"].config.model_dump() == {"value": 3.0, "mode": "plain"}
    assert nodes["c"].stage.name == "rounded"


def test_a_variable_of_the_wrong_kind_for_its_place_is_told(mistakes: Callable[..., dict[str, str]]) -> None:
    stages = {
        "a": {"stage": "${n}"},
        "b": {"stage": "make", "map": {"value": {"files": "${n}"}}},
        "c": {"stage": "make", "config": {"mode": "${n}", "value": "${m}"}},
        "d": {"stage": "add", "inputs": {"left": "a"}},
    }
    assert mistakes(stages, variables={"n": 5}) == {
        "stages.a.stage": "must be a string (got 5)",
        "stages.b.map.value.files": "must be a string (got 5)",
        "stages.c.config.mode": "must be 'plain' or 'loud' (got 5)",
        "stages.c.config.value": "no variable is called 'm'; allowed: n",
    }


def test_a_resolved_job_has_no_variables_left_even_where_a_text_looks_like_one(check: Callable[..., Job]) -> None:
    job = check({"a": {"stage": "say", "config": {"text": "$${x} costs ${price} $"}}}, variables={"price": 5})
    assert job.nodes["a"].config.model_dump()["text"] == "${x} costs 5 $"
    assert check(**job.resolved()).nodes == job.nodes
