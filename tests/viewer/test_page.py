"""The page in a real browser: what it shows of a run, live and afterwards."""

import base64
import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from viewer.sample import write_sample_run
from viewer.sample_model import box, png, write_glb
from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

HERE = Path(__file__).parent
RED, GREEN = (200, 60, 30), (40, 160, 90)
WAYS = ("plain", "meshopt", "draco", "ktx2")


def write_cube(path: Path, colour: tuple[int, int, int], side: float = 1.0) -> None:
    """An unlit cube of one colour standing on the floor."""
    write_glb(path, [(*box((side, side, side), (0, 0, 0)), png(Image.new("RGB", (64, 64), colour)))])


def middle_of(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    return picture[height // 2 - 3 : height // 2 + 3, width // 2 - 3 : width // 2 + 3].reshape(-1, 3)


def test_a_finished_run_opens_on_its_model_in_its_own_colours(
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    write_cube(run / "outputs/glb.glb", RED)
    with serving(make_app(run)) as address:
        assert page.open(address + "/") == 200
        page.wait_for_model()
        assert page.text("h1") == "still life"
        assert page.text(".top .pill") == "Finished"
        picture = page.picture(tmp_path / "canvas.png", "canvas")
    assert np.abs(middle_of(picture) - RED).max() <= 2  # unlit: neither light nor tone mapping touches it
    background = picture[-60, 4]
    assert np.abs(background - RED).max() > 60


def test_the_stages_are_listed_with_what_they_took(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait("document.querySelectorAll('.card').length === 6")
        labels = page.evaluate("[...document.querySelectorAll('.card')].map((card) => card.ariaLabel)")
    assert labels[0] == "capture, load capture: Reused, from store"
    assert labels[1] == "field, reconstruct: Finished, 1 min 11 s"


def test_the_address_leads_to_a_stage_before_anything_was_chosen(
    run: Path, page: Any, serving: Callable[..., Any]
) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait("document.querySelector('.details h2')?.innerText === 'glb'")
        page.evaluate("(location.hash = 'surface', 0)")
        page.wait("document.querySelector('.details h2').innerText === 'surface'")
        assert page.evaluate("document.querySelector('.card[aria-pressed=true]').dataset.stage") == "surface"


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cube in each of the ways to pack a GLB."""
    folder = tmp_path_factory.mktemp("packed")
    write_cube(folder / "plain.glb", RED)
    subprocess.run(["node", str(HERE / "compress.mjs"), folder / "plain.glb", folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_packed_models_show_like_plain_ones(
    run: Path, page: Any, serving: Callable[..., Any], packed: Path, tmp_path: Path, way: str
) -> None:
    (run / "outputs/glb.glb").write_bytes((packed / f"{way}.glb").read_bytes())
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait_for_model()
        picture = page.picture(tmp_path / "canvas.png", "canvas")
        triangles = page.evaluate("document.querySelector('[data-fact=triangles]').dataset.value")
    assert np.abs(middle_of(picture) - RED).max() <= 4
    assert triangles == "12"


def test_a_damaged_model_is_told_in_a_sentence(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    (run / "outputs/glb.glb").write_bytes((run / "outputs/glb.glb").read_bytes()[:500])
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait("document.querySelector('.space')?.dataset.state === 'failed'")
        assert page.text(".loading.failed").startswith("This model cannot be shown:")


def test_each_shading_shows_another_picture(run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait_for_model()
        pictures = []
        for name in ("Colour", "Clay", "Normals", "UV", "Density"):
            drawn = page.evaluate("Number(document.querySelector('canvas').dataset.pictures)")
            page.click(f'label[title="{name}"]')
            if name != "Colour":
                page.wait(f"Number(document.querySelector('canvas').dataset.pictures) > {drawn}")
            pictures.append(page.picture(tmp_path / f"{name}.png", "canvas"))
    for index, first in enumerate(pictures):
        for second in pictures[index + 1 :]:
            assert (np.abs(first - second).max(axis=2) > 30).mean() > 0.02


def test_the_density_view_tells_texels_per_centimetre(
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    # 8 texels per cm is the middle of a scale from 0.5 to 128: 64 texels over 8 cm.
    write_cube(run / "outputs/glb.glb", RED, side=0.08)
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait_for_model()
        drawn = page.evaluate("Number(document.querySelector('canvas').dataset.pictures)")
        page.click('label[title="Density"]')
        page.wait(f"Number(document.querySelector('canvas').dataset.pictures) > {drawn}")
        red, green, blue = middle_of(page.picture(tmp_path / "canvas.png", "canvas")).mean(axis=0)
    # viridis at one half is (0.128, 0.567, 0.551), shaded alike in all channels
    assert red / green == pytest.approx(0.128 / 0.567, abs=0.05)
    assert blue / green == pytest.approx(0.551 / 0.567, abs=0.05)


def test_the_ruler_measures_metres_between_two_clicks_and_the_truth_goes_back_to_the_job(
    run: Path, page: Any, serving: Callable[..., Any]
) -> None:
    changes: list[dict[str, Any]] = []
    write_cube(run / "outputs/glb.glb", RED)
    to_screen = """((x, y, z) => {
      const at = scenewright.camera.position.clone().set(x, y, z).project(scenewright.camera);
      const frame = scenewright.canvas.getBoundingClientRect();
      return { x: frame.x + (at.x + 1) / 2 * frame.width, y: frame.y + (1 - at.y) / 2 * frame.height };
    })"""
    with serving(make_app(run, start=changes.append)) as address:
        page.open(address + "/")
        page.wait_for_model()
        page.click('[aria-label^="Ruler"]')
        for corner in ((-0.3, 0.1, 0.5), (0.3, 0.9, 0.5)):  # on the front face: 0.6 across, 0.8 up
            page.call("mouse", page.evaluate(f"{to_screen}({', '.join(map(str, corner))})"))
        page.wait("!document.querySelector('.ruler-label').hidden")
        assert page.text(".ruler-label") == "1.00 m"
        page.call("type", {"selector": ".truth input", "text": "2.5"})
        page.wait("document.querySelector('.toast').innerText === 'The job runs again at this scale.'")
    assert changes == [{"stages.capture.config.metres_per_unit": pytest.approx(2.5, rel=1e-3)}]


def test_a_running_run_is_followed_to_its_end(tmp_path: Path, page: Any, serving: Callable[..., Any]) -> None:
    run = write_sample_run(tmp_path / "run", "running")
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait("document.querySelector('.detail-panel [role=progressbar]')?.ariaValueNow === '46'")
        assert "38 s left" in page.text(".detail-panel .progress")
        event = {
            "event": "stage_progress",
            "stage": "field",
            "fraction": 0.75,
            "eta_seconds": 12,
            "message": "step 2250",
        }
        with (run / "events.jsonl").open("a") as log:
            log.write(json.dumps(event) + "\n")
        page.wait("document.querySelector('.detail-panel [role=progressbar]')?.ariaValueNow === '75'")
        assert page.text('[data-stage="field"] .card-time') == "12 s left"
        with (run / "events.jsonl").open("a") as log:
            log.write('{"event": "stage_log", "stage": "field", "message": "half of it <b>done</b>"}\n')
        page.wait("document.querySelector('.log').innerText.includes('half of it <b>done</b>')")
        done = write_sample_run(tmp_path / "done")
        shutil.copytree(done / "artifacts", run / "artifacts", dirs_exist_ok=True)
        shutil.copytree(done / "outputs", run / "outputs", dirs_exist_ok=True)
        (done / "run.json").rename(run / "run.json")
        page.wait("document.querySelector('.top .pill').innerText === 'Finished'")
        page.wait_for_model()


def test_a_failed_stage_says_why(tmp_path: Path, page: Any, serving: Callable[..., Any]) -> None:
    run = write_sample_run(tmp_path / "run", "failed")
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait("document.querySelector('.error')")
        assert "no surface was found" in page.text(".error")
        assert page.text(".empty h2") == "surface failed"
        assert page.text('[data-stage="glb"] .sign') == ""
        assert page.evaluate("document.querySelector('[data-stage=glb]').dataset.state") == "skipped"


def test_a_run_is_started_from_the_page_and_watched_to_its_end(
    tmp_path: Path, page: Any, serving: Callable[..., Any]
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    write_sample_run(tmp_path / "done")
    (run / "job.json").write_bytes((tmp_path / "done/job.json").read_bytes())
    threads = []

    def work() -> None:
        write_sample_run(tmp_path / "half", "running")
        (tmp_path / "half/run.json").rename(run / "run.json")
        with (run / "events.jsonl").open("a") as log:
            log.write('{"event": "stage_progress", "stage": "field", "fraction": 0.5}\n')
        time.sleep(1)
        for name in ("artifacts", "outputs"):
            (tmp_path / "done" / name).rename(run / name)
        (tmp_path / "done/run.json").rename(run / "run.json")

    def start(job: Any) -> None:
        threads.append(threading.Thread(target=work))
        threads[0].start()

    with serving(make_app(run, start=start)) as address:
        page.open(address + "/")
        page.wait("document.querySelectorAll('.card[data-state=waiting]').length === 6")
        assert page.text(".top .pill") == "Not started"
        page.click("[data-tool=start]")
        page.wait("document.querySelector('[data-stage=field]').dataset.state === 'running'")
        page.wait("document.querySelector('.top .pill').innerText === 'Finished'")
        page.wait_for_model()
    threads[0].join()


def test_an_empty_folder_waits_for_its_run(tmp_path: Path, page: Any, serving: Callable[..., Any]) -> None:
    (tmp_path / "run").mkdir()
    with serving(make_app(tmp_path / "run")) as address:
        page.open(address + "/")
        page.wait("document.querySelector('.empty h2')?.innerText === 'No run here yet'")


def test_photos_cameras_and_depth_of_a_capture(
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path
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


def test_a_mesh_before_its_export(run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/#surface")
        page.wait_for_model()
        assert "7\u202f680 triangles" in page.text(".scale-note")
        picture = page.picture(tmp_path / "canvas.png", "canvas")
    colours = picture.reshape(-1, 3)
    assert (colours.max(axis=1) - colours.min(axis=1) > 60).mean() > 0.08  # the ring is colourful, the scene is not


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


@pytest.mark.parametrize(
    ("unit", "size", "square"),
    [
        ("metre", "3.72 m x 50.0 cm x 1.00 m", "1 square = 10 cm"),
        ("unknown", "3.72 x 0.5 x 1", "1 square = 10 cm in this file"),
    ],
)
def test_sizes_have_a_unit_where_it_is_known(
    unit: str, size: str, square: str, run: Path, page: Any, serving: Callable[..., Any]
) -> None:
    manifest = json.loads((run / "run.json").read_text())
    manifest["stages"]["glb"]["metrics"] = {"unit": unit, "size": [3.7202, 0.5, 1], "texture_size": [64, 32]}
    (run / "run.json").write_text(json.dumps(manifest))
    with serving(make_app(run)) as address:
        page.open(address + "/#glb")
        page.wait_for_model()
        said = page.text(".details").replace("\u00d7", "x")
        assert f"\nSize\t{size}\n" in said
        assert page.text(".scale-note").splitlines()[0] == square


def test_two_runs_are_compared_side_by_side(run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path) -> None:
    other = write_sample_run(tmp_path / "other")
    write_cube(run / "outputs/glb.glb", RED)
    write_cube(other / "outputs/glb.glb", GREEN)
    with serving(make_app(run, against=other)) as address:
        page.open(address + "/")
        page.wait_for_model()
        page.wait("document.querySelector('[aria-label=\"Compare with\"]')")
        page.wait_for_model()
        page.call("select", {"selector": "[aria-label='Compare with']", "value": "0"})
        page.wait("document.querySelector('canvas').dataset.compared === 'other: glb.glb'")
        frame = page.call("frame", "canvas")
        picture = page.picture(tmp_path / "canvas.png", "canvas")
    centre, row = int(frame["width"] / 2), int(frame["height"] / 2)
    assert np.abs(picture[row, centre - 40] - RED).max() <= 2
    assert np.abs(picture[row, centre + 40] - GREEN).max() <= 2


def test_names_with_markup_are_text(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    manifest = json.loads((run / "run.json").read_text())
    manifest["name"] = hostile
    manifest["stages"][hostile] = manifest["stages"].pop("glb") | {"reason": hostile, "metrics": {hostile: hostile}}
    (run / "run.json").write_text(json.dumps(manifest))
    with serving(make_app(run)) as address:
        page.open(address + "/")
        page.wait_for_model()
        assert page.text("h1") == hostile
        assert page.text(".details h2") == hostile
        assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0


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


def test_the_graph_is_spread_out_from_left_to_right(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    lefts = """['capture', 'field', 'surface', 'texture', 'glb']
      .map((id) => document.querySelector(`[data-stage=${id}]`).getBoundingClientRect().left)"""
    with serving(make_app(run)) as address:
        page.open(address + "/#field")
        page.wait("document.querySelectorAll('.card').length === 6")
        page.click("[data-tool=spread]")
        page.wait("document.querySelector('[data-tool=spread]').ariaPressed === 'true'")
        places = page.evaluate(lefts)
        assert places == sorted(set(places))
        page.click("[data-tool=spread]")
        page.wait("document.querySelector('[data-tool=spread]').ariaPressed === 'false'")
        assert len(set(page.evaluate(lefts)[:4])) == 1


def test_the_keyboard_walks_the_graph_and_turns_the_model(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/#capture")
        page.wait_for_model()
        page.evaluate("document.querySelector('[data-stage=capture]').focus()")
        page.call("press", "ArrowDown")
        page.wait("document.activeElement.dataset.stage === 'field'")
        assert page.evaluate("location.hash") == "#field"
        page.open(address + "/")
        page.wait_for_model()
        before = page.evaluate("scenewright.camera.position.x")
        page.evaluate("scenewright.canvas.focus()")
        page.call("press", "ArrowLeft")
        page.wait(f"Math.abs(scenewright.camera.position.x - {before}) > 0.01")


def test_every_control_has_a_name(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    with serving(make_app(run)) as address:
        for place in ("#glb", "#capture", "#surface", "#field", "#quality"):
            page.open(address + "/" + place)
            page.wait("document.querySelector('.tab')")
            page.wait("!document.querySelector('.view-body > .loading')")
            assert page.nameless() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_one_part_at_a_time_without_sideways_scrolling(
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path, scheme: str
) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/", width=360, height=740, scheme=scheme, isTouch=True)
        page.wait_for_model()
        for pane, panel in (("graph", ".graph-panel"), ("detail", ".detail-panel"), ("result", ".result-panel")):
            page.evaluate(f"document.querySelector('.pane-bar input[value={pane}]').click()")
            page.wait(f"document.querySelector('{panel}').offsetWidth > 300")
            assert page.evaluate("document.documentElement.scrollWidth") == 360
            visible = "[...document.querySelectorAll('.panel')].filter((one) => one.offsetWidth).length"
            assert page.evaluate(visible) == 1
        luminance = page.picture(tmp_path / "page.png").mean()
    assert luminance > 190 if scheme == "light" else luminance < 70


def test_the_connection_comes_back_by_itself(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(make_app(run), port=port) as address:
        page.open(address + "/")
        page.wait_for_model()
    page.wait("document.body.classList.contains('offline')")
    with serving(make_app(run), port=port):
        page.wait("!document.body.classList.contains('offline')")
    page.call("forgive")  # the browser reports the lost connection


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
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any], tmp_path: Path
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


def test_a_turntable_is_recorded_and_saved(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    write_cube(run / "outputs/glb.glb", RED)
    with serving(make_app(run)) as address:
        page.open(address + "/", width=500, height=400)
        page.wait_for_model()
        page.evaluate("(document.querySelector('[data-tool=turntable]').click(), 0)")
        page.wait("document.querySelector('.toast').innerText === 'The turntable was saved.'")
