"""Rooms captured by a headset."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meshing.room.arrange import problems
from meshing.room.plan_quest import plan_of_scene, read_quest
from meshing.room.polygon import area
from meshing.room.repair import repair


def entity(label: str, position: tuple[float, float, float], turn: tuple[float, ...], **bounds: Any) -> dict[str, Any]:
    pose = {
        "position": dict(zip("xyz", position, strict=True)),
        "orientation": dict(zip("xyzw", turn, strict=True)),
    }
    return {"semanticLabel_META": label, "locatable_META": pose, **bounds}


def plane(width: float, height: float) -> dict[str, Any]:
    return {
        "bounded2D_META": {"offset": {"x": -width / 2, "y": -height / 2}, "extent": {"width": width, "height": height}}
    }


def box(width: float, height: float, depth: float) -> dict[str, Any]:
    offset = {"x": -width / 2, "y": -height / 2, "z": -depth}
    return {"bounded3D_META": {"offset": offset, "extent": {"width": width, "height": height, "depth": depth}}}


def test_a_scene_by_hand() -> None:
    level, up = (0.0, 0.0, 0.0, 1.0), (-(0.5**0.5), 0.0, 0.0, 0.5**0.5)  # `up` turns local z to world y
    scene = {
        "spatialEntities": [
            entity("FLOOR", (0, 0.1, 0), level, **plane(4, 3)),
            entity("CEILING", (0, 2.7, 0), level, **plane(4, 3)),
            entity("TABLE", (1.0, 0.85, 0.5), up, **box(1.2, 0.8, 0.75)),
            entity("GLOBAL_MESH", (0, 0, 0), level),
        ]
    }
    plan = plan_of_scene(scene)
    assert plan.height == pytest.approx(2.6)
    assert area(plan.polygon()) == pytest.approx(12)
    (table,) = plan.boxes
    assert np.allclose(table.center, [1.0, 0.375, 0.5])
    assert sorted(np.round(table.size, 6)) == [0.75, 0.8, 1.2]
    assert table.size[1] == pytest.approx(0.75)
    assert len(plan.repairs) == 1, "the walls are missing, and that is said"


def test_the_captured_living_room(shared_data: Path) -> None:
    plan = read_quest(shared_data / "quest_rooms" / "living_room.json")
    assert len(plan.floor) == 6
    assert area(plan.polygon()) == pytest.approx(26, abs=1.5)
    assert plan.height == pytest.approx(3.887, abs=0.01)
    assert [opening.kind for opening in plan.openings] == ["window", "window"]
    labels = [box.label for box in plan.boxes]
    assert sorted(labels) == sorted(["table"] * 4 + ["lamp"] * 2 + ["wall art"] * 2 + ["storage", "couch"])
    couch = next(box for box in plan.boxes if box.label == "couch")
    assert couch.axes()[2] @ [-1, 0, 0] > 0.99, "it stands at the wall of high x and looks into the room"


@pytest.mark.parametrize("name", ["living_room", "office_small"])
def test_captured_rooms_stay_nearly_as_they_are(name: str, shared_data: Path) -> None:
    given = read_quest(shared_data / "quest_rooms" / f"{name}.json")
    plan = repair(given)
    assert problems(plan) == []
    assert len(plan.boxes) == len(given.boxes)
    assert len(plan.openings) == len(given.openings)
    for before, after in zip(given.boxes, plan.boxes, strict=True):
        assert np.linalg.norm(np.subtract(before.center, after.center)) < 0.05


def test_a_scene_without_anything_is_an_error() -> None:
    with pytest.raises(ValueError, match="none of 0 entities has bounds"):
        plan_of_scene({"spatialEntities": []})
    with pytest.raises(ValueError, match="entity 0 must have a label"):
        plan_of_scene({"spatialEntities": [{"semanticLabel_META": "BED"}]})
    still = entity("FLOOR", (0, 0, 0), (0.0, 0.0, 0.0, 0.0), **plane(2, 2))
    with pytest.raises(ValueError, match="quaternion"):
        plan_of_scene(json.loads(json.dumps({"spatialEntities": [still]})))
