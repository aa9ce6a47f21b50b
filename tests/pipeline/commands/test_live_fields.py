import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.radiance_field import RadianceField, quantised
from nerf.ngp.volume import Volume
from nerf.ngp.weights import initial_weights
from pipeline.commands.live_fields import live_fields
from viewer.live import Shot

FRONT = np.diag([1.0, -1.0, -1.0, 1.0])
FRONT[2, 3] = 4.0  # stands at z = 4 and looks along -z, y up


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose field fills the half x > 0 of the unit cube about the origin, and nothing else."""
    rng = np.random.default_rng(0)
    levels = Levels(4, 4, 10, 4, 32)
    occupied = np.zeros((16, 16, 16), bool)
    occupied[:, :, 8:] = True  # z, y, x
    bias = quantised(np.full(16**3, 6.0, np.float32))
    field = RadianceField(
        quantised(rng.normal(size=(levels.n_entries, 4)).astype(np.float32)),
        initial_weights(16, rng),
        np.packbits(occupied.ravel(), bitorder="little"),
        levels,
        Volume(np.zeros(3), 1.0, False),
        Marching(step=0.02),
        bias=bias,
    )
    field.save(tmp_path / "artifacts/field")
    (tmp_path / "artifacts/capture").mkdir()
    photo = {"world_from_camera": FRONT.tolist()}
    (tmp_path / "artifacts/capture/views.json").write_text(json.dumps({"photos": [photo] * 200}))
    stages = {
        "capture": {"output": {"type": "PosedImages"}, "inputs": {}},
        "field": {"output": {"type": "RadianceField"}, "inputs": {"views": [{"stage": "capture"}]}},
    }
    (tmp_path / "run.json").write_text(json.dumps({"stages": stages}))
    return tmp_path


def test_the_picture_is_that_of_the_camera(run: Path) -> None:
    shot = Shot(tuple(FRONT.ravel()), 30.0, 60, 40)
    picture = Image.open(io.BytesIO(live_fields(run).paint("field", shot)))
    pixels = np.asarray(picture.convert("RGB"), int)
    assert pixels.shape == (40, 60, 3)
    is_grey = np.abs(pixels - 128).max(-1) < 12  # JPEG is not exact
    assert is_grey[:, :26].all()  # x < 0 is on the left
    assert is_grey[14:26, 32:38].mean() < 0.2


def test_it_tells_the_box_and_some_of_the_cameras(run: Path) -> None:
    about = live_fields(run).about("field")
    assert np.array(about["low"]) == pytest.approx(-np.array(about["high"]))
    assert 0 < len(about["cameras"]) <= 60
    assert about["cameras"][0] == FRONT.ravel().tolist()


@pytest.mark.parametrize("stage", ["capture", "nothing", "../field"])
def test_other_stages_have_no_field(run: Path, stage: str) -> None:
    with pytest.raises(KeyError):
        live_fields(run).about(stage)


def test_a_run_that_has_not_begun_has_none(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        live_fields(tmp_path).about("field")
