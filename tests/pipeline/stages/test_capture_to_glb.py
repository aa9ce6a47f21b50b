"""The first stages together, on the capture that ships with the project and on a measured room."""

import hashlib
import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meshing.mesh import Mesh
from meshing.raycast_embree import RayCaster
from nerf.posed_images import PosedImages
from pipeline import read_job, run

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "assets" / "captures" / "demo"


@pytest.fixture(scope="module")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every fourth frame of the demo capture."""
    folder = tmp_path_factory.mktemp("capture")
    for path in DEMO.iterdir():
        if not path.name.startswith("frame-") or int(path.name[6:12]) % 4 == 0:
            shutil.copy(path, folder / path.name)
    return folder


@pytest.fixture(scope="module")
def demo_run(small_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo job, coarser, run to its end."""
    return run_demo(small_demo, tmp_path_factory.mktemp("run"))


def run_demo(capture: Path, folder: Path) -> Path:
    settings = [
        f"stages.capture.config.path={json.dumps(str(capture))}",
        "stages.surface.config.voxel=0.04",
        "stages.light.config.triangles=5000",
        "stages.textured.config.size=512",
    ]
    job = read_job(ROOT / "assets/jobs/demo.json", settings=settings)
    run(job, folder / "out", store=folder / "store", device="cpu")
    return folder / "out"


def document_of(glb: Path) -> dict[str, Any]:
    data = glb.read_bytes()
    length = struct.unpack("<I", data[12:16])[0]
    document: dict[str, Any] = json.loads(data[20 : 20 + length])
    return document


def test_the_same_job_and_seed_give_the_same_bytes(small_demo: Path, demo_run: Path, tmp_path: Path) -> None:
    again = run_demo(small_demo, tmp_path)
    sums = [hashlib.sha256((out / "outputs/glb.glb").read_bytes()).hexdigest() for out in (demo_run, again)]
    assert sums[0] == sums[1]


@pytest.mark.node
def test_the_glb_has_no_error_in_the_validator(
    demo_run: Path, validate_glb: Callable[..., list[dict[str, Any]]]
) -> None:
    (report,) = validate_glb(demo_run / "outputs/glb.glb")
    assert report["issues"]["numErrors"] == report["issues"]["numWarnings"] == 0, report


def test_the_room_stands_upright_on_the_floor_in_metres(demo_run: Path) -> None:
    manifest = json.loads((demo_run / "run.json").read_text())
    assert manifest["stages"]["glb"]["metrics"]["unit"] == "metre"
    document = document_of(demo_run / "outputs/glb.glb")
    positions = next(a for a in document["accessors"] if "min" in a and a["type"] == "VEC3")
    assert abs(positions["min"][1]) < 0.15  # noise hangs a little below the floor
    size = np.subtract(positions["max"], positions["min"])
    assert 1.5 < size[1] < 3.0
    assert (size[[0, 2]] > 2.0).all()


def test_colour_is_unlit_texture_with_licence_and_provenance(demo_run: Path) -> None:
    document = document_of(demo_run / "outputs/glb.glb")
    (material,) = document["materials"]
    assert "KHR_materials_unlit" in material["extensions"]
    assert material["pbrMetallicRoughness"]["metallicFactor"] == 0
    assert "baseColorTexture" in material["pbrMetallicRoughness"]
    assert any("Apache-2.0" in licence for licence in document["asset"]["extras"]["licences"])
    assert document["asset"]["extras"]["provenance"]["stage"] == "export_gltf"


def test_the_way_back_to_the_capture_is_in_the_file(demo_run: Path) -> None:
    """The cameras' own coordinates: what lies 1 m before the first camera comes out there again."""
    views = PosedImages.load(demo_run / "artifacts/capture")
    capture_from_asset = np.array(document_of(demo_run / "outputs/glb.glb")["asset"]["extras"]["capture_from_asset"])
    surface = Mesh.load(demo_run / "artifacts/textured")
    lowered = np.linalg.inv(capture_from_asset) @ surface.capture_from_mesh  # asset_from_mesh
    np.testing.assert_allclose(lowered[:3, :3], np.eye(3), atol=1e-5)
    np.testing.assert_allclose(lowered[[0, 2], 3], 0, atol=1e-5)
    pose = np.loadtxt(DEMO / "frame-000000.pose.txt")
    np.testing.assert_allclose(views.scene.capture_from_scene @ views.world_from_camera[0], pose, atol=1e-5)


def test_a_measured_room_is_met_within_two_centimetres(shared_data: Path, tmp_path: Path) -> None:
    stages = {
        "capture": {"stage": "load_capture", "config": {"path": str(shared_data / "rgbd_7scenes"), "every": 4}},
        "surface": {"stage": "fuse_depth", "inputs": {"views": "capture"}, "config": {"voxel": 0.03}},
    }
    (tmp_path / "job.json").write_text(json.dumps({"version": 1, "stages": stages}))
    run(read_job(tmp_path / "job.json"), tmp_path / "out", store=tmp_path / "store", device="cpu")
    views = PosedImages.load(tmp_path / "out/artifacts/capture")
    assert len(views) == 25
    mesh = Mesh.load(tmp_path / "out/artifacts/surface")
    caster, errors = RayCaster(mesh.vertices, mesh.faces), []
    for view in range(0, len(views), 3):
        depth = views.depth(view)
        rows, columns = np.nonzero((depth > 0) & (depth < 5))
        rows, columns = rows[::199], columns[::199]
        rays = views.camera(view).directions(np.stack([columns + 0.5, rows + 0.5], axis=1))
        pose = views.world_from_camera[view]
        hits = caster.cast(np.broadcast_to(pose[:3, 3], rays.shape), rays @ pose[:3, :3].T)
        errors.append(np.abs(hits.distance - depth[rows, columns]))
    error = np.concatenate(errors)
    assert np.isfinite(error).mean() > 0.9
    assert np.median(error) < 0.02


def test_a_capture_without_some_of_its_files_says_which(shared_data: Path, tmp_path: Path) -> None:
    stages = {"capture": {"stage": "load_capture", "config": {"path": str(shared_data / "fox")}}}
    (tmp_path / "job.json").write_text(json.dumps({"version": 1, "stages": stages}))
    manifest = run(read_job(tmp_path / "job.json"), tmp_path / "out", store=tmp_path / "store", device="cpu")
    metrics = manifest["stages"]["capture"]["metrics"]
    assert (metrics["frames"], metrics["frames_named"]) == (50, 67)
    assert len(metrics["left_out"]) == 17
    assert "images/0005.jpg" in metrics["left_out"]
