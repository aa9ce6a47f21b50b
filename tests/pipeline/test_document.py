"""The job file as written: what its text may be, its structure, and changes from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.document import (
    MAX_BYTES,
    MAX_DEPTH,
    apply_settings,
    check_structure,
    parse_text,
    parse_value,
    read_text,
)
from pipeline.errors import JobError, UserError

Mistakes = Callable[..., dict[str, str]]


def problems_in(text: str) -> dict[str, str]:
    with pytest.raises(JobError) as caught:
        parse_text(text, "x.json")
    return {problem.place: problem.message for problem in caught.value.problems}


# The text


def test_a_byte_order_mark_and_any_script_are_read(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_bytes('\ufeff{"name": "Küche 厨房"}'.encode())
    assert read_text(path) == {"name": "Küche 厨房"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1 column 1: not JSON: Expecting value"),
        (b'{"a": 1,\n "b": }', "line 2 column 7: not JSON"),
        (b"[1, 2]", "a job is a JSON object (got a list of 2)"),
        (b"null", "a job is a JSON object (got null)"),
        (b'{"name": "\xff"}', "must be UTF-8 text (byte 10 is not)"),
        ('{"name": "x"}'.encode("utf-16"), "must be UTF-8 text (byte 0 is not)"),
    ],
)
def test_what_is_no_json_object_is_told_with_its_place(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_text(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_read_is_told_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.json: No such file or directory"):
        read_text(tmp_path / "nowhere.json")
    with pytest.raises(UserError, match="Is a directory"):
        read_text(tmp_path)


def test_a_file_of_70_megabytes_is_refused_without_being_parsed(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    with path.open("wb") as file:
        file.truncate(70 * 1024 * 1024)
    with pytest.raises(UserError, match="at most 64 MB"):
        read_text(path)


def test_a_source_without_an_end_is_refused() -> None:
    endless = Path("/dev/zero")
    if not endless.exists():
        pytest.skip("needs /dev/zero")
    with pytest.raises(UserError, match=f"at most {MAX_BYTES >> 20} MB"):
        read_text(endless)


def test_a_repeated_key_is_told_with_the_whole_way_to_it() -> None:
    text = '{"stages": {"a": {"config": {"voxel": 1, "voxel": 2}}, "b": {}, "b": {}}}'
    assert problems_in(text) == {
        "stages.b": "this key stands twice in one object",
        "stages.a.config.voxel": "this key stands twice in one object",
    }


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000])
def test_a_number_that_is_not_finite_is_told_with_its_place(number: str) -> None:
    found = problems_in(f'{{"stages": {{"a": {{"config": {{"list": [1, {number}]}}}}}}}}')
    assert list(found) == ["stages.a.config.list.1"]
    assert "must be a finite number" in found["stages.a.config.list.1"]


@pytest.mark.parametrize("depth", [MAX_DEPTH, 190, 300, 900, 980, 5_000, 200_000])
def test_nesting_beyond_a_limit_is_one_mistake(depth: int) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        found = problems_in(f'{{"x": {opening * depth}1{closing * depth}}}')
        assert len(found) == 1
        assert f"nested too deep (allowed: {MAX_DEPTH} levels)" in next(iter(found.values()))


def test_nesting_up_to_the_limit_is_read() -> None:
    depth = MAX_DEPTH - 1
    document = parse_text(f'{{"x": {"[" * depth}1{"]" * depth}}}', "x.json")
    assert json.dumps(document["x"]) == "[" * depth + "1" + "]" * depth


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert problems_in(r'{"a": {"b": "x\ud800"}}') == {"a.b": "holds half of a surrogate pair, which is no text"}
    assert parse_text(r'{"a": "\ud83d\ude00"}', "x") == {"a": "😀"}


# Changes from the command line


def test_settings_reach_into_the_document_in_turn_and_leave_the_original_alone() -> None:
    before: dict[str, Any] = {"seed": 1, "stages": {"a": {"stage": "make"}}}
    settings = ["seed=5", "stages.a.config.value=0.5", "stages.a.config.value=0.25", "stages.a.config.mode=loud"]
    after = apply_settings(before, settings)
    assert after == {"seed": 5, "stages": {"a": {"stage": "make", "config": {"value": 0.25, "mode": "loud"}}}}
    assert before == {"seed": 1, "stages": {"a": {"stage": "make"}}}


def test_settings_reach_stages_whose_ids_have_labels() -> None:
    after = apply_settings({"stages": {"a[0.5,b]": {}}}, ["stages.a[0.5,b].config.value=2"])
    assert after == {"stages": {"a[0.5,b]": {"config": {"value": 2}}}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("1", 1), ("0.5", 0.5), ("true", True), ("null", None), ('"7"', "7"), ("[1, 2]", [1, 2]), ("", "")],
        *[
            ("a red chair", "a red chair"),
            ("NaN", "NaN"),
            ("Infinity", "Infinity"),
            ("[NaN]", "[NaN]"),
            ("1e999", "1e999"),
        ],
        *[("007", "007"), ("a=b", "a=b"), ("[" * 5000, "[" * 5000), ("[" * 300 + "]" * 300, "[" * 300 + "]" * 300)],
    ],
)
def test_a_value_is_json_where_it_parses_as_such(text: str, value: object) -> None:
    parsed = parse_value(text)
    assert parsed == value
    assert type(parsed) is type(value)
    assert apply_settings({"a": 0}, [f"a={text}"]) == {"a": value}


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("seed", "--set seed: must be PATH=VALUE"),
        ("=1", "--set =1: must be PATH=VALUE"),
        (".=1", "--set .=1: must be PATH=VALUE"),
        ("stages.aa.config.value=1", "the job has no stages.aa; did you mean 'a'?"),
        ("stagse.a.config.value=1", "the job has no stagse; did you mean 'stages'?"),
        ("seed.x=1", "--set seed.x: seed is not an object"),
        ("stages.a.stage.b.c=1", "stages.a.stage is not an object"),
    ],
)
def test_a_setting_that_leads_nowhere_is_told(setting: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        apply_settings({"seed": 1, "stages": {"a": {"stage": "make"}}}, [setting])
    assert said in str(caught.value)


# The structure


def structure(document: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a document's structure, whether or not enough is left to go on with."""
    try:
        problems = check_structure(document, "job")[1]
    except JobError as error:
        problems = list(error.problems)
    return {problem.place: problem.message for problem in problems}


def stage(**more: Any) -> dict[str, Any]:
    return {"stages": {"a": {"stage": "make", **more}}}


@pytest.mark.parametrize(
    ("document", "place", "said"),
    [
        ({}, "stages", "is required"),
        ({"stages": {}}, "stages", "must have at least 1 item (got an empty object)"),
        ({"stages": []}, "stages", "must be an object (got a list of 0)"),
        ({"stages": {"a": None}}, "stages.a", "must be an object (got null)"),
        ({"stages": {"a": {}}}, "stages.a.stage", "is required"),
        ({**stage(), "stagse": 1}, "stagse", "unknown key; did you mean 'stages'?"),
        ({**stage(), "name": ""}, "name", "must be the name of a folder: without /"),
        ({**stage(), "name": "../../etc"}, "name", "must be the name of a folder"),
        ({**stage(), "name": "/etc"}, "name", "must be the name of a folder"),
        ({**stage(), "name": "a" * 201}, "name", "must have at most 200 characters"),
        ({**stage(), "seed": -1}, "seed", "must be greater than or equal to 0 (got -1)"),
        ({**stage(), "seed": 2**63}, "seed", "must be less than"),
        ({**stage(), "seed": 1.0}, "seed", "must be a whole number (got 1.0)"),
        ({**stage(), "seed": "7"}, "seed", 'must be a whole number (got "7")'),
        ({**stage(), "seed": True}, "seed", "must be a whole number (got true)"),
        ({**stage(), "version": 99}, "version", "this release reads version 1 (got 99)"),
        ({**stage(), "version": "1"}, "version", "must be a whole number (got '1')"),
        ({**stage(), "variables": {"a b": 1}}, "variables.a b", "must be letters, digits and _"),
        ({**stage(), "variables": {"a": [1]}}, "variables.a", "must be a string or a boolean or a whole number"),
        (stage(confg={}), "stages.a.confg", "unknown key; did you mean 'config'?"),
        (stage(config=[]), "stages.a.config", "must be an object (got a list of 0)"),
        (stage(inputs={"left": 5}), "stages.a.inputs.left", "must be a string or a list (got 5)"),
        (stage(inputs={"left": None}), "stages.a.inputs.left", "must be a string or a list (got null)"),
        (stage(inputs={"left": ["b", 5]}), "stages.a.inputs.left.1", "must be a string (got 5)"),
        (stage(inputs={"left": "../b"}), "stages.a.inputs.left", "must be letters, digits and _ . = , + - [ ]"),
        (stage(map={"value": 5}), "stages.a.map.value", "must be a list (got 5)"),
        (stage(map={"value": {"file": "*"}}), "stages.a.map.value.file", "unknown key; did you mean 'files'?"),
        (stage(map={"value": {"lines": 5}}), "stages.a.map.value.lines", "must be a string (got 5)"),
        (stage(sweep=[1]), "stages.a.sweep", "must be an object (got a list of 1)"),
        (stage(seed=1.5), "stages.a.seed", "must be a whole number (got 1.5)"),
        (stage(retries=101), "stages.a.retries", "must be less than or equal to 100 (got 101)"),
        (stage(timeout=0), "stages.a.timeout", "must be greater than 0 (got 0)"),
        (stage(timeout="1"), "stages.a.timeout", 'must be a number (got "1")'),
        (stage(resources={"cpu": -1}), "stages.a.resources.cpu", "must be greater than or equal to 0 (got -1)"),
        (stage(resources={"gpus": 1}), "stages.a.resources.gpus", "unknown key; did you mean 'gpu'?"),
        (stage(resources={"memory_gb": True}), "stages.a.resources.memory_gb", "must be a number (got true)"),
        ({"stages": {"bad id!": {"stage": "make"}}}, "stages.bad id!", "must be letters, digits and _ . = , + - [ ]"),
        ({"stages": {".hidden": {"stage": "make"}}}, "stages..hidden", "beginning with a letter, a digit or _"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_where_it_is(document: dict[str, Any], place: str, said: str) -> None:
    found = structure(document)
    assert place in found
    assert said in found[place]
    assert set(found) <= {place, "stages.a.map.value.files"}, "nothing else is complained about"


def test_a_stage_may_be_called_like_a_kind_of_value() -> None:
    names = ["list", "str", "int", "Files", "dict", "function"]
    found = structure({"stages": {name: {"stage": 5} for name in names}})
    assert set(found) == {f"stages.{name}.stage" for name in names}


def test_what_is_left_of_a_wrong_file_is_still_checked(mistakes: Mistakes) -> None:
    found = mistakes(
        {
            "a": None,
            "bad id!": {"stage": "make"},
            "b": {"stage": "make", "config": {"value": "0.02"}, "retries": "3"},
            "c": {"stage": "add", "inputs": {"left": None, "right": "b"}},
            "d": {"stage": "read", "config": []},
            "e": {"stage": "add", "inputs": {"left": "a", "right": "nobody"}},
            "f": {"config": {"valeu": 1}},
        },
        name="/",
        extra=1,
    )
    assert set(found) == {
        *("stages.a", "stages.bad id!", "stages.b.config.value", "stages.b.retries", "stages.c.inputs.left"),
        *("stages.d.config", "stages.e.inputs.right", "stages.f.stage", "name", "extra"),
    }


def test_what_is_left_out_has_its_default() -> None:
    document, problems = check_structure({"stages": {"a": {"stage": "make"}}}, "job")
    assert problems == []
    assert (document.version, document.name, document.seed, document.variables) == (1, "job", 0, {})
    only = document.stages["a"]
    assert (only.config, only.inputs, only.map, only.sweep, only.seed) == ({}, {}, {}, {}, None)
    assert (only.retries, only.timeout) == (0, None)


def test_the_document_that_is_given_is_left_alone() -> None:
    document = {"stages": {"a": {"stage": "make", "seed": "x"}, "b": {"stage": "make"}}}
    before = json.dumps(document)
    check_structure(document, "job")
    assert json.dumps(document) == before
