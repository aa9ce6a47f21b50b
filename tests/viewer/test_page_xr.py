"""The page with an emulated headset: in, around, hold of it, and out again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from viewer.sample_model import box, png, write_glb
from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

RED, GREY = (200, 60, 30), (150, 150, 150)
EYES = """scenewright.renderer.xr.getCamera().cameras.map((eye) =>
  ({ at: eye.matrixWorld.elements.slice(12, 15), port: eye.viewport.toArray() }))"""
RIG = "document.querySelector('canvas').dataset.rig.split(' ').map(Number)"
RIGHT = "headset.controllers.right"


def point(x: float, y: float, z: float, pitch: float) -> str:
    """Hold the right controller at a place of the headset's space, tilted by `pitch` radians up."""
    turn = f"Math.sin({pitch / 2}), 0, 0, Math.cos({pitch / 2})"
    return f"({RIGHT}.position.set({x}, {y}, {z}), {RIGHT}.quaternion.set({turn}), 0)"


def wait_frames(browser: Any, count: int = 3) -> None:
    drawn = browser.evaluate("scenewright.pictures")
    browser.wait(f"scenewright.pictures >= {drawn + count}")


def enter(browser: Any, address: str, mode: str = "immersive-vr") -> None:
    browser.open(address + "/", width=840, height=400, hasHeadset=True)
    browser.wait_for_model()
    browser.wait(f"document.querySelector('[data-xr={mode}]')")
    browser.click(f"[data-xr={mode}]")
    browser.wait(f"document.querySelector('canvas').dataset.session === '{mode}'")
    browser.wait(f"{EYES}.length === 2 && {EYES}[0].at[0] !== 0")
    wait_frames(browser)


def leave(browser: Any, mode: str) -> None:
    browser.evaluate(f"document.querySelector('[data-xr={mode}]').click()")  # the emulator's own canvas lies above it


@pytest.fixture
def thing(run: Path, serving: Callable[..., Any]) -> Iterator[str]:
    """The address of a run whose model is a cube of 30 cm."""
    write_glb(run / "outputs/glb.glb", [(*box((0.3, 0.3, 0.3), (0, 0, 0)), png(Image.new("RGB", (8, 8), RED)))])
    with serving(make_app(run)) as address:
        yield address


@pytest.fixture
def room(run: Path, serving: Callable[..., Any]) -> Iterator[str]:
    """The address of a run whose model is a floor of 8 m with a table on it."""
    parts = [
        (*box((8, 0.1, 8), (0, -0.1, 0)), png(Image.new("RGB", (8, 8), GREY))),
        (*box((1, 0.8, 1), (2, 0, -2)), png(Image.new("RGB", (8, 8), RED))),
    ]
    write_glb(run / "outputs/glb.glb", parts)
    with serving(make_app(run)) as address:
        yield address


def test_both_eyes_see_the_model_from_their_own_place(browser: Any, thing: str, tmp_path: Path) -> None:
    enter(browser, thing)
    left, right = browser.evaluate(EYES)
    assert right["at"][0] - left["at"][0] == pytest.approx(0.063, abs=1e-3)
    assert right["at"][1:] == pytest.approx(left["at"][1:], abs=1e-6)
    assert right["port"][0] == left["port"][2] > 0
    browser.evaluate("(headset.quaternion.set(-0.25, 0, 0, 0.968), 0)")  # look down at it
    wait_frames(browser)
    picture = browser.picture(tmp_path / "eyes.png", "canvas")
    centres = []
    for half in np.array_split(picture, 2, axis=1):
        columns = np.nonzero(np.abs(half - RED).max(axis=2) < 12)[1]
        assert len(columns) > 300
        centres.append(columns.mean())
    assert centres[0] - centres[1] > 5  # nearer than infinity: the left eye sees it further right
    assert browser.call("seen")["problems"] == []


def test_the_session_ends_in_the_page_as_it_was(browser: Any, thing: str) -> None:
    enter(browser, thing)
    assert browser.text("[data-xr=immersive-vr]") == "Leave"
    leave(browser, "immersive-vr")
    browser.wait("!scenewright.renderer.xr.isPresenting")
    browser.wait("document.querySelector('[data-xr=immersive-vr]').innerText === 'Enter VR'")
    assert browser.evaluate("scenewright.camera.parent") is None
    assert browser.evaluate("scenewright.model === undefined && scenewright.stage.children.length") == 1
    drawn = browser.evaluate("(scenewright.invalidate(), scenewright.pictures)")  # at once: drawing may be quicker
    browser.wait(f"scenewright.pictures > {drawn}")
    assert browser.evaluate("scenewright.controls.target.y") == pytest.approx(0.15, abs=0.01)
    assert browser.call("seen")["problems"] == []


def test_a_visitor_stands_at_arms_length_of_a_thing(browser: Any, thing: str) -> None:
    enter(browser, thing)
    x, y, z, turn = browser.evaluate(RIG)
    assert (x, turn) == (0, 0)
    assert y == pytest.approx(-1.0)  # the thing stands on a plinth of 1 m
    assert z == pytest.approx(0.15 + 0.7)


def test_a_pinch_on_the_floor_leads_there(browser: Any, room: str) -> None:
    enter(browser, room)
    assert browser.evaluate(RIG) == pytest.approx([0, 0, 0, 0])
    # From 1.2 m up, pointing 45 degrees down and ahead, the ray meets the floor 1.2 m ahead of the hand.
    browser.evaluate(point(0.4, 1.2, -0.3, -np.pi / 4))
    wait_frames(browser)
    browser.evaluate(f"{RIGHT}.updateButtonValue('trigger', 1)")
    wait_frames(browser)
    browser.evaluate(f"{RIGHT}.updateButtonValue('trigger', 0)")
    browser.wait(f"{RIG}[2] < -1")
    x, y, z, _ = browser.evaluate(RIG)
    assert (x, y, z) == pytest.approx((0.4, 0, -1.5), abs=0.02)
    wait_frames(browser)
    eyes = browser.evaluate(EYES)
    assert (eyes[0]["at"][0] + eyes[1]["at"][0]) / 2 == pytest.approx(0.4, abs=0.02)
    assert browser.call("seen")["problems"] == []


def test_nobody_goes_up_a_wall_or_into_the_sky(browser: Any, room: str) -> None:
    enter(browser, room)
    for pitch in (0.6, 0.0):
        browser.evaluate(point(2.0, 0.4, 0.0, pitch))  # at the table's side, and over it into nothing
        wait_frames(browser)
        browser.evaluate(f"{RIGHT}.updateButtonValue('trigger', 1)")
        wait_frames(browser)
        browser.evaluate(f"{RIGHT}.updateButtonValue('trigger', 0)")
        wait_frames(browser, 5)
    assert browser.evaluate(RIG) == pytest.approx([0, 0, 0, 0])


def test_the_stick_turns_by_thirty_degrees_once_about_the_head(browser: Any, room: str) -> None:
    enter(browser, room)
    browser.evaluate("(headset.position.set(1, 1.6, 1), 0)")
    wait_frames(browser)
    before = np.mean([eye["at"] for eye in browser.evaluate(EYES)], axis=0)
    browser.evaluate(f"{RIGHT}.updateAxes('thumbstick', 1, 0)")
    wait_frames(browser, 8)
    browser.evaluate(f"{RIGHT}.updateAxes('thumbstick', 0, 0)")
    wait_frames(browser)
    assert browser.evaluate(RIG)[3] == pytest.approx(-np.pi / 6, abs=1e-3)
    after = np.mean([eye["at"] for eye in browser.evaluate(EYES)], axis=0)
    assert after == pytest.approx(before, abs=0.01)


def test_a_thing_is_picked_up_carried_and_put_back_at_the_end(browser: Any, thing: str) -> None:
    place = """(() => {
      const part = scenewright.scene.getObjectByName("part0");
      return scenewright.box.clone().setFromObject(part).getCenter(part.position.clone()).toArray();
    })()"""
    enter(browser, thing)
    # The thing's middle is 1.15 m up and 0.85 m ahead of where the visitor stands.
    browser.evaluate(point(0, 1.15, -0.3, 0))
    wait_frames(browser)
    browser.evaluate(f"{RIGHT}.updateButtonValue('trigger', 1)")
    browser.wait("document.querySelector('canvas').dataset.picked === 'part0'")
    browser.evaluate(point(0.2, 1.35, -0.3, 0))
    wait_frames(browser, 4)
    assert browser.evaluate(place) == pytest.approx([0.2, 0.35, 0], abs=0.02)
    browser.evaluate(f"{RIGHT}.updateButtonValue('trigger', 0)")
    wait_frames(browser)
    browser.evaluate(point(0, 1.15, -0.3, 0))
    wait_frames(browser, 4)
    assert browser.evaluate(place) == pytest.approx([0.2, 0.35, 0], abs=0.02)
    leave(browser, "immersive-vr")
    browser.wait("!scenewright.renderer.xr.isPresenting")
    assert browser.evaluate(place) == pytest.approx([0, 0.15, 0], abs=1e-3)


def test_augmented_reality_shows_the_model_without_floor_or_backdrop(browser: Any, thing: str) -> None:
    enter(browser, thing, "immersive-ar")
    assert browser.evaluate("scenewright.renderer.getClearAlpha()") == 0
    assert browser.evaluate("scenewright.floor.root.visible") is False
    leave(browser, "immersive-ar")
    browser.wait("!scenewright.renderer.xr.isPresenting")
    assert browser.evaluate("scenewright.renderer.getClearAlpha()") == 1
    assert browser.evaluate("scenewright.floor.root.visible") is True


def test_hands_pinch_as_well_as_controllers(browser: Any, room: str) -> None:
    enter(browser, room)
    browser.evaluate("(headset.primaryInputMode = 'hand', 0)")
    wait_frames(browser)
    turn = f"Math.sin({-np.pi / 8}), 0, 0, Math.cos({-np.pi / 8})"
    browser.evaluate(
        f"(headset.hands.right.position.set(0.3, 1.2, -0.3), headset.hands.right.quaternion.set({turn}), 0)"
    )
    wait_frames(browser)
    browser.evaluate("(headset.hands.right.updatePinchValue(1), 0)")
    wait_frames(browser)
    browser.evaluate("(headset.hands.right.updatePinchValue(0), 0)")
    browser.wait(f"{RIG}[2] < -1")


def test_both_grips_make_a_thing_larger(browser: Any, thing: str) -> None:
    side = """(() => {
      const part = scenewright.scene.getObjectByName("part0");
      return scenewright.box.clone().setFromObject(part).getSize(part.position.clone()).x;
    })()"""
    enter(browser, thing)
    left = "headset.controllers.left"
    browser.evaluate(f"({left}.position.set(-0.2, 1.15, -0.5), {RIGHT}.position.set(0.2, 1.15, -0.5), 0)")
    wait_frames(browser)
    for hand in (left, RIGHT):
        browser.evaluate(f"{hand}.updateButtonValue('squeeze', 1)")
    wait_frames(browser, 4)
    browser.evaluate(f"({left}.position.set(-0.4, 1.15, -0.5), {RIGHT}.position.set(0.4, 1.15, -0.5), 0)")
    wait_frames(browser, 4)
    for hand in (left, RIGHT):
        browser.evaluate(f"{hand}.updateButtonValue('squeeze', 0)")
    wait_frames(browser)
    assert browser.evaluate(side) == pytest.approx(0.6, rel=0.03)
    leave(browser, "immersive-vr")
    browser.wait("!scenewright.renderer.xr.isPresenting")
    assert browser.evaluate(side) == pytest.approx(0.3, abs=1e-3)


def test_coarser_levels_are_shown_to_keep_the_pace_and_the_finest_again_on_the_page(
    run: Path, browser: Any, serving: Callable[..., Any]
) -> None:
    cube = (*box((0.3, 0.3, 0.3), (0, 0, 0)), png(Image.new("RGB", (8, 8), RED)))
    write_glb(run / "outputs/glb.glb", [cube, cube, cube], levels=True)
    shown = "['part_lod0', 'part_lod1', 'part_lod2'].map((name) => scenewright.scene.getObjectByName(name).visible)"
    with serving(make_app(run)) as address:
        enter(browser, address)
        # No emulated headset draws 72 frames a second without a graphics card, so its levels fall one by one.
        browser.wait(f"({shown}).join() === 'false,false,true'")
        leave(browser, "immersive-vr")
        browser.wait("!scenewright.renderer.xr.isPresenting")
        assert browser.evaluate(shown) == [True, False, False]
        assert browser.evaluate("document.querySelector('.facts-card, .facts-chip').innerText").count("12") >= 1
        assert browser.call("seen")["problems"] == []
