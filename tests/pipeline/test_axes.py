"""One stage of a job over many values: lists, files, lines; side by side and crossed."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.axes import MAX_ID, MAX_POINTS, node_id, points_of, read_axes
from pipeline.document import StageDocument
from pipeline.errors import Problem
from pipeline.job import Job

Check = Callable[..., Job]
Mistakes = Callable[..., dict[str, str]]


def settings_of(job: Job) -> dict[str, dict[str, Any]]:
    return {node.id: node.config.model_dump(mode="json") for node in job.nodes.values()}


def test_a_list_makes_a_node_for_each_value(check: Check) -> None:
    job = check({"a": {"stage": "say", "map": {"text": ["a red chair", "a table"]}}})
    assert {id_: found["text"] for id_, found in settings_of(job).items()} == {
        "a[a_red_chair]": "a red chair",
        "a[a_table]": "a table",
    }


def test_files_are_taken_in_the_order_of_their_names_from_beside_the_job(check: Check, tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md"):
        (tmp_path / "texts").mkdir(exist_ok=True)
        (tmp_path / "texts" / name).write_text(name)
    job = check({"a": {"stage": "read", "map": {"path": {"files": "texts/*.txt"}}}})
    assert {id_: found["path"] for id_, found in settings_of(job).items()} == {
        "a[a]": str(tmp_path / "texts" / "a.txt"),
        "a[b]": str(tmp_path / "texts" / "b.txt"),
    }


def test_lines_are_taken_without_the_empty_ones(check: Check, tmp_path: Path) -> None:
    (tmp_path / "prompts.txt").write_bytes("\ufeff a chair \r\n\n\nein Stuhl für Bären\n".encode())
    job = check({"a": {"stage": "say", "map": {"text": {"lines": "prompts.txt"}}}})
    assert [found["text"] for found in settings_of(job).values()] == ["a chair", "ein Stuhl für Bären"]


def test_mapped_settings_go_side_by_side_and_swept_ones_are_crossed(check: Check) -> None:
    side = check({"a": {"stage": "make", "map": {"value": [1, 2], "mode": ["plain", "loud"]}}})
    assert settings_of(side) == {"a[1]": {"value": 1.0, "mode": "plain"}, "a[2]": {"value": 2.0, "mode": "loud"}}
    crossed = check({"a": {"stage": "make", "sweep": {"value": [1, 2], "mode": ["plain", "loud"]}}})
    assert settings_of(crossed) == {
        "a[1,plain]": {"value": 1.0, "mode": "plain"},
        "a[1,loud]": {"value": 1.0, "mode": "loud"},
        "a[2,plain]": {"value": 2.0, "mode": "plain"},
        "a[2,loud]": {"value": 2.0, "mode": "loud"},
    }
    both = check({"a": {"stage": "say", "map": {"text": ["x", "y"]}, "sweep": {"licence": ["A", "B"]}}})
    assert list(both.nodes) == ["a[x,A]", "a[x,B]", "a[y,A]", "a[y,B]"]


def test_what_hangs_on_a_mapped_stage_follows_along(check: Check) -> None:
    job = check(
        {
            "a": {"stage": "make", "sweep": {"value": [1, 2]}},
            "b": {"stage": "spell", "inputs": {"number": "a"}},
            "c": {"stage": "shout", "inputs": {"text": "b"}},
        }
    )
    assert list(job.nodes) == ["a[1]", "a[2]", "b[1]", "b[2]", "c[1]", "c[2]"]
    assert job.nodes["c[2]"].inputs == {"text": ("b[2]",)}


def test_two_ways_from_one_mapped_stage_meet_at_the_same_value_and_not_crossed(check: Check) -> None:
    job = check(
        {
            "a": {"stage": "make", "sweep": {"value": [1, 2]}},
            "b": {"stage": "add", "inputs": {"left": "a"}},
            "c": {"stage": "add", "inputs": {"left": "b", "right": "a"}},
        }
    )
    assert job.nodes["c[1]"].inputs == {"left": ("b[1]",), "right": ("a[1]",)}
    assert [id_ for id_ in job.nodes if id_.startswith("c")] == ["c[1]", "c[2]"]


def test_independent_axes_that_meet_are_crossed(check: Check) -> None:
    job = check(
        {
            "a": {"stage": "make", "sweep": {"value": [1, 2]}},
            "b": {"stage": "make", "sweep": {"value": [3, 4]}},
            "c": {"stage": "add", "inputs": {"left": "a", "right": "b"}},
        }
    )
    assert {id_: (*node.inputs["left"], *node.inputs["right"]) for id_, node in job.nodes.items() if id_[0] == "c"} == {
        "c[1,3]": ("a[1]", "b[3]"),
        "c[1,4]": ("a[1]", "b[4]"),
        "c[2,3]": ("a[2]", "b[3]"),
        "c[2,4]": ("a[2]", "b[4]"),
    }


def test_a_stage_that_takes_a_list_gathers_every_value(check: Check) -> None:
    job = check(
        {
            "a": {"stage": "make", "sweep": {"value": [1, 2]}},
            "b": {"stage": "make"},
            "one": {"stage": "total", "inputs": {"numbers": "a"}},
            "all": {"stage": "total", "inputs": {"numbers": ["b", "a"]}},
            "swept": {"stage": "join", "inputs": {"parts": "a"}},
        }
    )
    assert job.nodes["one"].inputs == {"numbers": ("a[1]", "a[2]")}
    assert job.nodes["all"].inputs == {"numbers": ("b", "a[1]", "a[2]")}
    assert "swept" in job.nodes


@pytest.mark.parametrize(
    ("stage", "place", "said"),
    [
        ({"map": {"value": []}}, "stages.a.map.value", "needs at least one value"),
        ({"sweep": {"value": []}}, "stages.a.sweep.value", "needs at least one value"),
        ({"map": {"value": {"files": "no/*.x"}}}, "stages.a.map.value.files", "nothing matches 'no/*.x' in "),
        ({"map": {"value": {"files": "a\0b"}}}, "stages.a.map.value.files", "nothing matches"),
        ({"map": {"value": {"lines": "no.txt"}}}, "stages.a.map.value.lines", "no.txt: No such file or directory"),
        ({"map": {"value": {"lines": "."}}}, "stages.a.map.value.lines", "Is a directory"),
        ({"map": {"value": {"lines": "empty.txt"}}}, "stages.a.map.value.lines", "empty.txt has no lines"),
        ({"map": {"value": {"lines": "binary"}}}, "stages.a.map.value.lines", "binary: is not UTF-8 text"),
        (
            {"map": {"value": [1, 2], "mode": ["plain"]}},
            "stages.a.map",
            "settings that go side by side need equally many values (value has 2, mode has 1)",
        ),
        (
            {"map": {"value": [1]}, "config": {"value": 2}},
            "stages.a.config.value",
            "stands both in config and in map or sweep",
        ),
        (
            {"map": {"value": [1]}, "sweep": {"value": [2]}},
            "stages.a.config.value",
            "stands both in config and in map or sweep",
        ),
        ({"sweep": {"valeu": [1]}}, "stages.a.config.valeu", "unknown key; did you mean 'value'?"),
        ({"sweep": {"value": [1, "x"]}}, "stages.a.config.value", 'must be a number (got "x")'),
        ({"sweep": {"value": [1, -2]}}, "stages.a.config.value", "must be greater than or equal to 0 (got -2)"),
    ],
)
def test_a_mistake_in_an_axis_is_told(
    stage: dict[str, Any], place: str, said: str, mistakes: Mistakes, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").write_text(" \n\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    found = mistakes({"a": {"stage": "make", **stage}})
    assert list(found) == [place]
    assert said in found[place]


def test_an_axis_inside_a_job_of_too_many_nodes_is_told_before_they_are_made(mistakes: Mistakes) -> None:
    values = list(range(1000))
    crossed = mistakes({"a": {"stage": "say", "sweep": {"text": values, "licence": values, "words": values}}})
    assert f"makes 1000000000 combinations (allowed: {MAX_POINTS})" in crossed["stages.a.sweep"]
    long = mistakes({"a": {"stage": "make", "sweep": {"value": list(range(MAX_POINTS + 1))}}})
    assert long == {"stages.a.sweep.value": f"at most {MAX_POINTS} values (got {MAX_POINTS + 1})"}
    met = mistakes(
        {
            "a": {"stage": "make", "sweep": {"value": values}},
            "b": {"stage": "make", "sweep": {"value": values}},
            "c": {"stage": "add", "inputs": {"left": "a", "right": "b"}},
        }
    )
    assert met == {"stages.c": f"would run 1000000 times (allowed: {MAX_POINTS} for all stages)"}


def test_a_node_that_would_have_the_name_of_another_is_told(mistakes: Mistakes) -> None:
    found = mistakes({"a": {"stage": "make", "sweep": {"value": [1, 2]}}, "a[2]": {"stage": "make"}})
    assert found == {"stages.a[2]": "two stages would be called 'a[2]'; rename one"}


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.5, 2, True, None], ["0.5", "2", "true", "null"]),
        (["photos/a b.jpg", "x/y"], ["a_b", "y"]),
        (["same", "same", "other"], ["same-1", "same-2", "other"]),
        (["a", "a", "a-1"], ["1-a", "2-a", "3-a-1"]),
        (["../..", "", "???", "x" * 80], ["..", "value-2", "value-3", "x" * 40]),
        ([{"a": 1}, [1, 2]], ["a_1", "1_2"]),
    ],
)
def test_labels_are_readable_and_differ(values: list[Any], labels: list[str]) -> None:
    axes = read_axes("s", StageDocument.model_validate({"stage": "say", "map": {"text": values}}), Path(), [])
    assert list(axes[0].labels) == labels


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60) | st.integers() | st.floats(allow_nan=False), min_size=1, max_size=12))
def test_whatever_the_values_ids_differ_and_are_safe_as_names_of_files(values: list[Any]) -> None:
    problems: list[Problem] = []
    document = StageDocument.model_validate({"stage": "say", "sweep": {"text": values, "licence": values}})
    axes = read_axes("s" * 190, document, Path(), problems)
    assert problems == []
    ids = [node_id("s" * 190, axes, point) for point in points_of(axes)]
    assert len(set(ids)) == len(ids) == len(values) ** 2
    assert all(len(id_) <= MAX_ID and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.=,+\[\]-]*", id_) for id_ in ids)


def test_many_values_are_labelled_in_no_time(check: Check) -> None:
    job = check({"a": {"stage": "say", "sweep": {"text": ["same"] * 5_000}}})
    assert len(job.nodes) == 5_000
    assert json.dumps(job.resolved())
