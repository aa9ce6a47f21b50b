from types import SimpleNamespace

import numpy as np
import pytest

from nerf.prior import latents
from pipeline.training.prior import WEIGHTS
from pipeline.weights import identity, read_card, weights_folder


def test_the_tiny_preset_finds_captions_again_better_than_chance(trained: SimpleNamespace) -> None:
    figures = trained.figures["prior"]
    assert figures["loop_recall_5_of_60"] > 5 / 16 + 0.15  # among the 16 objects that there are
    assert figures["score_mean"] > figures["score_5th_percentile"] > 0


def test_the_card_names_the_weights_that_the_prior_was_trained_with(trained: SimpleNamespace) -> None:
    folder = weights_folder(trained.folder / "weights" / WEIGHTS)
    weights = trained.folder / "weights"
    assert read_card(folder).built_on == {
        kind: identity(weights / f"object-{kind}") for kind in ("encoder", "generator")
    }
    assert latents.load(folder).config.w == 48


def test_embeddings_are_kept_for_the_next_training(trained: SimpleNamespace) -> None:
    (path,) = (trained.folder / "data").glob("embedded-48-*.npz")
    with np.load(path) as kept:
        assert kept["seen"].shape == (48, 4, 48)
        assert kept["read"].shape == (48, 3, 48)
        assert np.linalg.norm(kept["read"], axis=2) == pytest.approx(1, abs=1e-5)
