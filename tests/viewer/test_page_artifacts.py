"""What stages made besides models, on the page: photos and cameras, measures, maps, panoramas, reports."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from viewer.sample_model import png
from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

RED, GREEN = (200, 60, 30), (40, 160, 90)


def test_photos_cameras_and_depth_of_a_capture(
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path, middle_of: Callable[[np.ndarray], np.ndarray]
) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/#capture")
        page.wait("document.querySelector('.space')?.dataset.cameras === '12'")
        page.wait_for_model()
        assert "1 skipped" in page.text(".scale-note")
        page.click("[aria-label='Next camera']")
        assert page.text(".camera-card strong") == "frame_000"

        page.click("[data-view=photos]")
        page.wait("document.querySelector('.gallery')?.dataset.state === 'ready'")
        assert page.evaluate("document.querySelectorAll('.thumb').length") == 12
        shown = page.picture(tmp_path / "photo.png", "img.large-picture")
        photo = np.asarray(Image.open(run / "artifacts/capture/images/00000.png")).astype(int)
        assert np.abs(middle_of(shown) - middle_of(photo).mean(axis=0)).max() < 12

        page.click("[data-view=depth]")
        page.wait(
            "document.querySelector('.gallery canvas') && document.querySelector('.gallery').dataset.state === 'ready'"
        )
        frame = page.call("frame", ".gallery canvas")
        page.call(
            "hover", {"x": frame["x"] + frame["width"] * 80.5 / 160, "y": frame["y"] + frame["height"] * 66.5 / 120}
        )
        depth = int(np.asarray(Image.open(run / "artifacts/capture/depths/00000.png"))[66, 80])
        page.wait("document.querySelector('.reading').innerText !== ''")
        assert page.text(".reading") == f"{depth / 10:.1f} cm at 80, 66"
        page.call("hover", {"x": frame["x"] + 4, "y": frame["y"] + 4})
        page.wait("document.querySelector('.reading').innerText.startsWith('nothing measured')")


def test_measures_settings_and_curves(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/#field")
        page.wait("document.querySelectorAll('.curves .plot').length === 2")
        assert "31.84" in page.text(".details")
        assert "levels\t12" in page.text(".details")
        page.click("[data-view=files]")
        page.wait("document.querySelector('.files.wide')")
        page.open(address + "/#quality")
        page.wait("document.querySelector('.tree')?.innerText.includes('29.71')")


def test_long_measures_are_cut_short_and_never_widen_the_details(
    run: Path, page: Any, serving: Callable[..., Any]
) -> None:
    manifest = json.loads((run / "run.json").read_text())
    manifest["stages"]["capture"]["metrics"] = {"left_out": [f"images/{n:04}.jpg" for n in range(17)], "size_m": 0.25}
    (run / "run.json").write_text(json.dumps(manifest))
    with serving(make_app(run)) as address:
        page.open(address + "/#capture")
        page.wait("document.querySelector('.details .pairs')")
        said = page.text(".details")
        widths = page.evaluate(
            "(({scrollWidth, clientWidth}) => [scrollWidth, clientWidth])(document.querySelector('.detail-panel'))"
        )
    assert "images/0005.jpg, and 11 more" in said
    assert "Size\t25.0 cm" in said
    assert widths[0] == widths[1]


def test_embeddings_stand_in_a_table_of_neighbours(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    """Two stages' vectors at 60 degrees, and a third that another encoder made."""
    manifest = json.loads((run / "run.json").read_text())
    angle = np.pi / 3
    made = {
        "capture": ([1.0, 0.0], "words:1", "a red chair"),
        "surface": ([np.cos(angle), np.sin(angle)], "words:1", "a stool"),
        "field": ([1.0, 0.0], "words:2", "a stranger"),
    }
    for stage, (vector, encoder, prompt) in made.items():
        folder = run / "artifacts" / stage
        np.savez(folder / "embedding.npz", vector=np.array(vector, np.float32))
        about = {"encoder": encoder, "prompt": prompt, "nearest": "chair", "likeness": 0.9, "notes": ["unknown: hue"]}
        (folder / "embedding.json").write_text(json.dumps(about))
        files = [{"path": name, "bytes": 1, "sha256": "0"} for name in ("embedding.npz", "embedding.json")]
        manifest["stages"][stage]["output"] = {"type": "Embedding", "digest": stage, "bytes": 2, "files": files}
    (run / "run.json").write_text(json.dumps(manifest))
    with serving(make_app(run)) as address:
        page.open(address + "/#capture")
        page.wait("document.querySelectorAll('.neighbours tbody tr').length > 0")
        rows = page.evaluate(
            "[...document.querySelectorAll('.neighbours tbody tr')].map((row) => row.innerText.trim().split('\\t'))"
        )
        assert [row[:3] for row in rows] == [["surface", "a stool", "0.500"]]
        assert "Nearest known kind: chair (0.90)" in page.text(".sheet")
        assert "unknown: hue" in page.text(".sheet")


def test_a_map_of_classes_has_a_legend_and_tells_what_the_pointer_is_on(
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    manifest = json.loads((run / "run.json").read_text())
    folder = run / "artifacts/capture"
    semantic = np.zeros((20, 40), np.uint8)
    semantic[:, 30:] = 1
    near = np.full((20, 40), 1.5, np.float32)
    np.savez(folder / "proxy-0.npz", semantic=semantic, instance=semantic * 7, near=near, far=near + 1)
    named = [{"name": "floor", "color": [80, 50, 50]}, {"name": "coffee_table", "color": [0, 255, 112]}]
    (folder / "classes.json").write_text(json.dumps(named))
    files = [{"path": name, "bytes": 1, "sha256": "0"} for name in ("proxy-0.npz", "classes.json")]
    manifest["stages"]["capture"]["output"] = {"type": "ProxyMaps", "digest": "d", "bytes": 2, "files": files}
    (run / "run.json").write_text(json.dumps(manifest))
    with serving(make_app(run)) as address:
        page.open(address + "/#capture")
        page.wait("document.querySelector('.gallery')?.dataset.state === 'ready'")
        assert page.text(".class-legend").split("\n") == ["floor", "75 %", "coffee table", "25 %"]
        frame = page.call("frame", "canvas.large-picture")
        page.call("hover", {"x": frame["x"] + frame["width"] * 0.9, "y": frame["y"] + frame["height"] / 2})
        page.wait("document.querySelector('.reading').innerText === 'coffee_table (thing 7), 1.50 m to 2.50 m away'")
        picture = page.picture(tmp_path / "classes.png", "canvas.large-picture")
    assert np.abs(picture[picture.shape[0] // 2, -20] - (0, 255, 112)).max() < 4


def test_a_panorama_is_seen_from_inside_and_turns(
    run: Path,
    with_files: Callable[..., None],
    page: Any,
    serving: Callable[..., Any],
    tmp_path: Path,
    middle_of: Callable[[np.ndarray], np.ndarray],
) -> None:
    """Red around the middle of the picture, which is ahead, and green behind."""
    pixels = np.full((128, 256, 3), GREEN, np.uint8)
    pixels[:, 64:192] = RED
    with_files("capture", "Panorama", {"panorama.png": png(Image.fromarray(pixels))})
    with serving(make_app(run)) as address:
        page.open(address + "/#capture")
        page.wait_for_model()
        first = middle_of(page.picture(tmp_path / "ahead.png", "canvas")).mean(0)
        page.click("canvas")
        for _ in range(26):  # of 0.12 radians each: about half a turn
            page.call("press", "ArrowRight")
        page.wait("scenewright.camera.position.z < -0.009")
        drawn = page.evaluate("(scenewright.invalidate(), scenewright.pictures)")
        page.wait(f"scenewright.pictures > {drawn}")
        second = middle_of(page.picture(tmp_path / "behind.png", "canvas")).mean(0)
    assert np.abs(first - RED).max() < 4
    assert np.abs(second - GREEN).max() < 4


def test_a_report_shows_the_pictures_that_it_carries(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    """It is shut in: what it brings along is shown, and it can load nothing."""
    picture = base64.b64encode(png(Image.new("RGB", (300, 300), RED))).decode()
    text = f'<!doctype html><body style="margin:0"><img src="data:image/png;base64,{picture}"><img src="/run/run.json">'
    with_files("quality", "Quality", {"quality.html": text.encode()})
    with serving(make_app(run)) as address:
        page.open(address + "/#quality")
        page.wait("Boolean(document.querySelector('iframe.report'))")
        for _ in range(100):
            shown = page.picture(tmp_path / "report.png", "iframe.report")
            if np.abs(shown[100, 100] - RED).max() < 4:
                break
            time.sleep(0.1)
        assert np.abs(shown[100, 100] - RED).max() < 4
        page.call("forgive")  # the console names the picture that was not let in


def test_a_report_cannot_reach_the_page_or_the_run(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    script = """<p>report</p><script>
      fetch('/run/run.json').then(() => parent.postMessage('reached', '*'), () => parent.postMessage('refused', '*'));
    </script>"""
    (run / "outputs/quality.html").write_text(script)
    manifest = json.loads((run / "run.json").read_text())
    manifest["stages"]["quality"]["outputs"] = ["outputs/quality.html"]
    (run / "run.json").write_text(json.dumps(manifest))
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.evaluate("addEventListener('message', (event) => (window.told = event.data))")
        page.wait("document.querySelector('[data-stage=quality]')")
        page.click("[data-stage=quality]")
        page.wait("window.told !== undefined")
        assert page.evaluate("window.told") == "refused"
    page.call("forgive")  # the refusal is reported, as it should be
