"""The drawing of a room's plan: what it names, and where."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

NAMES = """[...document.querySelectorAll('.plan-drawing .plan-name')].map((one) => {
  const {left, right, top, bottom} = one.getBoundingClientRect();
  return [one.textContent, left, right, top, bottom];
})"""
SHAPES = """[...document.querySelectorAll('.plan-drawing [data-part=box]')].map((one) => {
  const {left, right, top, bottom} = one.getBoundingClientRect();
  return [one.textContent, left, right, top, bottom];
})"""
WALLS = (
    "[...document.querySelectorAll('.plan-drawing .plan-floor')].map((one) => one.getBoundingClientRect().toJSON())[0]"
)
MEASURES = "[...document.querySelectorAll('.plan-measure')].map((one) => one.getBoundingClientRect().toJSON())"


def thing(name: str, center: tuple[float, float, float], size: tuple[float, float, float]) -> dict[str, Any]:
    return {"name": name, "label": name, "center": center, "size": size, "yaw": 0, "style": ""}


PLAN = {
    "name": "bedroom",
    "floor": [[-2, 1.5], [2, 1.5], [2, -1.5], [-2, -1.5]],
    "height": 2.6,
    "openings": [],
    "style": "",
    "repairs": [],
    "boxes": [
        thing("carpet", (0.3, 0.01, 0), (2.4, 0.02, 1.6)),
        thing("bed", (-0.6, 0.3, 0), (2.0, 0.6, 1.8)),
        thing("lamp", (-0.6, 2.2, 0), (0.9, 0.3, 0.9)),
    ],
}


def test_names_stand_where_nothing_covers_them_and_lengths_outside_the_walls(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any]
) -> None:
    with_files("plan", "RoomPlan", {"plan.json": json.dumps(PLAN).encode()})
    with serving(make_app(run)) as address:
        page.open(address + "/#plan")
        page.wait("document.querySelectorAll('.plan-drawing .plan-name').length === 3")
        names = {name: span for name, *span in page.evaluate(NAMES)}
        shapes = {name: span for name, *span in page.evaluate(SHAPES)}
        walls, measures = page.evaluate(WALLS), page.evaluate(MEASURES)
        heads = page.evaluate(
            "[...document.querySelectorAll('.plan-things th[scope=col]')].map((one) => one.innerText)"
        )
    for name, higher in (("carpet", "bed"), ("carpet", "lamp"), ("bed", "lamp")):
        assert not overlap(names[name], shapes[higher]), f"{higher} covers the name of the {name}"
        assert not overlap(names[name], names[higher])
    assert len(measures) == 4
    assert not any(overlap([one[side] for side in SIDES], [walls[side] for side in SIDES]) for one in measures)
    assert heads == ["Thing", "Size (m)", "Above floor (m)"]  # no column for looks that nothing has


SIDES = ("left", "right", "top", "bottom")


def overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
