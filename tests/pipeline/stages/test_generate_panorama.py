"""Pictures to a room that one can walk in: the whole route of both generators, on small pictures."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.api import default_catalogue
from pipeline.job import check_job
from pipeline.run import run_job
from pipeline.store import Store
from pipeline.template_room import room_job

ROOM = {
    "floor": {"width": 3, "depth": 3.4},
    "style": "rustic",
    "boxes": [{"label": "bed", "center": [-0.6, -0.6]}, {"label": "wardrobe", "center": [1.1, -1.2]}],
}


def nodes_in(path: Path) -> dict[str, dict[str, Any]]:
    """The named nodes of a GLB."""
    data = path.read_bytes()
    length = int.from_bytes(data[12:16], "little")
    return {node["name"]: node for node in json.loads(data[20 : 20 + length])["nodes"]}


def run(stages: dict[str, Any], folder: Path, inline: Callable[[], Any]) -> dict[str, Any]:
    catalogue = default_catalogue()
    job = check_job({"name": "room", "seed": 3, "stages": stages}, catalogue, folder=folder)
    made = run_job(job, Store(folder / "store"), folder / "run", executor=inline(), catalogue=catalogue.reference)
    return dict(made["stages"])


def small(job: dict[str, Any]) -> dict[str, Any]:
    """The job's stages with settings that take seconds, not minutes."""
    stages = job["stages"]
    settings: dict[str, dict[str, Any]] = {
        "proxy": {"height": 64},
        "panorama": {"steps": 2, "views": 4, "degrees": 120.0, "size": 32, "guidance": 2.0},
        "aligned": {"views": 4},
        "complete": {"most": 1, "voxel": 0.12, "steps": 2, "views": 4, "degrees": 120.0, "size": 32},
        "surface": {"voxel": 0.12},
        "room": {"triangles": 900, "size": 256},
    }
    for name, config in settings.items():
        stages[name]["config"] = stages[name].get("config", {}) | config
    return dict(stages)


def check_room(stages: dict[str, Any], folder: Path) -> None:
    assert all(stage["state"] == "finished" for stage in stages.values())
    (path,) = (folder / "run" / "outputs").rglob("*.glb")
    nodes = nodes_in(path)
    assert {"floor", "wall_0", "wall_1", "wall_2", "wall_3"} <= set(nodes)
    assert nodes["floor"]["extras"]["teleport"] is True
    assert {"bed", "wardrobe"} & set(nodes)
    metrics = stages["room"]["metrics"]
    assert metrics["filled_share"] < 0.35
    assert metrics["seam_after"] <= metrics["seam_before"] + 1e-6
    assert stages["surface"]["metrics"]["in_place"] > 0.7


@pytest.fixture
def models_folder(tmp_path: Path) -> Path:
    for part in ("base", "depth", "semantic"):
        (tmp_path / "sd" / part).mkdir(parents=True)
    return tmp_path / "sd"


def test_the_embedded_generators_pictures_go_the_whole_way(
    models_folder: Path, tmp_path: Path, inline: Callable[[], Any]
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(ROOM))
    stages = small(room_job(str(tmp_path / "plan.json"), tmp_path, "", models_folder))
    for name in ("panorama", "complete"):
        stages[name] = {**stages[name], "config": {}}
    stages["complete"]["config"] = {"most": 1, "voxel": 0.12}
    made = run(stages, tmp_path, inline)
    check_room(made, tmp_path)
    assert made["panorama"]["metrics"]["seam_error"] < 3
    assert made["panorama"]["metrics"]["text"] == "rustic"


@pytest.mark.extra("diffusion")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_diffusion_models_pictures_go_the_whole_way(
    tiny_diffusion: Path, tmp_path: Path, inline: Callable[[], Any], validate_glb: Callable[..., Any]
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(ROOM))
    made = run(small(room_job(str(tmp_path / "plan.json"), tmp_path, "rustic", tiny_diffusion)), tmp_path, inline)
    check_room(made, tmp_path)
    assert made["panorama"]["metrics"]["text"] == "rustic room interior with bed, wardrobe, photograph"
    validate_glb(*(tmp_path / "run" / "outputs").rglob("*.glb"))


def test_words_for_a_generator_name_the_style_and_the_things() -> None:
    from meshing.room.plan_json import plan_of_json
    from pipeline.stages.generate_panorama import prompt

    plan = plan_of_json(ROOM)
    assert prompt(plan, "") == "room interior with bed, wardrobe, photograph"
    assert prompt(plan, "coastal").startswith("coastal room interior with bed")
