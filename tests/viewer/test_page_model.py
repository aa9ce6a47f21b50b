"""A model on the page: its colours, ways to look at it, sizes, and two side by side."""

import json
import subprocess
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
WAYS = ("plain", "meshopt", "draco", "ktx2")
RED, GREEN = (200, 60, 30), (40, 160, 90)


def write_cube(path: Path, colour: tuple[int, int, int], side: float = 1.0) -> None:
    """An unlit cube of one colour standing on the floor."""
    write_glb(path, [(*box((side, side, side), (0, 0, 0)), png(Image.new("RGB", (64, 64), colour)))])


def test_a_finished_run_opens_on_its_model_in_its_own_colours(
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path, middle_of: Callable[[np.ndarray], np.ndarray]
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


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cube in each of the ways to pack a GLB."""
    folder = tmp_path_factory.mktemp("packed")
    write_cube(folder / "plain.glb", RED)
    subprocess.run(["node", str(HERE / "compress.mjs"), folder / "plain.glb", folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_packed_models_show_like_plain_ones(
    run: Path,
    page: Any,
    serving: Callable[..., Any],
    packed: Path,
    tmp_path: Path,
    way: str,
    middle_of: Callable[[np.ndarray], np.ndarray],
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


def test_a_mesh_before_its_export(run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/#surface")
        page.wait_for_model()
        assert "7\u202f680 triangles" in page.text(".scale-note")
        picture = page.picture(tmp_path / "canvas.png", "canvas")
    colours = picture.reshape(-1, 3)
    assert (colours.max(axis=1) - colours.min(axis=1) > 60).mean() > 0.08  # the ring is colourful, the scene is not


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
    run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path, middle_of: Callable[[np.ndarray], np.ndarray]
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
    metrics = {"unit": unit, "size": [3.7202, 0.5, 1], "asks": {"triangles": 39999, "gpu_bytes": 1551953}}
    manifest["stages"]["glb"]["metrics"] = metrics
    (run / "run.json").write_text(json.dumps(manifest))
    with serving(make_app(run)) as address:
        page.open(address + "/#glb")
        page.wait_for_model()
        said = page.text(".details").replace("\u00d7", "x")
        assert f"\nSize\t{size}\n" in said
        assert "\nAsks: triangles\t39\u202f999\nAsks: GPU bytes\t1.55 MB\n" in said
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


def test_a_turntable_is_recorded_and_saved(run: Path, page: Any, serving: Callable[..., Any]) -> None:
    write_cube(run / "outputs/glb.glb", RED)
    with serving(make_app(run)) as address:
        page.open(address + "/", width=500, height=400)
        page.wait_for_model()
        page.evaluate("(document.querySelector('[data-tool=turntable]').click(), 0)")
        page.wait("document.querySelector('.toast').innerText === 'The turntable was saved.'")
