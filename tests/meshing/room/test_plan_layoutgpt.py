"""Layouts that a language model wrote."""

import json
from pathlib import Path

import numpy as np
import pytest

from meshing.room.arrange import back_distance, problems
from meshing.room.classes import class_of
from meshing.room.plan_layoutgpt import plan_of_layout, read_layoutgpt
from meshing.room.repair import repair

LAYOUT = {
    "query_id": "a",
    "prompt": "Condition:\nRoom Type: bedroom\nRoom Size: max length 300px, max width 200px\n",
    "object_list": [
        ["double_bed",
         {"length": 120, "width": 140, "height": 70, "left": 150, "top": 70, "depth": 35, "orientation": 0}],
        ["wardrobe",
         {"length": 110, "width": 42, "height": 150, "left": 279, "top": 90, "depth": 75, "orientation": -90}],
    ],
}  # fmt: skip


def test_pixels_become_metres_by_the_size_of_the_furniture() -> None:
    plan = plan_of_layout(LAYOUT)
    bed = plan.boxes[0]
    assert 1.3 < bed.size[0] < 2.0
    assert bed.size[2] / bed.size[0] == pytest.approx(140 / 120)
    assert np.ptp(plan.polygon(), axis=0)[0] == pytest.approx(1.5 * np.ptp(plan.polygon(), axis=0)[1])
    assert plan.style == "bedroom"


def test_convention_backs_are_at_their_walls() -> None:
    bed, wardrobe = plan_of_layout(LAYOUT).boxes
    assert np.allclose(bed.axes()[2], [0, 0, 1]), "its back is at top 0"
    assert np.allclose(wardrobe.axes()[2], [-1, 0, 0]), "its back is at the far end of left"
    assert back_distance(wardrobe, plan_of_layout(LAYOUT)) < 0.01


def test_all_published_bedrooms_can_be_built_and_nearly_all_furniture_stays(shared_data: Path) -> None:
    layouts = json.loads((shared_data / "layoutgpt" / "gpt4.bedroom.json").read_text())[::8]
    given = kept = 0
    for layout in layouts:
        plan = repair(plan_of_layout(layout))
        assert problems(plan) == []
        assert repair(plan) == plan, "what was repaired needs no repair"
        given, kept = given + len(layout["object_list"]), kept + len(plan.boxes)
        for box in plan.boxes:
            sizes = zip(box.size, class_of(box.label).least, class_of(box.label).most, strict=True)
            assert all(least / 2.01 <= side <= 1.51 * most for side, least, most in sizes)
    assert kept >= 0.98 * given


def test_beds_have_their_heads_at_walls(shared_data: Path) -> None:
    layouts = json.loads((shared_data / "layoutgpt" / "gpt4.bedroom.json").read_text())[:60]
    plans = [repair(plan_of_layout(layout)) for layout in layouts]
    beds = [(box, plan) for plan in plans for box in plan.boxes if box.label == "bed"]
    at_wall = [back_distance(bed, plan) < 0.3 for bed, plan in beds]
    assert np.mean(at_wall) > 0.75


def test_a_layout_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rooms.json"
    file.write_text(json.dumps([LAYOUT]))
    with pytest.raises(ValueError, match=r"layout must be 0 to 0 \(got 3\)"):
        read_layoutgpt(file, 3)
    with pytest.raises(ValueError, match="max length"):
        plan_of_layout({"prompt": "a room", "object_list": []})
    with pytest.raises(ValueError, match="object 0 must be a label"):
        plan_of_layout(LAYOUT | {"object_list": [["bed", {"length": 3}]]})
