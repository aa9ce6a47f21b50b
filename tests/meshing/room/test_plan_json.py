"""Plans that people write by hand."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.plan_json import is_plan, plan_of_json
from meshing.room.polygon import area

WRITTEN: dict[str, Any] = {
    "floor": {"width": 4, "depth": 5},
    "height": 2.6,
    "style": "japanese, light wood",
    "openings": [{"kind": "door", "wall": 0, "offset": 0.4}],
    "boxes": [{"label": "bed", "center": [0, -1.2], "yaw_degrees": 90}],
}


def test_what_is_left_out_is_what_such_things_usually_are() -> None:
    plan = plan_of_json(WRITTEN, name="night")
    assert plan.name == "night"
    assert area(plan.polygon()) == pytest.approx(20)
    assert np.allclose(np.ptp(plan.polygon(), axis=0), [4, 5])
    (bed,), (door,) = plan.boxes, plan.openings
    assert bed.size == (1.6, 0.95, 2.05)
    assert bed.bottom == pytest.approx(0)
    assert bed.yaw == pytest.approx(np.pi / 2)
    assert (door.width, door.height, door.sill) == (0.9, 2.05, 0.0)


def test_what_a_plan_saves_can_be_read_back() -> None:
    plan = RoomPlan(
        "r",
        ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5)),
        2.5,
        (Opening("window", 1, 0.5, 1.0, 1.1, 0.8),),
        (Box("b", "bed", (0.0, 0.5, 0.0), (1.5, 1.0, 2.0), 0.3, "red"),),
        "s",
        ("x",),
    )
    assert plan_of_json(json.loads(json.dumps(asdict(plan)))) == plan


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"flor": []}, r"plan: has no setting 'flor'; did you mean 'floor'\?"),
        ({"floor": 7}, r"plan\.floor: must be a list \(got 7\)"),
        ({"floor": [[1, 2], [3]]}, r"plan\.floor\[1\]: must be a list of 2 numbers"),
        ({"floor": {"width": "4"}}, r"plan\.floor\.width: must be a number"),
        ({"height": None}, r"plan\.height: must be a number"),
        ({"height": True}, r"plan\.height: must be a number"),
        ({"name": 3}, r"plan\.name: must be text"),
        ({"boxes": {}}, r"plan\.boxes: must be a list"),
        ({"boxes": ["bed"]}, r"plan\.boxes\[0\]: must be an object with name, label"),
        ({"boxes": [{"center": [0, 0]}]}, r"plan\.boxes\[0\]\.label: must be text"),
        ({"boxes": [{"label": "bed"}]}, r"plan\.boxes\[0\]\.center: must be a list of 2 or 3"),
        ({"boxes": [{"label": "bed", "center": [0, 0], "siez": 1}]}, "did you mean 'size'"),
        ({"openings": [{"kind": "hole"}]}, r"plan\.openings\[0\]\.kind: must be door or window"),
        ({"openings": [{"kind": "door", "wall": 0.5}]}, r"wall: must be the number of a wall"),
        ({"openings": [{"kind": "door", "wall": 0}]}, r"offset: must be a number"),
    ],
)
def test_wrong_entries_are_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        plan_of_json({**WRITTEN, **change})


def test_numbers_beyond_a_float_are_infinite() -> None:
    assert plan_of_json({**WRITTEN, "height": 10**400}).height == float("inf")


def test_other_json_is_not_a_plan() -> None:
    assert is_plan(WRITTEN)
    assert not is_plan([1])
    assert not is_plan({"spatialEntities": []})
