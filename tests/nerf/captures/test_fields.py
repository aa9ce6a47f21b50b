"""Fields of JSON that anybody may have written: defaults, and mistakes collected with their places."""

import math

import numpy as np
import pytest

from nerf.captures.fields import Fields


def _fields(**record: object) -> Fields:
    return Fields(dict(record), "file: ", [], {"outer": 5})


def test_what_is_right_is_given_back() -> None:
    fields = _fields(a=1, b=2.5, c="text", d=[[1, 2, 3, 4]] * 3, e=None)
    assert (fields.number("a"), fields.positive("b"), fields.text("c")) == (1.0, 2.5, "text")
    assert fields.number("outer") == 5.0
    assert (fields.number("e", 7.0), fields.number("gone"), fields.text("gone")) == (7.0, None, None)
    matrix = fields.matrix("d", rows=3)
    assert matrix is not None
    assert np.array_equal(matrix, [[1, 2, 3, 4]] * 3 + [[0, 0, 0, 1]])
    assert fields.problems == []


@pytest.mark.parametrize("value", ["1", math.nan, math.inf, True, [], {}, 10**400])
def test_what_is_no_number_is_collected(value: object) -> None:
    fields = _fields(a=value)
    assert fields.number("a", 3.0) == 3.0
    assert len(fields.problems) == 1
    assert fields.problems[0].startswith("file: a: must be a finite number (got ")
    assert len(fields.problems[0]) < 150


def test_each_mistake_adds_a_line() -> None:
    fields = _fields(a=0, b=3, c=[[1]])
    fields.positive("a")
    fields.text("b")
    fields.matrix("c", rows=4)
    assert [problem.split(":")[1].strip() for problem in fields.problems] == ["a", "b", "c"]
