"""Every stage that ships passes the same tests: it explains itself, repeats itself, its result survives the disk."""

import hashlib
import importlib
import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.api import default_catalogue
from pipeline.job import check_job
from pipeline.reference import stage_page, stages_page
from pipeline.run import run_job
from pipeline.schema import job_schema, schema_text
from pipeline.stage import Stage
from pipeline.store import Store

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "assets" / "captures" / "demo"
CATALOGUE = default_catalogue()

OWN_WEIGHTS = {kind: f"weights/object-{kind}" for kind in ("encoder", "generator", "prior")}

EXAMPLE: dict[str, Any] = {
    "load_capture": {"config": {"path": "capture", "licence": "CC0-1.0"}},
    "estimate_poses": {"config": {"path": "capture"}},
    "calibrate_colour": {"config": {"each_photo": False}, "inputs": {"views": "load_capture"}},
    "fuse_depth": {"config": {"voxel": 0.1}, "inputs": {"views": "load_capture"}},
    "geometry_from_depth": {"config": {"points": 400}, "inputs": {"views": "load_capture"}},
    "geometry_from_points": {"config": {"path": "points.ply"}, "inputs": {"views": "load_capture"}},
    "geometry_from_mesh": {"config": {"points": 300}, "inputs": {"mesh": "fuse_depth", "views": "load_capture"}},
    "reconstruct": {
        "config": {"stop": {"steps": 8}, "long_side": 48, "table": 10, "finest": 32},
        "inputs": {"views": "load_capture", "geometry": "geometry_from_depth"},
    },
    "geometry_from_field": {
        "config": {"points": 300},
        "inputs": {"field": "reconstruct", "views": "load_capture"},
    },
    "render_field": {
        "config": {"frames": 3, "width": 24, "height": 18, "normals": True, "film": "webp"},
        "inputs": {"field": "reconstruct"},
    },
    "evaluate_field": {
        "config": {"photos": "all", "long_side": 24},
        "inputs": {"field": "reconstruct", "views": "load_capture"},
    },
    "extract_mesh": {"config": {"resolution": 24}, "inputs": {"field": "reconstruct"}},
    "encode_text": {"config": {"text": "a red chair", "encoder": "weights/object-encoder"}},
    "encode_image": {"config": {"path": "chair.png", "encoder": "weights/object-encoder"}},
    "sample_latent": {
        "config": {"candidates": 2, "views": 1, "steps": 2, **OWN_WEIGHTS},
        "inputs": {"prompts": ["encode_text", "encode_image"]},
    },
    "random_latent": {
        "config": {"candidates": 2, "generator": OWN_WEIGHTS["generator"], "prior": OWN_WEIGHTS["prior"]}
    },
    "invert_image": {
        "config": {
            "path": "chair.png",
            "steps": 1,
            "generator": OWN_WEIGHTS["generator"],
            "inversion": "weights/object-inversion",
        }
    },
    "render_views": {
        "config": {"views": 2, "size": 16, "generator": OWN_WEIGHTS["generator"]},
        "inputs": {"latent": "invert_image"},
    },
    "latent_geometry": {
        "config": {"resolution": 24, "texture": 64, "generator": OWN_WEIGHTS["generator"]},
        "inputs": {"latent": "sample_latent"},
    },
    "import_mesh": {"config": {"path": "triangle.obj", "metres_per_unit": 0.01, "licence": "CC-BY-4.0"}},
    "load_room": {"config": {"path": "room.json"}},
    "furnish_room": {"config": {"text": "a tiny bathroom with a green rug"}},
    "place_object": {"config": {"box": "bed"}, "inputs": {"plan": "load_room", "mesh": "import_mesh"}},
    "build_room": {
        "config": {"texture": 512, "light_spacing": 0.4, "rays": 4},
        "inputs": {"plan": "load_room", "objects": ["place_object"]},
    },
    "export_room": {"inputs": {"room": "build_room"}},
    "render_proxy": {"config": {"height": 32, "places": 2}, "inputs": {"plan": "furnish_room"}},
    "photograph_room": {"config": {"height": 48}, "inputs": {"room": "build_room"}},
    "generate_panorama": {"inputs": {"proxy": "render_proxy"}},
    "align_depth": {"inputs": {"pictures": "photograph_room"}},
    "complete_room": {"config": {"most": 1, "voxel": 0.1}, "inputs": {"pictures": "align_depth"}},
    "fuse_room": {"config": {"voxel": 0.1}, "inputs": {"pictures": "complete_room"}},
    "texture_room": {
        "config": {"triangles": 800, "size": 128},
        "inputs": {"mesh": "fuse_room", "pictures": "complete_room"},
    },
    "simplify_mesh": {"config": {"triangles": 600}, "inputs": {"mesh": "fuse_depth"}},
    "texture_mesh": {
        "config": {"size": 128, "refine": 1, "refine_shape": 1},
        "inputs": {"mesh": "simplify_mesh", "views": "load_capture"},
    },
    "report_quality": {"config": {"every": 4}, "inputs": {"mesh": "texture_mesh", "views": "load_capture"}},
    "export_mesh": {"config": {"format": "obj"}, "inputs": {"mesh": "texture_mesh"}},
    "load_photo": {"config": {"path": "photo.png", "licence": "CC-BY-4.0"}},
    "estimate_depth": {"config": {"source": "ramp"}, "inputs": {"photo": "load_photo"}},
    "build_layers": {
        "config": {"parallax": 0.1},
        "inputs": {"photo": "load_photo", "depth": "estimate_depth"},
    },
    "inpaint_layers": {"inputs": {"layers": "build_layers"}},
    "mesh_photo": {"config": {"triangles": 900}, "inputs": {"layers": "inpaint_layers"}},
    "photo_views": {
        "config": {"side": 48, "frames": 2},
        "inputs": {"mesh": "mesh_photo", "layers": "inpaint_layers"},
    },
    "make_lods": {"config": {"shares": (0.5, 0.2)}, "inputs": {"mesh": "texture_mesh"}},
    "export_gltf": {"inputs": {"mesh": "make_lods"}},
    "export_usdz": {"inputs": {"mesh": "make_lods"}},
}
"""A small job in which every stage of the catalogue runs once, under its own name."""

PLY = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nend_header\n"


@pytest.fixture(scope="module")
def made(
    inline: Callable[[], Any], untrained_weights: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Store, dict[str, Any]]]:
    """The example job, run in two stores."""
    folder = tmp_path_factory.mktemp("example")
    (folder / "capture").mkdir()
    for path in DEMO.iterdir():
        if not path.name.startswith("frame-") or int(path.name[6:12]) % 12 == 0:
            shutil.copy(path, folder / "capture" / path.name)
    (folder / "points.ply").write_text(f"{PLY}0 0 0\n1 0 0\n0 1 0\n")
    untrained_weights(folder / "weights")
    Image.new("RGB", (32, 32), "white").save(folder / "chair.png")
    photo = Image.linear_gradient("L").resize((48, 40)).convert("RGB")
    photo.paste("red", (16, 12, 30, 30))
    photo.save(folder / "photo.png")
    room = {"floor": {"width": 3, "depth": 3}, "boxes": [{"label": "bed", "center": [0, 0]}]}
    (folder / "room.json").write_text(json.dumps(room))
    (folder / "triangle.obj").write_text("v 0 0 0\nv 100 0 0\nv 0 100 0\nf 1 2 3\n")
    here = [name for name in EXAMPLE if not CATALOGUE[name].unavailable()]
    stages = {name: {"stage": name, **EXAMPLE[name]} for name in here}
    job = check_job({"name": "example", "seed": 7, "stages": stages}, CATALOGUE, folder=folder)
    results = []
    for name in ("one", "two"):
        store = Store(folder / f"store-{name}")
        manifest = run_job(job, store, folder / name, executor=inline(), catalogue=CATALOGUE.reference)
        results.append((store, manifest["stages"]))
    return results


def test_the_example_runs_every_stage_of_the_catalogue() -> None:
    assert list(EXAMPLE) == list(CATALOGUE), "a new stage joins the example"


def settings_of(config: type[BaseModel], place: str = "") -> dict[str, FieldInfo]:
    """Every setting by its dotted name, those inside others included."""
    found = {}
    for name, info in config.model_fields.items():
        found[f"{place}{name}"] = info
        for kind in (info.annotation, *get_args(info.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= settings_of(kind, f"{place}{name}.")
    return found


@pytest.mark.parametrize("stage", CATALOGUE.values(), ids=CATALOGUE)
class TestEveryStage:
    """What holds for each stage by itself."""

    def test_it_explains_itself(self, stage: Stage) -> None:
        assert stage.summary.endswith(".")
        assert 15 < len(stage.summary) < 200
        assert stage.summary[0].isupper()
        for name, info in settings_of(stage.config).items():
            assert info.description, f"{name} has no description"
            assert info.description.strip().endswith((".", ")")), f"{name}: {info.description}"

    def test_its_page_and_its_schema_name_all_its_settings_and_inputs(self, stage: Stage) -> None:
        page, definitions = stage_page(stage), job_schema(CATALOGUE)["$defs"]
        for name in stage.config.model_fields:
            assert f"| `{name}` |" in page
            assert definitions[f"{stage.name}.config"]["properties"][name]["description"]
        for given in stage.inputs.values():
            assert f"- takes {given}" in page
            assert given.name in definitions[f"{stage.name}.inputs"]["properties"]

    def test_its_defaults_are_allowed_and_come_back_from_json(self, stage: Stage) -> None:
        optional = {
            name: info.get_default() for name, info in stage.config.model_fields.items() if not info.is_required()
        }
        given = {name: "/" for name, info in stage.config.model_fields.items() if info.is_required()}
        written = stage.config.model_construct(**given, **optional).model_dump_json()
        again = stage.config.model_validate_json(written, strict=True)
        assert json.loads(again.model_dump_json()) == json.loads(written)

    def test_it_says_truthfully_what_it_needs(self, stage: Stage) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        assert stage.version >= 1
        assert stage.resources.cpu >= 0
        assert stage.resources.memory_gb > 0
        assert stage.devices
        assert set(stage.devices) <= {"cpu", "cuda"}
        assert stage.extra or not stage.modules
        assert not stage.extra or stage.extra in project["optional-dependencies"]

    def test_its_backends_are_chosen_for_every_device(self, stage: Stage) -> None:
        for name, choose in stage.backends.items():
            allowed = get_args(stage.config.model_fields[name].annotation)
            assert stage.config.model_fields[name].default == "auto"
            for device in stage.devices:
                assert choose(device) in set(allowed) - {"auto"}

    def test_its_function_lies_in_a_file_of_its_own_folder_and_is_the_one_in_the_table(self, stage: Stage) -> None:
        module = importlib.import_module(stage.function.__module__)
        assert module.__name__.startswith("pipeline.stages.")
        assert getattr(module, stage.name) is stage.function

    def test_it_gives_what_its_signature_says_and_the_same_bytes_each_time(
        self, stage: Stage, made: list[tuple[Store, dict[str, Any]]]
    ) -> None:
        _skip_without_its_extra(stage)
        (_, one), (_, two) = made
        assert one[stage.name]["state"] == two[stage.name]["state"] == "finished"
        assert one[stage.name]["output"]["type"] == stage.output.__name__
        assert one[stage.name]["output"]["files"] == two[stage.name]["output"]["files"]
        assert bool(one[stage.name]["outputs"]) == bool(stage.exports)

    def test_what_it_makes_survives_the_disk(
        self, stage: Stage, made: list[tuple[Store, dict[str, Any]]], tmp_path: Path
    ) -> None:
        _skip_without_its_extra(stage)
        store, stages = made[0]
        entry = store.lookup(stages[stage.name]["key"])
        assert entry
        with store.view(entry) as folder:
            artifact = stage.output.load(folder)  # type: ignore[attr-defined]
            assert isinstance(artifact, stage.output)
            artifact.save(tmp_path)
        again = {
            path.relative_to(tmp_path).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in tmp_path.rglob("*")
            if path.is_file()
        }
        assert again == {file.path: file.sha256 for file in entry.files}


def _skip_without_its_extra(stage: Stage) -> None:
    if stage.unavailable():
        pytest.skip(stage.unavailable())


def test_licences_travel_into_what_is_made_of_them(made: list[tuple[Store, dict[str, Any]]]) -> None:
    stages = made[0][1]
    for name in ("load_capture", "reconstruct", "export_gltf", "export_mesh"):
        assert stages[name]["licences"] == ["CC0-1.0"], name
    for name in ("import_mesh", "load_photo", "mesh_photo", "photo_views"):
        assert stages[name]["licences"] == ["CC-BY-4.0"], name


@pytest.mark.node
def test_the_page_has_a_view_for_everything_that_stages_make(made: list[tuple[Store, dict[str, Any]]]) -> None:
    """More than a list of files; settings and notes of text come last."""
    if not (ROOT / "viewer/web/node_modules").is_dir() or not shutil.which("node"):
        pytest.skip("needs Node.js and the page's packages: npm ci --prefix viewer/web")
    _, stages = made[0]
    script = ROOT / "tests/viewer/views_of.mjs"
    given = json.dumps(stages, default=str)
    done = subprocess.run(["node", script], input=given, capture_output=True, text=True, check=True)
    views = json.loads(done.stdout)
    assert set(views) == set(stages)
    plain = {"data", "files", "curves"}
    assert {name: stages[name]["output"]["type"] for name, kinds in views.items() if set(kinds) <= plain} == {}


def test_the_reference_page_is_in_step() -> None:
    text = (ROOT / "docs" / "stages.md").read_text(encoding="utf-8")
    assert text == stages_page(CATALOGUE), "make it anew: scenewright stages --markdown > docs/stages.md"


def test_the_shipped_schema_is_in_step() -> None:
    text = (ROOT / "assets" / "schema" / "job.schema.json").read_text(encoding="utf-8")
    assert text == schema_text(CATALOGUE), "make it anew: scenewright schema -o assets/schema/job.schema.json"
