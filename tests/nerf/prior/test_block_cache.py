import numpy as np
import torch

from nerf.prior.block_cache import plan_of, with_cache
from nerf.prior.network import PriorConfig, PriorNetwork

CONFIG = PriorConfig(w=6, tokens=2, condition=5, width=16, depth=2, heads=2)


def network() -> PriorNetwork:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return PriorNetwork(CONFIG).eval()


def test_a_block_is_computed_when_its_changes_add_up() -> None:
    changes = np.array([[np.inf, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2], [np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    plan = plan_of(changes, 0.5)
    assert plan.tolist() == [[True, False, False, True, False, False, True], [True] + [False] * 6]
    assert plan_of(changes, 0.0).all()
    counts = [plan_of(changes, threshold).sum() for threshold in (0.0, 0.1, 0.3, 0.5, 9.0)]
    assert counts == sorted(counts, reverse=True)


@torch.no_grad()
def test_what_a_block_added_before_is_added_again_where_the_plan_says_so() -> None:
    made, blocks = with_cache(network())
    random = torch.Generator().manual_seed(1)
    mask = torch.ones(6, 6, dtype=torch.bool).triu(1)
    steps = [torch.randn(3, 6, 16, generator=random) for _ in range(3)]
    first, second = blocks.blocks
    blocks.begin(np.array([[True, False, True], [True, True, False]]))
    found = [made.body(tokens, mask=mask) for tokens in steps]
    assert blocks.computed == 4
    added = first(steps[0], mask) - steps[0]
    assert torch.allclose(found[0], blocks.norm(second(steps[0] + added, mask)), atol=1e-5)
    between = steps[1] + added
    assert torch.allclose(found[1], blocks.norm(second(between, mask)), atol=1e-5)
    last = first(steps[2], mask)
    assert torch.allclose(found[2], blocks.norm(last + second(between, mask) - between), atol=1e-5)


@torch.no_grad()
def test_changes_are_measured_relative_to_what_a_block_adds() -> None:
    plain = network()
    made, blocks = with_cache(plain)
    mask = torch.ones(6, 6, dtype=torch.bool).triu(1)
    steps = [torch.randn(3, 6, 16, generator=torch.Generator().manual_seed(step)) for step in (1, 1, 2)]
    found = [made.body(tokens, mask=mask) for tokens in steps]
    assert torch.allclose(found[2], plain.body(steps[2], mask=mask), atol=1e-5)
    changes = blocks.changes()
    a, b = (blocks.blocks[0](tokens, mask) - tokens for tokens in steps[1:])
    assert np.isinf(changes[:, 0]).all()
    assert (changes[:, 1] == 0).all()
    assert np.isclose(changes[0, 2], float((b - a).abs().sum() / b.abs().sum()))
    blocks.begin()
    made.body(steps[0], mask=mask)
    assert np.isinf(blocks.changes()).all()
    assert blocks.changes().shape == (2, 1)
