import json
from pathlib import Path

import pytest
from PIL import Image

from pipeline.api import default_catalogue
from pipeline.errors import UserError
from pipeline.job import check_job
from pipeline.template_photo import photo_job

CATALOGUE = default_catalogue()


def picture(path: Path) -> Path:
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(path)
    return path


def test_a_picture_gives_a_whole_job_that_is_valid(tmp_path: Path) -> None:
    job = photo_job(picture(tmp_path / "cat.png"), tmp_path)
    checked = check_job(json.loads(json.dumps(job)), CATALOGUE, folder=tmp_path)
    assert job["name"] == "cat"
    assert [node.stage.name for node in checked.nodes.values()] == [
        "load_photo",
        "estimate_depth",
        "build_layers",
        "inpaint_layers",
        "mesh_photo",
        "photo_views",
        "export_gltf",
    ]


def test_a_folder_gives_each_of_its_pictures_a_chain_of_its_own(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "c.webp"):
        picture(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    job = photo_job(tmp_path, tmp_path)
    assert job["stages"]["photo"]["map"] == {"path": ["a.JPG", "b.png", "c.webp"]}
    checked = check_job(job, CATALOGUE, folder=tmp_path)
    assert len(checked.nodes) == 3 * 7


def test_a_small_target_asks_for_fewer_triangles(tmp_path: Path) -> None:
    path = picture(tmp_path / "cat.png")
    free, bound = (photo_job(path, tmp_path, target)["stages"] for target in (None, "planner-item"))
    assert bound["mesh"]["config"]["triangles"] < free["mesh"]["config"]["triangles"]
    assert bound["glb"]["config"]["target"] == "planner-item"


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "the file is empty"), (b"no picture at all", "is not a readable picture")]
)
def test_a_file_that_is_no_picture_is_refused_at_once(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(UserError, match=says):
        photo_job(tmp_path / "a.jpg", tmp_path)


def test_nothing_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such picture"):
        photo_job(tmp_path / "a.jpg", tmp_path)
    with pytest.raises(UserError, match="holds no picture"):
        photo_job(tmp_path, tmp_path)
