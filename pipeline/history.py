"""What earlier runs teach the next plan: what a stage was made from last time, and how long stages of its kind took."""

import json
import math
import os
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from pipeline.digest import digest_value

KEPT = 200
"""Measurements read back for one stage: the newest ones."""


@dataclass(frozen=True)
class Estimate:
    """What a stage will probably take."""

    seconds: float
    memory_bytes: int


class History:
    """Small files beside a store; losing them costs reasons and estimates, never results."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._costs: dict[str, deque[list[Any]]] = {}

    def last_recipe(self, job: str, node: str) -> dict[str, Any] | None:
        """What the node of this name in a job of this name was made from when it last ran."""
        try:
            recipe = json.loads(self._recipe_path(job, node).read_text())
        except (OSError, ValueError):
            return None
        return recipe if isinstance(recipe, dict) else None

    def remember_recipe(self, job: str, node: str, recipe: Mapping[str, Any]) -> None:
        if self.last_recipe(job, node) == recipe:
            return
        path = self._recipe_path(job, node)
        aside = path.with_suffix(f".{os.getpid()}.new")
        with suppress(OSError):
            aside.write_text(json.dumps(recipe))
            aside.replace(path)

    def remember_cost(self, stage: str, device: str, input_bytes: int, seconds: float, memory_bytes: int) -> None:
        """Append one measurement; one short line is written whole."""
        row = [device, input_bytes, round(seconds, 3), memory_bytes]
        self._read_costs(stage).append(row)
        with suppress(OSError), self._cost_path(stage).open("a") as file:
            file.write(json.dumps(row) + "\n")

    def estimate(self, stage: str, device: str, input_bytes: int | None) -> Estimate | None:
        """The median of the five measurements on this device whose inputs were nearest in size; None without any."""
        rows = [row for row in self._read_costs(stage) if row[0] == device]
        if not rows:
            return None
        if input_bytes is not None:
            target = math.log(input_bytes + 1)
            rows.sort(key=lambda row: abs(math.log(row[1] + 1) - target))
            rows = rows[:5]
        else:
            rows = rows[-5:]
        return Estimate(median(row[2] for row in rows), round(median(row[3] for row in rows)))

    def trim(self) -> None:
        """Leave the newest measurements of each stage alone in the files. One that a run adds meanwhile may be lost."""
        for path in self._folder.glob("cost-*.jsonl"):
            aside = path.with_suffix(f".{os.getpid()}.new")
            with suppress(OSError):
                lines = path.read_text(errors="replace").splitlines(keepends=True)
                if len(lines) > KEPT:
                    aside.write_text("".join(lines[-KEPT:]))
                    aside.replace(path)

    def _read_costs(self, stage: str) -> deque[list[Any]]:
        if stage not in self._costs:
            rows = self._costs[stage] = deque(maxlen=KEPT)
            with suppress(OSError):
                for line in self._cost_path(stage).read_text(errors="replace").splitlines()[-KEPT:]:
                    with suppress(ValueError, TypeError):
                        device, size, seconds, memory = json.loads(line)
                        rows.append([str(device), int(size), float(seconds), int(memory)])
        return self._costs[stage]

    def _recipe_path(self, job: str, node: str) -> Path:
        return self._folder / f"{digest_value([job, node])[:32]}.json"

    def _cost_path(self, stage: str) -> Path:
        return self._folder / f"cost-{stage}.jsonl"


def explain(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> str:
    """Why a stage has to run although it ran before: the settings, inputs and versions that changed."""
    if before is None:
        return "new"
    if before == now:
        return "its result is no longer stored"
    reasons = [
        f"{name} {_change(before, now, name)}"
        for name in ("stage", "version", "seed")
        if before.get(name) != now.get(name)
    ]
    old, new = before.get("config", {}), now["config"]
    for name in sorted(old.keys() | new.keys()):
        if name not in old or old[name] != new.get(name):
            reasons.append(f"config.{name} {_change(old, new, name)}")
    old, new = before.get("inputs", {}), now["inputs"]
    reasons += [f"input {name} changed" for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    if before.get("sources") != now.get("sources"):
        reasons.append("files or weights it uses changed")
    return "; ".join(reasons) or "changed"


def _change(before: Mapping[str, Any], now: Mapping[str, Any], name: str) -> str:
    """What became of one entry; a setting that the last run's version did not have was not `null` then."""
    if name not in now:
        return "is gone"
    if name not in before:
        return f"is new: {_short(now[name])}"
    if _is_content(before[name]) and _is_content(now[name]):
        return "points to other content"
    return f"{_short(before[name])} -> {_short(now[name])}"


def _is_content(value: Any) -> bool:
    return isinstance(value, dict) and "content" in value


def _short(value: Any) -> str:
    if _is_content(value):
        return "a path"
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
