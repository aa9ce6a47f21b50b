"""A photo goes through all of its stages: a right result, or one clear sentence."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from meshing.photo.parallax import PhotoViews
from pipeline.api import default_catalogue
from pipeline.commands.plan import print_plan
from pipeline.errors import StageFailed, UserError
from pipeline.job import check_job
from pipeline.plan import make_plan
from pipeline.run import run_job
from pipeline.stage import Context
from pipeline.stages.estimate_depth import EstimateDepthConfig, chosen_source, estimate_depth
from pipeline.stages.load_photo import LoadPhotoConfig, examine_photo, load_photo
from pipeline.store import Store
from pipeline.template_photo import photo_job
from vision.depth import InverseDepth
from vision.photo import Photo

CATALOGUE = default_catalogue()


def picture(width: int = 64, height: int = 48) -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.paste("red", (width // 3, height // 4, width // 2, 3 * height // 4))
    return image


def run(path: Path, folder: Path, inline: Callable[[], Any], name: str = "out", **depth: Any) -> Path:
    job = photo_job(path, folder)
    job["stages"]["depth"]["config"] = {"source": "ramp"} | depth
    job["stages"]["views"]["config"] = {"side": 48, "frames": 2}
    checked = check_job(job, CATALOGUE, folder=folder)
    run_job(checked, Store(folder / f"store-{name}"), folder / name, executor=inline(), catalogue=CATALOGUE.reference)
    return folder / name


def gltf(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    (length,) = struct.unpack("<I", data[12:16])
    described: dict[str, Any] = json.loads(data[20 : 20 + length])
    return described


def test_a_photo_becomes_the_same_glb_each_time_with_the_place_for_a_head(
    tmp_path: Path, inline: Callable[[], Any]
) -> None:
    picture().save(tmp_path / "cat.png")
    one, two = (run(tmp_path / "cat.png", tmp_path, inline, name) for name in ("one", "two"))
    glb = next(one.rglob("*.glb"))
    assert glb.read_bytes() == next(two.rglob("*.glb")).read_bytes()
    extras = gltf(glb)["scenes"][0]["extras"]
    assert extras["spawn"]["position"] == [0, 0, 0]
    assert extras["spawn"]["facing"][2] < -0.95
    low, high = (np.array(extras["safe_volume"][end]) for end in ("min", "max"))
    np.testing.assert_allclose(low, -high)
    assert (high > 0).all()
    assert PhotoViews.load(next(one.rglob("film.webp")).parent).side_by_side


def test_measured_depth_gives_a_mesh_in_metres(tmp_path: Path, inline: Callable[[], Any]) -> None:
    picture().save(tmp_path / "cat.png")
    depth = np.full((48, 64), 4.0)
    depth[12:36, 20:32] = 1.5
    np.save(tmp_path / "depth.npy", depth)
    out = run(tmp_path / "cat.png", tmp_path, inline, source="file", file="depth.npy")
    described = gltf(next(out.rglob("*.glb")))
    assert described["asset"]["extras"]["unit"] == "metre"
    positions = described["accessors"][described["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    assert -4.1 < positions["min"][2] < -3.8
    assert -1.6 < positions["max"][2] < -1.4


@pytest.mark.parametrize("kind", ["cmyk", "16-bit", "animated", "turned", "grey", "palette"])
def test_odd_pictures_come_through(tmp_path: Path, inline: Callable[[], Any], kind: str) -> None:
    image, path = picture(), tmp_path / "a.png"
    if kind == "cmyk":
        path = tmp_path / "a.jpg"
        image.convert("CMYK").save(path)
    elif kind == "16-bit":
        Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 257).save(path)
    elif kind == "animated":
        path = tmp_path / "a.gif"
        image.save(path, save_all=True, append_images=[Image.new("RGB", image.size)])
    elif kind == "turned":
        path = tmp_path / "a.jpg"
        exif = Image.Exif()
        exif[0x0112] = 6
        image.save(path, exif=exif)
    else:
        image.convert("L" if kind == "grey" else "P").save(path)
    out = run(path, tmp_path, inline)
    assert list(out.rglob("*.glb"))
    with Image.open(next(out.rglob("side-by-side.jpg"))) as both:
        assert both.size == ((72, 48) if kind == "turned" else (96, 36))


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("1x1", "a photo needs at least"),
        ("truncated", "damaged or cut short"),
        ("text", "is not a readable picture"),
        ("empty", "the file is empty"),
    ],
)
def test_bad_pictures_are_refused_before_work_in_one_sentence(tmp_path: Path, kind: str, says: str) -> None:
    path = tmp_path / "a.png"
    if kind == "1x1":
        Image.new("RGB", (1, 1)).save(path)
    elif kind == "truncated":
        picture(200, 200).save(path)
        path.write_bytes(path.read_bytes()[:300])
    else:
        path.write_bytes(b"" if kind == "empty" else b"hello")
    (finding,) = examine_photo(LoadPhotoConfig(path=path))
    assert finding.severity == "error"
    assert says in finding.message
    with pytest.raises(UserError, match=says):
        photo_job(path, tmp_path)


def test_a_white_photo_and_depth_of_nothing_are_one_sentence(tmp_path: Path, inline: Callable[[], Any]) -> None:
    Image.new("RGB", (64, 48), "white").save(tmp_path / "white.png")
    with pytest.raises(StageFailed, match="has one colour everywhere"):
        run(tmp_path / "white.png", tmp_path, inline)
    picture().save(tmp_path / "cat.png")
    for name, values in (("zeros", np.zeros((48, 64))), ("nan", np.full((48, 64), np.nan))):
        np.save(tmp_path / f"{name}.npy", values)
        with pytest.raises(StageFailed, match="no positive finite depth"):
            run(tmp_path / "cat.png", tmp_path, inline, name, source="file", file=f"{name}.npy")


def test_the_best_source_there_is_comes_first(tmp_path: Path) -> None:
    rgb = np.zeros((16, 16, 3), np.uint8)
    held = InverseDepth(np.eye(16, dtype=np.float32), np.ones((16, 16), np.float32), source="gdepth")
    plain, deep, pair = Photo(rgb), Photo(rgb, depth=held, right=rgb), Photo(rgb, right=rgb)
    auto, hub = EstimateDepthConfig(), EstimateDepthConfig(hub="some/model")
    given = EstimateDepthConfig(file=tmp_path / "d.npy", hub="some/model")
    assert [chosen_source(given, photo) for photo in (plain, deep)] == ["file", "file"]
    assert [chosen_source(auto, photo) for photo in (deep, pair, plain)] == ["photo", "stereo", "embedded"]
    assert [chosen_source(hub, photo) for photo in (deep, pair, plain)] == ["photo", "stereo", "model"]
    assert chosen_source(EstimateDepthConfig(source="ramp"), deep) == "ramp"


def test_depth_inside_the_photo_is_used_and_survives_the_disk(tmp_path: Path) -> None:
    picture().save(tmp_path / "cat.png")
    context = Context(0, tmp_path / "work")
    photo = load_photo(LoadPhotoConfig(path=tmp_path / "cat.png", licence="CC0-1.0"), context)
    values = np.tile(np.linspace(1, 2, 8, dtype=np.float32), (6, 1))
    held = InverseDepth(values, np.ones_like(values), True, "gdepth")
    deep = Photo(photo.rgb, photo.focal, photo.projection, photo.name, photo.licence, held, photo.rgb)
    deep.save(tmp_path / "photo")
    again = Photo.load(tmp_path / "photo")
    depth = estimate_depth(EstimateDepthConfig(), context, photo=again)
    assert (depth.source, depth.metric, depth.detail, depth.values.shape) == ("gdepth", True, 8, (48, 64))
    assert again.right is not None
    assert context.metrics["source"] == "photo"
    assert context.licences == ["CC0-1.0"]


def test_a_panorama_becomes_a_scene_around_the_viewer(tmp_path: Path, inline: Callable[[], Any]) -> None:
    across = Image.linear_gradient("L").rotate(90).resize((64, 64))
    whole = Image.new("RGB", (128, 64))
    whole.paste(across, (0, 0))
    whole.paste(across.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (64, 0))
    xmp = b'<x xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" GPano:ProjectionType="equirectangular"/>'
    whole.save(tmp_path / "hall.jpg", xmp=xmp)
    out = run(tmp_path / "hall.jpg", tmp_path, inline)
    described = gltf(next(out.rglob("*.glb")))
    positions = described["accessors"][described["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    assert min(positions["max"]) > 0.3
    assert max(positions["min"]) < -0.3
    assert described["scenes"][0]["extras"]["spawn"]["position"] == [0, 0, 0]
    with Image.open(next(out.rglob("side-by-side.jpg"))) as both:
        assert both.size == (96, 36)


def test_the_plan_says_where_depth_will_come_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture().save(tmp_path / "cat.png")
    job = photo_job(tmp_path / "cat.png", tmp_path)
    np.save(tmp_path / "depth.npy", np.ones((4, 4)))
    said = []
    for config in ({"source": "auto"}, {"source": "auto", "file": "depth.npy"}):
        job["stages"]["depth"]["config"] = config
        print_plan(make_plan(check_job(job, CATALOGUE, folder=tmp_path), Store(tmp_path / "store")))
        said.append(capsys.readouterr().out)
    assert all("photo: holds no depth: it will be estimated from the picture alone" in text for text in said)
    assert "depth: depth from the network that ships; depth or a second picture inside the photo comes first" in said[0]
    assert "depth: depth from the file given\n" in said[1]
