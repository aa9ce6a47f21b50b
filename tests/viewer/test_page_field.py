"""A radiance field in a real browser: painted anew as one looks around, from coarse to fine."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from viewer.live import LiveFields, Shot
from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

POSE = np.diag([1.0, -1.0, -1.0, 1.0])
POSE[:3, 3] = 0.5, 0.5, 4.0


def test_a_field_is_painted_from_coarse_to_fine_and_anew_from_another_side(
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    shots: list[Shot] = []

    def paint(stage: str, shot: Shot) -> bytes:
        """Red where the camera stands on the left of the field's middle, green on the right."""
        shots.append(shot)
        file = io.BytesIO()
        colour = (200, 40, 40) if shot.world_from_camera[3] < 0.6 else (40, 170, 60)
        Image.new("RGB", (shot.width, shot.height), colour).save(file, "JPEG", quality=95)
        return file.getvalue()

    manifest = json.loads((run / "run.json").read_text())
    manifest["stages"]["capture"]["output"]["type"] = "RadianceField"
    (run / "run.json").write_text(json.dumps(manifest))
    around = {"low": [0, 0, 0], "high": [1, 1, 1], "cameras": [POSE.ravel().tolist()]}
    with serving(make_app(run, fields=LiveFields(lambda stage: around, paint))) as address:
        page.open(address + "/#capture")
        page.wait("document.querySelector('.scale-note')?.innerText.startsWith('960 pixels')")
        before = page.picture(tmp_path / "red.png", ".field-picture")
        first = len(shots)
        page.click("canvas")
        for _ in range(4):
            page.call("press", "ArrowRight")
        page.wait("document.querySelector('.scale-note')?.innerText.startsWith('960 pixels')")
        page.wait("document.querySelector('.field-space').dataset.state === 'ready'")
        while shots[-1].width < 960 or len(shots) == first:
            pass
        page.wait("document.querySelector('.field-picture').complete")
        after = page.picture(tmp_path / "green.png", ".field-picture")
    height, width = before.shape[:2]
    assert np.abs(before[height // 3, width // 3] - (200, 40, 40)).max() < 8
    assert np.abs(after[height // 3, width // 3] - (40, 170, 60)).max() < 8
    widths = [shot.width for shot in shots[:first]]
    assert widths == sorted(widths)
    assert (widths[0] < 200, widths[-1]) == (True, 960)
    pose = np.array(shots[0].world_from_camera).reshape(4, 4)
    assert pose == pytest.approx(POSE, abs=1e-3)  # it begins where the first photo was taken, in the photo's own axes
