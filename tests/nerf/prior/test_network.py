import torch

from nerf.prior.network import PriorConfig, PriorNetwork

CONFIG = PriorConfig(w=6, tokens=3, condition=5, width=16, depth=2, heads=2)


def network() -> PriorNetwork:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return PriorNetwork(CONFIG).eval()


def test_no_token_knows_of_those_after_it() -> None:
    made = network()
    x, times, condition = torch.randn(2, 3, 6), torch.rand(2), torch.randn(2, 5)
    before = made.read(x, times, condition)
    with torch.no_grad():
        made.queries[-1] += torch.randn(16)
    after = made.read(x, times, condition)
    assert torch.allclose(before[:, :-1], after[:, :-1], atol=1e-6)
    assert not torch.allclose(before[:, -1], after[:, -1], atol=1e-3)


def test_condition_time_and_styles_all_matter() -> None:
    made = network()
    x, times, condition = torch.randn(1, 3, 6), torch.tensor([0.4]), torch.randn(1, 5)
    base = made(x, times, condition)
    assert base.shape == (1, 3, 6)
    for other in (made(x + 1, times, condition), made(x, times + 0.3, condition), made(x, times, -condition)):
        assert not torch.allclose(base, other, atol=1e-3)


def test_scoring_and_restoring_are_inverse() -> None:
    made = network()
    made.mean.fill_(2.0)
    made.spread.fill_(0.5)
    w = torch.randn(2, 3, 6)
    assert torch.allclose(made.restored(made.scored(w)), w, atol=1e-6)
    assert torch.allclose(made.scored(torch.full((1, 3, 6), 3.0)), torch.full((1, 3, 6), 2.0))
