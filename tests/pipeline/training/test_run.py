import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from pipeline.training.run import TrainingRun
from pipeline.weights import read_card


def test_figures_are_told_and_kept(tmp_path: Path) -> None:
    said: list[str] = []
    run = TrainingRun("encoder", tmp_path, tell=said.append)
    run.log(3, {"loss": 0.123456789})
    run.log(4, {"loss": 0.1})
    assert said == ["encoder 3: loss 0.1235", "encoder 4: loss 0.1"]
    lines = [json.loads(line) for line in (tmp_path / "logs" / "encoder.jsonl").read_text().splitlines()]
    assert lines == [{"step": 3, "loss": 0.12346}, {"step": 4, "loss": 0.1}]


def test_finished_weights_are_halved_and_have_a_card(tmp_path: Path) -> None:
    run = TrainingRun("encoder", tmp_path, "tiny", 5)
    folder = run.weights("some")
    folder.mkdir(parents=True)
    save_file({"a": np.arange(4, dtype=np.float32), "b": np.arange(4, dtype=np.int8)}, folder / "model.safetensors")
    run.finish("some", "Some weights", "nothing", {"psnr": 20.123456}, {"encoder": "x:1"})
    stored = load_file(folder / "model.safetensors")
    assert stored["a"].dtype == np.float16
    assert stored["b"].dtype == np.int8
    card = read_card(folder)
    assert card.command == "scenewright train encoder --preset tiny --seed 5"
    assert card.metrics == {"psnr": 20.12}
    assert card.built_on == {"encoder": "x:1"}
    assert run.source("some") == folder


def test_weights_that_are_nowhere_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no card.json in .*nothing"):
        TrainingRun("prior", tmp_path).source("nothing")
