import json
from types import SimpleNamespace

from pipeline.training.encoder import WEIGHTS
from pipeline.weights import read_card, weights_folder
from vision import encoders_dual
from vision.encoders_dual import DualEncoder


def test_the_tiny_preset_tells_unseen_objects_apart_better_than_at_first(trained: SimpleNamespace) -> None:
    lines = (trained.folder / "logs" / "encoder.jsonl").read_text().splitlines()
    before = json.loads(lines[0])
    assert before["step"] == 0
    after = trained.figures["encoder"]
    assert after["recall_5_of_60"] > before["recall_5_of_60"] + 0.1
    assert after["recall_1_of_60"] > before["recall_1_of_60"]


def test_its_weights_load_and_their_card_gives_the_same_figures(trained: SimpleNamespace) -> None:
    folder = weights_folder(trained.folder / "weights" / WEIGHTS)
    assert DualEncoder(encoders_dual.load(folder)).text(["a red chair"]).shape == (1, 48)
    card = read_card(folder)
    assert card.command == "scenewright train encoder --preset tiny --seed 0"
    assert abs(card.metrics["recall_5_of_60"] - trained.figures["encoder"]["recall_5_of_60"]) < 1e-3
