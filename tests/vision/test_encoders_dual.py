import json
from pathlib import Path

import numpy as np
import pytest
import torch

from vision.encoders_dual import DualConfig, DualEncoder, DualModel, fitted, initial, load, save

SMALL = DualConfig(width=16, size=32, channels=(8, 16, 16), words=16, layers=1, heads=2)


def test_both_towers_give_unit_vectors_that_do_not_depend_on_the_batch() -> None:
    encoder = DualEncoder(initial(SMALL, 0))
    texts = ["a red chair", "a very long sentence about a small blue cup with a handle"]
    both, alone = encoder.text(texts), encoder.text(texts[:1])
    assert np.allclose(np.linalg.norm(both, axis=1), 1, atol=1e-5)
    assert np.allclose(both[:1], alone, atol=1e-5)
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 255, (40, 60, 3), dtype=np.uint8), rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)]
    seen = encoder.pictures(pictures)
    assert seen.shape == (2, 16)
    assert np.allclose(seen[1:], encoder.pictures(pictures[1:]), atol=1e-5)


def test_word_order_matters() -> None:
    a, b = DualEncoder(initial(SMALL, 0)).text(["a red chair with blue legs", "a blue chair with red legs"])
    assert np.abs(a - b).max() > 1e-3


def test_a_wide_picture_is_fitted_whole_onto_white() -> None:
    square = fitted(np.zeros((10, 40, 3), np.uint8), 32)
    assert (square[:12] == 255).all()
    assert (square[12:20] == 0).all()


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    model = initial(SMALL, 0)
    save(model, tmp_path)
    again = load(tmp_path)
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.state_dict().values(), strict=True))
    (tmp_path / "config.json").write_text(json.dumps({"version": 1}))
    with pytest.raises(ValueError, match="is not the configuration of a dual encoder"):
        load(tmp_path)


def test_sentence_features_change_the_text_vector() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = DualModel(DualConfig(width=16, channels=(8,), words=16, layers=1, heads=2, sentence=5))
    numbers = torch.ones(1, 2, 12, dtype=torch.int64)
    a, b = (model.text(numbers, torch.full((1, 5), value)) for value in (0.0, 1.0))
    assert not torch.allclose(a, b, atol=1e-3)


def test_a_tower_and_its_sentence_features_come_together() -> None:
    with_features = initial(DualConfig(width=16, channels=(8,), words=16, layers=1, heads=2, sentence=2), 0)
    with pytest.raises(ValueError, match="needs sentence features"):
        DualEncoder(with_features)
    with pytest.raises(ValueError, match="was trained without sentence features"):
        DualEncoder(initial(SMALL, 0), lambda texts: np.zeros((len(texts), 2), np.float32))
    encoder = DualEncoder(with_features, lambda texts: np.full((len(texts), 2), len(texts[0]), np.float32))
    assert encoder.text(["a red cup"]).shape == (1, 16)


def test_the_default_fits_into_three_megabytes_at_half_precision() -> None:
    assert sum(weight.numel() for weight in initial(DualConfig(), 0).parameters()) * 2 < 4_500_000
