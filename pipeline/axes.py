"""Map and sweep: one stage of a job file becomes one node for each value, and what hangs on it follows along."""

import glob
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.digest import digest_value
from pipeline.document import Files, Lines, StageDocument, Values
from pipeline.errors import Problem

MAX_POINTS = 100_000
"""Nodes in a job: more are a mistake, and would fill the memory before anybody saw it."""
MAX_ID = 200
"""Characters of a node's id, which is also a file's name."""


@dataclass(frozen=True)
class Axis:
    """Values that a stage is run over: for each point a label and the settings it changes."""

    name: str
    labels: tuple[str, ...]
    changes: tuple[Mapping[str, Any], ...]


Point = tuple[tuple[str, int], ...]
"""A position on several axes: (axis name, index) pairs."""


def read_axes(stage_id: str, document: StageDocument, folder: Path, problems: list[Problem]) -> list[Axis]:
    """The axes of one stage; what is wrong with them is added to `problems`."""
    place = f"stages.{stage_id}"
    axes = []
    mapped = {name: _values(value, folder, f"{place}.map.{name}", problems) for name, value in document.map.items()}
    lengths = {len(values) for values in mapped.values()}
    if len(lengths) > 1:
        counts = ", ".join(f"{name} has {len(values)}" for name, values in mapped.items())
        problems.append(Problem(f"{place}.map", f"settings that go side by side need equally many values ({counts})"))
    elif mapped and lengths != {0}:
        rows = [dict(zip(mapped, row, strict=True)) for row in zip(*mapped.values(), strict=True)]
        axes.append(_axis(f"{stage_id}.map", rows))
    for name, value in document.sweep.items():
        values = _values(value, folder, f"{place}.sweep.{name}", problems)
        if values:
            axes.append(_axis(f"{stage_id}.sweep.{name}", [{name: one} for one in values]))
    for name in [*document.map, *document.sweep]:
        if name in document.config or (name in document.map and name in document.sweep):
            problems.append(Problem(f"{place}.config.{name}", "stands both in config and in map or sweep"))
    times = math.prod(len(axis.labels) for axis in axes)
    if times > MAX_POINTS:
        problems.append(Problem(f"{place}.sweep", f"makes {times} combinations (allowed: {MAX_POINTS})"))
        return []
    return axes


def points_of(axes: Sequence[Axis]) -> list[Point]:
    """Every combination of positions on some axes, the last one fastest."""
    ranges = [[(axis.name, index) for index in range(len(axis.labels))] for axis in axes]
    return [tuple(point) for point in itertools.product(*ranges)]


def node_id(stage_id: str, axes: Sequence[Axis], point: Point) -> str:
    """The id of one node: the stage's own, with the labels of its point in brackets."""
    by_name = {axis.name: axis for axis in axes}
    labels = ",".join(by_name[name].labels[index] for name, index in point)
    whole = f"{stage_id}[{labels}]" if labels else stage_id
    return whole if len(whole) <= MAX_ID else f"{stage_id[:100]}[{digest_value(whole)[:32]}]"


def _axis(name: str, rows: list[dict[str, Any]]) -> Axis:
    labels = [_label(next(iter(row.values()))) for row in rows]
    count = Counter(labels)
    unique = [label if count[label] == 1 else f"{label}-{index + 1}" for index, label in enumerate(labels)]
    if len(set(unique)) < len(unique):  # a label looks like another one with its number
        unique = [f"{index + 1}-{label}" for index, label in enumerate(labels)]
    return Axis(name, tuple(unique), tuple(rows))


def _label(value: Any) -> str:
    """A value as part of a node's id and of a file name: a file's stem, a number, the first words of a text."""
    text = value if isinstance(value, str) else json.dumps(value)
    if isinstance(value, str) and re.search(r"[/\\]|\.\w{1,5}$", value):
        text = Path(value).stem
    return re.sub(r"[^A-Za-z0-9.=+-]+", "_", text).strip("_")[:40] or "value"


def _values(value: Values, folder: Path, place: str, problems: list[Problem]) -> list[Any]:
    found: list[Any]
    if isinstance(value, Files):
        found = sorted(glob.glob(value.files, root_dir=folder, recursive=True))
        if not found:
            problems.append(Problem(f"{place}.files", f"nothing matches {value.files!r} in {folder}"))
    elif isinstance(value, Lines):
        found = _lines(folder / value.lines, f"{place}.lines", problems)
    else:
        found = value
        if not found:
            problems.append(Problem(place, "needs at least one value"))
    if len(found) > MAX_POINTS:
        problems.append(Problem(place, f"at most {MAX_POINTS} values (got {len(found)})"))
        return []
    return found


def _lines(path: Path, place: str, problems: list[Problem]) -> list[str]:
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        problems.append(Problem(place, f"cannot read {path}: {reason}"))
        return []
    lines = [line for line in lines if line]
    if not lines:
        problems.append(Problem(place, f"{path} has no lines"))
    return lines
