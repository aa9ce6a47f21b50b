"""A layered photo on the page and in an emulated headset: seen with parallax, from where it was taken alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from viewer.sample_model import box, png, write_glb
from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

BLUE, RED = (40, 70, 190), (200, 60, 30)
REACH = 0.1
EXTRAS = {
    "spawn": {"position": [0, 0, 0], "facing": [0, 0, -1]},
    "safe_volume": {"min": [-REACH] * 3, "max": [REACH] * 3},
}


@pytest.fixture
def photo(run: Path, serving: Callable[..., Any]) -> Iterator[str]:
    """A red post 1 m ahead of the camera, before a blue wall at 4 m that is wider than any screen."""
    parts = [
        (*box((12, 8, 0.02), (0, -4, -4)), png(Image.new("RGB", (8, 8), BLUE))),
        (*box((0.2, 0.4, 0.02), (0, -0.2, -1)), png(Image.new("RGB", (8, 8), RED))),
    ]
    write_glb(run / "outputs/glb.glb", parts, extras=EXTRAS)
    with serving(make_app(run)) as address:
        yield address


def post_of(picture: np.ndarray) -> tuple[float, float]:
    """Column and row of the red post's middle."""
    rows, columns = np.nonzero(np.abs(picture - RED).max(axis=2) < 12)
    return float(columns.mean()), float(rows.mean())


def test_the_head_follows_the_pointer_as_far_as_is_safe(page: Any, photo: str, tmp_path: Path) -> None:
    page.open(photo + "/", width=1400, height=700)
    page.wait_for_model()
    assert page.evaluate("document.querySelector('[data-tool=stand]').getAttribute('aria-pressed')") == "true"
    frame = page.call("frame", "canvas")
    middle = {"x": frame["x"] + frame["width"] / 2, "y": frame["y"] + frame["height"] / 2}
    seen = []
    for x in (frame["x"] + 2, frame["x"] + frame["width"] - 2):
        page.call("hover", {"x": x, "y": middle["y"]})
        edge = -REACH if x < middle["x"] else REACH
        page.wait(f"Math.abs(Number(document.querySelector('canvas').dataset.head?.split(' ')[0]) - ({edge})) < 0.003")
        seen.append(page.picture(tmp_path / "photo.png", "canvas"))
    left, right = seen
    assert np.abs(left[5, 5] - BLUE).max() < 4  # the wall fills the view, from both sides
    assert np.abs(right[5, 5] - BLUE).max() < 4
    assert post_of(left)[0] > post_of(right)[0] + 20  # what is near moves against the head
    assert post_of(left)[1] == pytest.approx(post_of(right)[1], abs=2)
    page.click("[data-tool=stand]")
    page.wait("document.querySelector('canvas').dataset.head === undefined")


def test_a_headset_begins_where_the_camera_was_and_grows_dark_outside(browser: Any, photo: str) -> None:
    browser.open(photo + "/", width=840, height=400, hasHeadset=True)
    browser.wait_for_model()
    browser.wait("document.querySelector('[data-xr=immersive-vr]')")
    browser.click("[data-xr=immersive-vr]")
    browser.wait("document.querySelector('canvas').dataset.session === 'immersive-vr'")
    browser.wait("document.querySelector('canvas').dataset.dark === '0.00'")
    eyes = browser.evaluate(
        "scenewright.renderer.xr.getCamera().cameras.map((eye) => eye.matrixWorld.elements.slice(12, 15))"
    )
    assert np.mean(eyes, axis=0) == pytest.approx([0, 0, 0], abs=0.02)
    browser.evaluate("(headset.position.set(0.5, 1.6, 0), 0)")
    browser.wait("Number(document.querySelector('canvas').dataset.dark) > 0.8")
    browser.evaluate("(headset.position.set(0, 1.6, 0), 0)")
    browser.wait("document.querySelector('canvas').dataset.dark === '0.00'")
    assert browser.call("seen")["problems"] == []
