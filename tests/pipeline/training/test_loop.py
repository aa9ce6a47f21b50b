from types import SimpleNamespace

import numpy as np

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
    looks = encoder.text(["a red car", "a blue tree"])
    assert retrieval(looks, looks)["recall_1_of_all"] == 1
    assert kinds_and_colours(encoder, looks, ["car", "tree"], ["red", "blue"])["colour"] == 1
    assert kinds_and_colours(encoder, -looks, ["car", "tree"], ["red", "blue"])["family"] == 0
    assert np.allclose(np.linalg.norm(looks, axis=1), 1, atol=1e-5)
