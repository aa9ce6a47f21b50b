import json
from pathlib import Path

import pytest
from PIL import Image

from pipeline import read_job
from pipeline.errors import UserError
from pipeline.template_object import name_of, object_job


def read(job: dict[str, object], folder: Path) -> list[str]:
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    return [f"{name}: {node.stage.name}" for name, node in read_job(path).nodes.items()]


def test_words_become_a_valid_job_that_ends_in_a_glb(tmp_path: Path) -> None:
    job = object_job("a red chair", None, tmp_path, size_m=0.9, seed=4)
    assert read(job, tmp_path) == [
        "words: encode_text", "latent: sample_latent", "shape: latent_geometry", "glb: export_gltf",
    ]  # fmt: skip
    assert job["seed"] == 4
    assert job["stages"]["latent"]["config"] == {"size_m": 0.9}


def test_a_picture_stands_beside_words_or_for_itself(tmp_path: Path) -> None:
    Image.new("RGB", (32, 32)).save(tmp_path / "chair.png")
    both = object_job("a red chair", tmp_path / "chair.png", tmp_path)
    assert both["stages"]["latent"]["inputs"] == {"prompts": ["words", "picture"]}
    alone = object_job("", tmp_path / "chair.png", tmp_path)
    assert read(alone, tmp_path)[0] == "picture: encode_image"
    assert alone["stages"]["picture"]["config"] == {"path": "chair.png"}


@pytest.mark.parametrize(
    ("text", "image", "size", "message"),
    [
        ("", None, None, "say what it is"),
        ("🙂", None, None, "letters or digits"),
        ("a chair", "missing.png", None, "no file at"),
        ("a chair", None, -1.0, "more than 0"),
        ("a chair", None, float("nan"), "more than 0"),
    ],
)
def test_mistakes_are_found_before_a_job_is_written(
    text: str, image: str | None, size: float | None, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=message):
        object_job(text, tmp_path / image if image else None, tmp_path, size_m=size)


def test_a_file_that_is_no_picture_is_refused_before_a_job_is_written(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(UserError, match=r"--image: .*text\.png: is not a readable picture"):
        object_job("", tmp_path / "text.png", tmp_path)


def test_names_are_short_and_plain() -> None:
    assert name_of("A red Chair, with wooden legs!") == "red-chair-with-wooden-legs"
    assert len(name_of("very " * 100)) <= 40
