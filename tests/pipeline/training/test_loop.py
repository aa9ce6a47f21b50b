from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nerf.objects.questions import answers
from nerf.prior import latents
from nerf.prior.latents import Sampling, sample_each
from nerf.style.checkpoints import load_model
from pipeline.training import loop
from pipeline.training.loop import Networks, go_round, kinds_and_colours, retrieval, shown
from vision import encoders_dual
from vision.encoders_dual import DualEncoder


def networks(trained: SimpleNamespace) -> Networks:
    folder = trained.folder / "weights"
    return Networks(
        DualEncoder(encoders_dual.load(folder / "object-encoder")),
        load_model(folder / "object-generator"),
        latents.load(folder / "object-prior"),
        32,
    )


def test_the_candidate_that_is_most_like_its_prompt_is_kept(
    trained: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers to questions count as well, so that the cosine alone may be a little less."""
    monkeypatch.setattr(loop, "AGREEMENT", 0.0)
    monkeypatch.setattr(loop, "POSES", loop.SIDES_CHOSEN_BY)
    monkeypatch.setattr(loop, "WHOLENESS", 0.0)
    prompts, asked = ["a red chair", "a blue car"], networks(trained)
    texts = asked.encoder.text(prompts)
    drawn = sample_each(asked.prior, torch.from_numpy(texts), Sampling(4, steps=4))[:, :, 0].numpy()
    made = go_round(asked, prompts, Sampling(4, steps=4))
    for w, text, kept in zip(drawn, texts, made.styles, strict=True):
        likeness = shown(asked, w)[0] @ text
        assert np.array_equal(w[likeness.argmax()], kept)
    assert made.looks.shape == made.styles.shape == (2, 48)


def test_texts_find_themselves_and_are_their_own_kind_and_colour(trained: SimpleNamespace) -> None:
    encoder = networks(trained).encoder
    captions = ["a red car", "a blue and white striped tree with a gold trunk"]
    truth = answers(["car", "tree"], ["red", "blue"], captions)
    kinds, colours = encoder.text(["a car", "a tree"]), encoder.text(["something red", "something white"])
    assert retrieval(kinds, kinds)["recall_1_of_all"] == 1
    assert kinds_and_colours(encoder, kinds, truth)["family"] == 1
    assert kinds_and_colours(encoder, colours, truth)["colour"] == 1
    assert kinds_and_colours(encoder, colours[::-1], truth)["colour"] == 0
    parts = encoder.text(["something with red parts", "something with gold parts"])
    assert kinds_and_colours(encoder, parts, truth)["accent"] == 1
    assert kinds_and_colours(encoder, parts[::-1], truth)["accent"] == 0
    assert np.allclose(np.linalg.norm(kinds, axis=1), 1, atol=1e-5)
