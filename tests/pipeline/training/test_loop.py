from types import SimpleNamespace

import numpy as np

from nerf.objects.questions import answers
from nerf.prior import latents
from nerf.prior.latents import Sampling
from nerf.style.checkpoints import load_model
from pipeline.training.loop import Networks, go_round, kinds_and_colours, retrieval
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


def test_more_candidates_resemble_their_prompt_at_least_as_much(trained: SimpleNamespace) -> None:
    prompts = ["a red chair", "a blue car"]
    few, many = (go_round(networks(trained), prompts, Sampling(n, steps=4)) for n in (1, 4))
    assert (many.scores >= few.scores - 1e-6).all()
    assert many.looks.shape == (2, 48)
    assert many.styles.shape == (2, 48)


def test_texts_find_themselves_and_are_their_own_kind_and_colour(trained: SimpleNamespace) -> None:
    encoder = networks(trained).encoder
    captions = ["a red car", "a blue and white striped tree"]
    truth = answers(["car", "tree"], ["red", "blue"], captions)
    kinds, colours = encoder.text(["a car", "a tree"]), encoder.text(["something red", "something white"])
    assert retrieval(kinds, kinds)["recall_1_of_all"] == 1
    assert kinds_and_colours(encoder, kinds, truth)["family"] == 1
    assert kinds_and_colours(encoder, colours, truth)["colour"] == 1
    assert kinds_and_colours(encoder, colours[::-1], truth)["colour"] == 0
    assert np.allclose(np.linalg.norm(kinds, axis=1), 1, atol=1e-5)
