import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nerf.prior import latents
from nerf.style.checkpoints import STYLES, load_model, save_styles
from nerf.style.losses import all_views
from pipeline.training.objects import examples
from pipeline.training.prior import PRESETS, WEIGHTS, encoded
from pipeline.training.run import TrainingRun
from pipeline.weights import identity, read_card, weights_folder
from vision import encoders_dual
from vision.encoders_dual import DualEncoder


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
        assert kept["seen"].shape == (48, 2, 48)
        assert kept["read"].shape == (48, 3, 48)
        assert np.linalg.norm(kept["read"], axis=2) == pytest.approx(1, abs=1e-5)


def test_styles_that_the_generators_training_left_are_learned_instead_of_its_encoders(
    trained: SimpleNamespace, tmp_path: Path
) -> None:
    for name in ("data", "weights"):
        shutil.copytree(trained.folder / name, tmp_path / name)
    run = TrainingRun("prior", tmp_path, "tiny", tell=lambda line: None)
    folders = {kind: run.source(f"object-{kind}") for kind in ("encoder", "generator")}
    built_on = {kind: identity(folder) for kind, folder in folders.items()}
    encoder, generator = DualEncoder(encoders_dual.load(folders["encoder"])), load_model(folders["generator"])
    learned = examples(run, "train", 48, PRESETS["tiny"].recipe)

    def styles() -> np.ndarray:
        return encoded(run, learned, encoder, generator, built_on).styles[:, 0].numpy()

    (folders["generator"] / STYLES).unlink(missing_ok=True)
    with torch.no_grad():
        assert np.allclose(styles()[:2], generator.invert(all_views(learned, np.arange(2))).numpy(), atol=1e-4)
    left = torch.randn(48, 48, generator=torch.Generator().manual_seed(0))
    save_styles(left, folders["generator"])
    assert np.allclose(styles(), left.numpy())
    save_styles(left[:40], folders["generator"])
    with pytest.raises(ValueError, match=r"must hold the styles of 48 objects \(got 40\)"):
        styles()
