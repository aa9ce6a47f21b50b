import math

import numpy as np
import torch
from torch.nn import functional

from nerf.prior.guide import Guide, Pull, agreement, pulled
from nerf.prior.latents import Sampling, sample, sample_each
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.reader import StyleReader
from vision import answers

CONFIG = PriorConfig(w=6, tokens=2, condition=5, width=16, depth=1, heads=2)


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return functional.normalize(torch.randn(*shape, generator=torch.Generator().manual_seed(seed)), dim=-1)


QUESTIONS = [random(4, 5, seed=1), random(3, 5, seed=2)]


def reader() -> StyleReader:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return StyleReader(12, 5, hidden=16).eval().requires_grad_(False)


def network() -> PriorNetwork:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return PriorNetwork(CONFIG).eval()


def test_agreement_is_that_by_which_candidates_are_chosen() -> None:
    wanted, read = random(1, 5, seed=3), random(7, 5, seed=4)
    found = agreement(wanted.expand(7, -1), read, QUESTIONS)
    expected = answers.agreement(wanted[0].numpy(), read.numpy(), [each.numpy() for each in QUESTIONS])
    assert np.allclose(found.numpy(), expected, atol=1e-3)


def test_moves_lead_to_styles_that_are_read_better_and_none_is_longer_than_its_limit() -> None:
    guide = Guide(reader(), QUESTIONS, Pull(moves=1, rate=2.0, limit=0.1))
    clean, wanted = torch.randn(9, 2, 6, generator=torch.Generator().manual_seed(5)), random(9, 5, seed=6)
    moved = pulled(lambda x, times: clean, guide, wanted, lambda z: z)(clean, torch.ones(9))
    assert (guide.value(moved.flatten(1), wanted) > guide.value(clean.flatten(1), wanted)).all()
    lengths = (moved - clean).flatten(1).norm(dim=1)
    assert (lengths <= 0.1 * math.sqrt(12) + 1e-5).all()
    assert (lengths > 0).all()


def test_a_guide_makes_candidates_be_read_as_the_prompt() -> None:
    made, wanted, settings = network(), random(5, seed=7), Sampling(candidates=4, steps=4)
    guide = Guide(reader(), QUESTIONS)

    def value(w: torch.Tensor) -> float:
        return float(guide.value(w.flatten(1), wanted.expand(4, -1)).mean())

    plain, drawn = sample(made, wanted, settings), sample(made, wanted, settings, guide=guide)
    assert value(drawn) > value(plain) + 1
    assert torch.equal(drawn, sample(made, wanted, settings, guide=guide))
    assert torch.allclose(sample_each(made, wanted[None], settings, guide=guide)[0], drawn, atol=1e-4)
    none = Guide(guide.reader, guide.questions, Pull(moves=0))
    assert torch.equal(plain, sample(made, wanted, settings, guide=none))
    assert torch.equal(sample(made, None, settings), sample(made, None, settings, guide=guide))
