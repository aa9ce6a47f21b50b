"""The page in a real browser: what it shows of a run, live and afterwards."""

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from viewer.sample import write_sample_run
from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]


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
