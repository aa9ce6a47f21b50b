from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from vision.depth_net import DepthNet, EmbeddedDepth, encoded
from vision.depth_scenes import make_scene
from vision.depth_training import TINY, depth_loss, ramp, score, train_depth

SHORT = replace(TINY, steps=2, scenes=4, batch=2, side=48, sizes=((32, 32),))


def test_the_loss_knows_neither_scale_nor_shift() -> None:
    inverse = torch.rand(2, 1, 24, 32, generator=torch.Generator().manual_seed(0))
    truth = encoded(inverse)
    assert depth_loss(3 * truth + 7, truth, 0.5) < 0.02
    assert depth_loss(-truth, truth, 0.5) > 1


def test_a_few_steps_learn_more_than_chance_on_scenes_not_seen() -> None:
    network = train_depth(TINY)
    rng = np.random.default_rng(77)
    order, untrained = [], []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        fresh = EmbeddedDepth(DepthNet(TINY.shape), side=96)
    for _ in range(6):
        scene = make_scene(rng, height=64, width=96, kind="room")
        known = scene.inverse > 0
        order.append(score(EmbeddedDepth(network, side=96).predict(scene.rgb).values, scene.inverse, known).order)
        untrained.append(score(fresh.predict(scene.rgb).values, scene.inverse, known).order)
    assert np.mean(order) > 0.6
    assert np.mean(order) > np.mean(untrained) + 0.05


def test_the_same_seed_gives_the_same_weights() -> None:
    first, second = (train_depth(SHORT).state_dict() for _ in range(2))
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_training_that_was_stopped_ends_with_the_same_weights(tmp_path: Path) -> None:
    longer = replace(SHORT, steps=40, fresh=1, kept=10, shape=(*[8] * 8, *[1] * 7, *[8] * 5))
    whole = train_depth(longer).state_dict()

    def killed(share: float, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_depth(longer, checkpoint=tmp_path / "c.safetensors", progress=killed)
    assert (tmp_path / "c.safetensors").is_file()
    steps: list[float] = []
    rest = train_depth(longer, checkpoint=tmp_path / "c.safetensors", progress=lambda share, text: steps.append(share))
    assert steps == [0.5, 1.0]
    assert all(torch.equal(whole[key], rest.state_dict()[key]) for key in whole)


def test_a_perfect_map_scores_perfectly_whatever_its_scale() -> None:
    inverse = np.random.default_rng(0).uniform(0.1, 2, (40, 50)).astype(np.float32)
    known = np.ones_like(inverse, bool)
    best = score(5 * inverse - 3, inverse, known)
    assert best.abs_rel < 1e-4
    assert (best.delta, best.order) == (1, 1)
    assert score(-inverse, inverse, known).order == 0
    assert score(ramp(40, 50), inverse, known).order == pytest.approx(0.5, abs=0.03)
