from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nerf.prior import latents
from nerf.prior.reader import READER, load_reader
from nerf.style.checkpoints import load_model
from pipeline.training.objects import examples
from pipeline.training.prior import PRESETS, WEIGHTS, encoded
from pipeline.training.reader import Teacher, glance, kept, varied
from pipeline.training.run import TrainingRun
from pipeline.weights import identity
from vision import encoders_dual
from vision.encoders_dual import DualEncoder


@pytest.fixture(scope="module")
def teacher(trained: SimpleNamespace) -> Teacher:
    run = TrainingRun("prior", trained.folder, "tiny", tell=lambda line: None)
    folders = {kind: run.source(f"object-{kind}") for kind in ("encoder", "generator", "prior")}
    encoder, generator = DualEncoder(encoders_dual.load(folders["encoder"])), load_model(folders["generator"])
    learned = examples(run, "train", 48, PRESETS["tiny"].recipe)
    pairs = encoded(run, learned, encoder, generator, {kind: identity(path) for kind, path in folders.items()})
    return Teacher(latents.load(folders["prior"]), pairs, learned, encoder, glance(generator.generator, 32))


def test_what_styles_look_like_is_read_better_than_the_mean_of_all(trained: SimpleNamespace, teacher: Teacher) -> None:
    figures = trained.figures["prior"]
    reader = load_reader(trained.folder / "weights" / WEIGHTS / READER)
    w = varied(teacher, 24, np.random.default_rng(99))
    seen = np.stack([teacher.encoder.pictures(list(views)).mean(0) for views in teacher.show(w)])
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    mean = seen.mean(0) / np.linalg.norm(seen.mean(0))
    with torch.no_grad():
        read = reader(torch.from_numpy(w)).numpy()
    assert (read * seen).sum(1).mean() > (seen @ mean).mean() + 0.02
    assert 0 < figures["reader_cosine"] <= 1
    assert 0 <= figures["reader_same_colour"] <= 1


def test_styles_are_of_several_sorts_and_repeat(teacher: Teacher) -> None:
    first, again, other = (varied(teacher, 32, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    own = teacher.pairs.styles.flatten(1).numpy()
    is_own = np.abs(first[:, None] - own).max(2).min(1) < 1e-4
    assert is_own[::8].all()
    assert 4 <= is_own.sum() < 20
    assert np.isfinite(first).all()


def test_what_was_looked_at_is_not_looked_at_again(teacher: Teacher, tmp_path: Path) -> None:
    told: list[str] = []
    run = TrainingRun("prior", tmp_path, "tiny", tell=told.append)
    built_on = {"encoder": "object-encoder:a", "generator": "object-generator:b"}
    w = varied(teacher, 3, np.random.default_rng(0))
    drawn = kept(run, teacher, built_on, 0, w)
    assert torch.allclose(drawn.seen.norm(dim=1), torch.ones(3), atol=1e-4)
    again = kept(run, teacher, built_on, 0, w)
    assert torch.equal(again.seen, drawn.seen)
    assert len(told) == 1
    others = kept(run, teacher, built_on, 0, w[::-1].copy())  # of another seed or prior
    assert torch.equal(others.styles, drawn.styles.flip(0))
    assert torch.allclose(others.seen, drawn.seen.flip(0), atol=1e-4)
    assert len(told) == 2
