"""The room editor in a real browser: from an empty page to a plan, and to the running job."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from viewer.rooms import RoomDesk
from viewer.sample import write_sample_run
from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

CLASSES = (
    {"name": "bed", "typical": [1.6, 0.95, 2.05], "stands": "floor", "color": [204, 5, 255]},
    {"name": "picture", "typical": [0.9, 0.65, 0.04], "stands": "wall", "color": [255, 6, 51]},
    {"name": "ceiling_lamp", "typical": [0.5, 0.45, 0.5], "stands": "ceiling", "color": [0, 31, 255]},
)
PLAN = {
    "name": "study",
    "floor": [[-1.5, 1.0], [1.5, 1.0], [1.5, -1.0], [-1.5, -1.0]],
    "height": 2.4,
    "openings": [],
    "boxes": [
        {"name": "bed", "label": "bed", "center": [0.0, 0.5, 0.0], "size": [1.6, 1.0, 1.0], "yaw": 0.0, "style": ""}
    ],
    "style": "rustic",
    "repairs": ["the bed was pushed 4 cm into the room"],
}


class Maker:
    """Takes the place of the pipeline: remembers the plans, and lets a finished run appear."""

    def __init__(self, run: Path, plan: dict[str, Any] | None = None) -> None:
        self.run = run
        self.plans: list[dict[str, Any]] = []
        self.plan = plan

    def desk(self) -> RoomDesk:
        return RoomDesk(classes=CLASSES, plan=lambda: self.plan, read=self.read, check=self.check, start=self.start)

    def read(self, name: str, content: bytes) -> dict[str, Any]:
        if name != "study.json":
            raise ValueError(f"{name}: is no plan of a room")
        return dict(json.loads(content))

    def check(self, plan: dict[str, Any]) -> list[str]:
        """Boxes may stand in each other here, but not higher than 1.5 m above the floor."""
        return ["hangs too high" if box["center"][1] > 1.5 else "" for box in plan["boxes"]]

    def start(self, plan: dict[str, Any]) -> None:
        self.plans.append(plan)
        write_sample_run(self.run)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    (tmp_path / "run").mkdir()
    return Maker(tmp_path / "run")


def on_plan(page: Any, x: float, z: float) -> list[float]:
    """Where a place of the floor lies on the screen, found from the drawing's own corners."""
    floor = page.evaluate(
        "(() => { const f = document.querySelector('.plan-floor'), r = document.querySelector('.sheet-2d')"
        ".getBoundingClientRect(); return { points: f.getAttribute('points'), left: r.left, top: r.top }; })()"
    )
    corners = np.array([pair.split(",") for pair in floor["points"].split()], float)
    low, high = corners.min(0), corners.max(0)
    return [
        floor["left"] + low[0] + (x + 2.0) / 4.0 * (high[0] - low[0]),
        floor["top"] + low[1] + (z + 1.75) / 3.5 * (high[1] - low[1]),
    ]


def test_a_room_is_outlined_from_nothing_and_run(
    maker: Maker, page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    with serving(make_app(maker.run, rooms=maker.desk())) as address:
        page.open(address + "/", width=1400, height=800)
        page.wait("document.querySelector('.room-editor .space')?.dataset.state === 'ready'")
        page.call("select", {"selector": "[data-field=add]", "value": "bed"})
        page.call("drag", {"from": on_plan(page, -1.5, -1.0), "to": on_plan(page, -0.5, 1.0)})
        page.call("press", "ArrowRight")
        page.call("select", {"selector": "[data-field=add]", "value": "picture"})
        page.call("mouse", dict(zip("xy", on_plan(page, 1.7, 0.4), strict=True)))
        page.call("select", {"selector": "[data-field=add]", "value": "ceiling_lamp"})
        page.click("[data-tool=put]")
        page.call("type", {"selector": "[data-field=Turned]", "text": "30"})
        page.call("type", {"selector": "[data-field=Style]", "text": "scandinavian"})
        assert page.nameless() == []
        drawn = page.picture(tmp_path / "editor.png", ".room-sheet")
        solid = page.picture(tmp_path / "space.png", ".room-editor canvas")
        page.click("[data-tool=run-room]")
        page.wait("document.querySelector('.top .pill').innerText === 'Finished'")
        assert page.evaluate("document.querySelector('.room-editor')") is None
    (plan,) = maker.plans
    bed, picture, lamp = plan["boxes"]
    assert (plan["style"], plan["height"], len(plan["floor"])) == ("scandinavian", 2.5, 4)
    assert bed["size"] == pytest.approx([1.0, 0.95, 2.0], abs=0.051)
    assert bed["center"] == pytest.approx([-0.95, 0.475, 0.0], abs=0.051)
    assert picture["center"] == pytest.approx([1.98, 1.55, 0.4], abs=0.03)
    assert picture["yaw"] == pytest.approx(-np.pi / 2)  # it looks from the right wall into the room
    assert lamp["center"][1] + lamp["size"][1] / 2 == pytest.approx(2.5)
    assert lamp["yaw"] == pytest.approx(np.pi / 6)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 50
    assert solid.std() > 15  # walls, floor and boxes, not an empty space


def test_a_box_is_pulled_turned_removed_and_brought_back(maker: Maker, page: Any, serving: Callable[..., Any]) -> None:
    maker.plan = PLAN | {"floor": [[-2, 1.75], [2, 1.75], [2, -1.75], [-2, -1.75]]}
    with serving(make_app(maker.run, rooms=maker.desk())) as address:
        page.open(address + "/", width=1400, height=800)
        page.wait("document.querySelector('.room-editor .space')?.dataset.state === 'ready'")
        page.call("mouse", dict(zip("xy", on_plan(page, 0.1, 0.1), strict=True)))
        page.call("drag", {"from": on_plan(page, 0.8, 0.5), "to": on_plan(page, 1.2, 1.0)})
        page.call("press", "r")
        page.call("press", "Delete")
        assert page.evaluate("document.querySelectorAll('.plan-box').length") == 0
        page.click("[aria-label=Undo]")
        assert page.evaluate("document.querySelectorAll('.plan-box').length") == 1
        page.click("[data-tool=run-room]")
        page.wait("!document.querySelector('.room-editor')")
    (box,) = maker.plans[0]["boxes"]
    assert box["size"] == pytest.approx([2.0, 1.0, 1.5], abs=0.051)
    assert box["center"] == pytest.approx([0.2, 0.5, 0.25], abs=0.051)  # the far corner stayed where it was
    assert box["yaw"] == pytest.approx(np.pi / 12)


def test_a_plan_is_opened_with_what_was_mended_and_a_stranger_is_refused(
    maker: Maker, page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "study.json").write_text(json.dumps(PLAN))
    shutil.copy(tmp_path / "study.json", tmp_path / "letter.json")
    with serving(make_app(maker.run, rooms=maker.desk())) as address:
        page.open(address + "/", width=1400, height=800)
        page.wait("Boolean(document.querySelector('.room-editor'))")
        page.call("upload", {"selector": ".room-editor input[type=file]", "path": str(tmp_path / "study.json")})
        page.wait("document.querySelector('.room-remarks')?.innerText.includes('4 cm')")
        assert (
            "3.00 m" in page.text(".sheet-2d")
            or page.evaluate("document.querySelector('.plan-measure').textContent") == "3.00 m"
        )
        page.call("upload", {"selector": ".room-editor input[type=file]", "path": str(tmp_path / "letter.json")})
        page.wait("document.querySelector('.toast').innerText === 'letter.json: is no plan of a room'")
        page.call("forgive")  # the console names the refused request


def test_a_box_is_moved_in_3d(maker: Maker, page: Any, serving: Callable[..., Any]) -> None:
    maker.plan = PLAN
    with serving(make_app(maker.run, rooms=maker.desk())) as address:
        page.open(address + "/", width=1400, height=800)
        page.wait("document.querySelector('.room-editor .space')?.dataset.state === 'ready'")
        page.wait("Number(document.querySelector('canvas').dataset.pictures) > 1")
        frame = page.call("frame", ".room-editor canvas")
        middle = [frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2]
        page.call("drag", {"from": middle, "to": [middle[0] + 60, middle[1]]})
        page.click("[data-tool=run-room]")
        page.wait("!document.querySelector('.room-editor')")
    (box,) = maker.plans[0]["boxes"]
    assert box["center"][0] > 0.15
    assert box["center"][1] == 0.5


def test_what_the_server_finds_wrong_is_outlined_and_said_in_the_list(
    maker: Maker, page: Any, serving: Callable[..., Any]
) -> None:
    """The page has no opinion of its own: two beds in the same place are fine where the server says so."""
    bed = PLAN["boxes"][0]
    maker.plan = PLAN | {"boxes": [bed, bed | {"name": "bed_2"}]}
    with serving(make_app(maker.run, rooms=maker.desk())) as address:
        page.open(address + "/", width=1400, height=800)
        page.wait("document.querySelector('.room-editor')?.dataset.checked === '0'")
        assert page.evaluate("document.querySelectorAll('.plan-box.wrong').length") == 0
        page.click(".room-item[data-box='1']")
        page.call("type", {"selector": "[data-field='Above floor']", "text": "1.2"})
        page.wait("document.querySelector('.room-editor').dataset.checked === '1'")
        assert page.evaluate("document.querySelector('.plan-box.wrong title').textContent") == "bed_2 hangs too high"
        assert "hangs too high" in page.text(".room-item[data-box='1']")
        assert "hangs" not in page.text(".room-item[data-box='0']")


def test_a_phone_has_room_for_all_that_stands_above(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    app = make_app(run, rooms=Maker(run).desk(), start=lambda changes: None, invitation=INVITATION)
    with serving(app) as address:
        page.open(address + "/#capture", width=360, height=740, isTouch=True)
        page.wait("document.querySelectorAll('.actions > *').length === 4")
        spans = page.evaluate(
            "['.run-name', '.actions'].map((name) => document.querySelector(name).getBoundingClientRect().toJSON())"
        )
    name, actions = spans
    assert name["width"] > 40
    assert name["right"] <= actions["left"]
    assert actions["right"] <= 360


INVITATION = {"address": "http://localhost:8000/", "lan": False, "adb": "adb reverse tcp:8000 tcp:8000", "qr": None}
