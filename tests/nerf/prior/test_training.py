from pathlib import Path

import pytest
import torch

from nerf.prior import training
from nerf.prior.latents import Sampling, sample
from nerf.prior.network import PriorConfig
from nerf.prior.training import Pairs, PriorTraining, contrast, losses, train

CONFIG = PriorConfig(w=8, tokens=1, condition=16, width=32, depth=2, heads=2)


def toy(objects: int, seed: int) -> Pairs:
    """Styles, and embeddings that are a fixed nonlinear function of style and view, with unit length."""
    rule = torch.Generator().manual_seed(0)
    a, b, c = (torch.randn(n, 16, generator=rule) for n in (8, 3, 8))
    generator = torch.Generator().manual_seed(seed)
    w, view = torch.randn(objects, 1, 8, generator=generator), torch.randn(objects, 4, 3, generator=generator)
    e = torch.tanh(w @ a + 0.5 * view @ b) + 0.3 * w @ c
    return Pairs(3 + 2 * w, torch.nn.functional.normalize(e, dim=-1))


def test_styles_of_unseen_objects_are_predicted_far_better_than_by_the_mean() -> None:
    training = PriorTraining(steps=300, batch=96, rate=2e-3, pseudo_text=0.1, average=0.99)
    network = train(CONFIG, toy(1500, 1), training)
    unseen = toy(24, 2)
    drawn = [sample(network, e, Sampling(candidates=1, guidance=1.0, steps=8))[0] for e in unseen.pictures[:, 0]]
    error = (torch.stack(drawn) - unseen.styles).square().mean() / unseen.styles.var()
    assert error < 0.6, "drawing at random gives 2, the mean gives 1"


def test_training_repeats_itself() -> None:
    training = PriorTraining(steps=3, batch=16)
    a, b = (train(CONFIG, toy(32, 1), training) for _ in range(2))
    assert all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def test_a_training_that_was_stopped_ends_as_if_it_had_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = PriorTraining(steps=5, batch=16)
    whole = train(CONFIG, toy(32, 1), setup)
    monkeypatch.setattr(training, "EVERY", 2)

    def stop(step: int, parts: dict[str, float]) -> None:
        if step == 3:
            raise KeyboardInterrupt

    path = tmp_path / "checkpoints" / "prior.safetensors"
    with pytest.raises(KeyboardInterrupt):
        train(CONFIG, toy(32, 1), setup, stop, path)
    steps: list[int] = []
    resumed = train(CONFIG, toy(32, 1), setup, lambda step, parts: steps.append(step), path)
    assert steps == [3, 4, 5]
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))


def test_texts_are_used_where_there_are_some() -> None:
    pairs = toy(32, 1)
    training = PriorTraining(steps=1, batch=16, text_share=1.0, contrast=0.0)
    network = train(CONFIG, pairs, training)
    with_texts = Pairs(pairs.styles, pairs.pictures, -pairs.pictures)
    assert losses(network, pairs, training, 0)["clean"] != losses(network, with_texts, training, 0)["clean"]


def test_contrast_is_switched_off_by_its_weight_and_low_only_where_views_agree() -> None:
    pairs = toy(64, 1)
    network = train(CONFIG, pairs, PriorTraining(steps=2, batch=32))
    assert "contrast" not in losses(network, pairs, PriorTraining(contrast=0.0), 0)
    training, chosen = PriorTraining(pseudo_text=0.0), torch.arange(64)
    same_view = Pairs(pairs.styles, pairs.pictures[:, :1].expand(-1, 4, -1))
    one_object = Pairs(pairs.styles, pairs.pictures[:1].expand(64, -1, -1))
    a, b = (
        contrast(network, some, chosen, training, torch.Generator().manual_seed(0)) for some in (same_view, one_object)
    )
    assert a < b
