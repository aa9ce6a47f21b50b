"""Every kind of artifact, opened on the page: its picture is not blank and holds what it should."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from viewer.sample_model import box, png
from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

VIEWS = Path(__file__).parents[2] / "viewer/web/views.ts"
RED, CLAY = (200, 60, 30), None
ELSEWHERE = {
    "field": "test_page_field.py",
    "model": "test_page_model.py",
    "cameras": "test_page_artifacts.py",
    "curves": "test_page_artifacts.py",
}
"""Views that other tests open and look at, because they need more than files."""


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **{name: np.asarray(array) for name, array in arrays.items()})
    return stream.getvalue()


def text(content: Any) -> bytes:
    return json.dumps(content).encode()


def solid(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), RED)


def cube() -> dict[str, np.ndarray]:
    vertices, faces, uv = box((1, 1, 1), (0, 0, 0))
    return {"vertices": vertices.astype("<f4"), "faces": faces.astype("<i4"), "uv": uv.astype("<f4")}


def points(n: int = 20) -> np.ndarray:
    return np.stack(np.meshgrid(*[np.linspace(-1, 1, n)] * 3), -1).reshape(-1, 3).astype("<f4")


def obj() -> bytes:
    lines = [f"v {x} {y} {z}" for x, y, z in cube()["vertices"]]
    return "\n".join(lines + [f"f {a} {b} {c}" for a, b, c in cube()["faces"] + 1]).encode()


def stl() -> bytes:
    corners = cube()["vertices"][cube()["faces"]].reshape(-1, 9)
    rows = b"".join(np.array([0, 0, 1, *row], "<f4").tobytes() + b"\0\0" for row in corners)
    return bytes(80) + len(corners).to_bytes(4, "little") + rows


def usdz() -> bytes:
    """A triangle of 1 m, as text in a package that is not compressed, which the format asks for."""
    stage = """#usda 1.0
(
    defaultPrim = "Root"
    metersPerUnit = 1
    upAxis = "Y"
)
def Xform "Root"
{
    def Mesh "Triangle"
    {
        int[] faceVertexCounts = [3]
        int[] faceVertexIndices = [0, 1, 2]
        point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]
        uniform token subdivisionScheme = "none"
    }
}
"""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        package.writestr("model.usda", stage)
    return stream.getvalue()


def ply() -> bytes:
    places = points(12)
    names = "".join(f"property float {axis}\n" for axis in "xyz")
    names += "".join(f"property uchar {name}\n" for name in ("red", "green", "blue"))
    rows = "".join(f"{x} {y} {z} {RED[0]} {RED[1]} {RED[2]}\n" for x, y, z in places)
    return f"ply\nformat ascii 1.0\nelement vertex {len(places)}\n{names}end_header\n{rows}".encode()


def layers() -> dict[str, bytes]:
    x, y = (grid.reshape(-1).astype("<i4") for grid in np.meshgrid(range(40), range(30)))
    color = np.tile(np.array(RED, np.uint8), (len(x), 1))
    arrays = npz(x=x, y=y, disparity=np.full(len(x), 0.5, "<f4"), neighbours=np.zeros((len(x), 4), "<i4"), color=color)
    return {"layers.npz": arrays, "layers.json": text({"view": {"focal": 40.0, "width": 40, "height": 30}})}


PLAN = {
    "name": "den",
    "floor": [[-2, 1.5], [2, 1.5], [2, -1.5], [-2, -1.5]],
    "height": 2.5,
    "openings": [],
    "boxes": [{"name": "bed", "label": "bed", "center": [0, 0.5, 0], "size": [1.6, 1, 2], "yaw": 0, "style": ""}],
    "style": "rustic",
    "repairs": [],
}
ROOM = {f"{name}_0": array for name, array in cube().items()}
RAMP = np.tile(np.linspace(0.1, 1, 64, dtype="<f4"), (48, 1))
REPORT = f"<!doctype html><body style='margin:0;background:rgb{RED}'><h1>Quality</h1>"

KINDS: dict[str, tuple[str, dict[str, bytes], tuple[int, int, int] | None]] = {
    "photos": ("Photo", {"photo.png": png(solid(64, 48)), "photo.json": b"{}"}, RED),
    "panorama": ("RoomPictures", {"color-0.png": png(solid(64, 32)), "plan.json": text(PLAN)}, RED),
    "depth": ("InverseDepth", {"inverse_depth.npz": npz(values=RAMP, confidence=RAMP)}, None),
    "classes": (
        "ProxyMaps",
        {
            "proxy-0.npz": npz(semantic=np.zeros((20, 40), np.uint8)),
            "classes.json": text([{"name": "floor", "color": RED}]),
        },
        RED,
    ),
    "plan": ("RoomPlan", {"plan.json": text(PLAN)}, None),
    "room": (
        "RoomModel",
        {
            "room.npz": npz(**ROOM),
            "room.json": text({"parts": [{"name": "shell", "page": 0}]}),
            "lit_0.png": png(solid(8, 8)),
            "albedo_0.png": png(Image.new("RGB", (8, 8), "white")),
        },
        RED,
    ),
    "mesh": ("Mesh", {"mesh.npz": npz(**cube()), "texture.png": png(solid(8, 8))}, RED),
    "mesh:level_1/mesh.npz": (
        "Lods",
        {
            "level_0/mesh.npz": npz(**cube()),
            "level_1/mesh.npz": npz(**cube()),
            "level_0/texture.png": png(solid(8, 8)),
        },
        RED,
    ),
    "layers": ("Layers", layers(), RED),
    "points": (
        "PointCloud",
        {"points.npz": npz(points=points(), colors=np.full((8000, 3), RED, np.uint8))},
        RED,
    ),
    "cloud": ("MeshFiles", {"mesh.ply": ply()}, RED),
    "foreign": ("MeshFiles", {"mesh.obj": obj()}, CLAY),
    "foreign (stl)": ("MeshFiles", {"mesh.stl": stl()}, CLAY),
    "foreign (usdz)": ("UsdzFile", {"model.usdz": usdz()}, CLAY),
    "vectors": (
        "Embedding",
        {"embedding.npz": npz(vector=np.ones(4, "<f4")), "embedding.json": text({"encoder": "words:1", "prompt": "a"})},
        None,
    ),
    "report": ("QualityReport", {"report.html": REPORT.encode()}, RED),
    "data": ("FieldReport", {"scores.json": text({"psnr": 29.71})}, None),
    "files": ("Unheard", {"thing.xyz": b"?"}, None),
    "video": ("RenderedViews", {}, RED),
}

FILM = """(async () => {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 360;
  const draw = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  for (let frame = 0; frame < 12; frame++) {
    draw.fillStyle = `rgb(200 60 ${30 + frame % 2})`;
    draw.fillRect(0, 0, 640, 360);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  recorder.stop();
  await ended;
  return btoa(String.fromCharCode(...new Uint8Array(await new Blob(parts).arrayBuffer())));
})()"""


def test_every_view_of_the_page_is_opened_by_a_test() -> None:
    offered = set(re.findall(r'\bid: (?:[^"?]*\? [^"]*: )?"([a-z]+)"', VIEWS.read_text()))
    opened = {name.split(":")[0].split(" ")[0] for name in KINDS} | set(ELSEWHERE)
    assert len(offered) > 15
    assert offered - opened == set(), "a new view joins the table"


def test_each_kind_opens_and_shows_what_it_should(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    with serving(make_app(run)) as address:
        page.open(address + "/#capture", width=900, height=600)
        page.wait("document.querySelector('.tab')")
        film = {"film.webm": base64.b64decode(page.evaluate(FILM))}
        for number, (kind, files, _) in enumerate(KINDS.values()):
            with_files(f"k{number}", kind, files or film)
        page.wait(f"document.querySelectorAll('.card').length === {6 + len(KINDS)}")
        for number, (name, (kind, _, colour)) in enumerate(KINDS.items()):
            view = name.split(" ")[0]
            page.evaluate(f"(location.hash = 'k{number}', 0)")
            page.wait(f"document.querySelector('.details h2')?.innerText === 'k{number}'")
            page.evaluate(f"(document.querySelector(\"[data-view='{view}']\").click(), 0)")
            page.wait(f"document.querySelector('.view-body').dataset.view === '{view}'")
            page.wait("!document.querySelector('.view-body > .loading')")
            for _ in range(20):  # what is decoded by workers is drawn a moment later
                if (seen := opened(page, tmp_path / f"k{number}.png", colour)) > 0.01:
                    break
            assert page.nameless() == []
            assert seen > 0.01, f"{name}: {kind} shows too little of what it should ({seen:.1%})"


LATE = """(() => {
  const fetched = window.fetch;
  window.fetch = async (url, settings) => {
    const isFirst = String(url).endsWith("level_0/mesh.npz");
    window.isAsked ||= isFirst;
    const answer = await fetched(url, isFirst ? { ...settings, signal: undefined } : settings);
    if (!isFirst) return answer;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    setTimeout(() => (window.isLate = true), 500);
    return answer;
  };
})()"""


def test_a_view_that_comes_late_leaves_alone_what_was_asked_for_meanwhile(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    levels = {f"level_{level}/mesh.npz": npz(**cube()) for level in (0, 1)}
    with_files("levels", "Lods", {**levels, "level_0/texture.png": png(solid(8, 8))})
    with serving(make_app(run)) as address:
        page.open(address + "/#capture", width=900, height=600)
        page.wait("document.querySelector('.tab')")
        page.evaluate(LATE)
        page.evaluate("(location.hash = 'levels', 0)")
        page.wait("window.isAsked")
        page.evaluate("(document.querySelector(\"[data-view='mesh:level_1/mesh.npz']\").click(), 0)")
        page.wait("window.isLate")
        page.wait("document.querySelector('.space')?.dataset.state === 'ready'")
        assert opened(page, tmp_path / "level.png", RED) > 0.01


def opened(page: Any, path: Path, colour: tuple[int, int, int] | None) -> float:
    """The share of the view that has this colour, or any but the ground's, once it is more than a hundredth."""
    share = 0.0
    for _ in range(100):
        picture = page.picture(path, ".view-body")
        if colour is None:
            values, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
            share = float((np.abs(picture - values[counts.argmax()]).max(axis=2) > 24).mean())
        else:
            share = float(
                (np.abs(picture - colour).max(axis=2) < 30).mean()
            )  # a film has not quite its pictures' colours
        if share > 0.01:
            break
    return share


def test_a_picture_that_is_given_out_too_is_shown_once(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any]
) -> None:
    with_files("film", "Pictures", {"left.png": png(solid(8, 8)), "right.png": png(solid(8, 8))})
    (run / "outputs/film").mkdir()
    (run / "outputs/film/left.png").write_bytes(png(solid(8, 8)))
    manifest = json.loads((run / "run.json").read_text())
    manifest["stages"]["film"]["outputs"] = ["outputs/film/left.png"]
    (run / "run.json").write_text(json.dumps(manifest))
    with serving(make_app(run)) as address:
        page.open(address + "/#film")
        page.wait("document.querySelector('[data-view=photos]')?.innerText === 'Pictures (2)'")


def test_a_mesh_without_a_unit_is_not_measured_in_metres(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any]
) -> None:
    with_files("bare", "Mesh", {"mesh.npz": npz(**cube()), "mesh.json": text({"unit": "unknown"})})
    with_files("metric", "Mesh", {"mesh.npz": npz(**cube()), "mesh.json": text({"unit": "metre"})})
    with serving(make_app(run)) as address:
        for stage, size in (("bare", "1 x 1 x 1 in an unknown unit"), ("metric", "1.00 m x 1.00 m x 1.00 m")):
            page.open(f"{address}/#{stage}")
            page.wait("document.querySelector('.space')?.dataset.state === 'ready'")
            assert page.text(".scale-note").replace("\u00d7", "x") == f"12 triangles, 24 vertices · {size}"
