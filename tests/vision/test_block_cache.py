import numpy as np
import torch

from vision.block_cache import BlockCache, plan_of


def test_a_block_is_computed_when_its_changes_add_up() -> None:
    changes = np.array([[np.inf, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2], [np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    plan = plan_of(changes, 0.5)
    assert plan.tolist() == [[True, False, False, True, False, False, True], [True] + [False] * 6]
    assert plan_of(changes, 0.0).all()
    counts = [plan_of(changes, threshold).sum() for threshold in (0.0, 0.1, 0.3, 0.5, 9.0)]
    assert counts == sorted(counts, reverse=True)


class Transformer2DModel(torch.nn.Module):
    """What the cache looks for, by the name of its class in diffusers: adds the square of what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, hidden: torch.Tensor, words: torch.Tensor, return_dict: bool = False) -> tuple[torch.Tensor]:
        self.calls += 1
        return (hidden + words**2,)


def test_residuals_are_kept_for_each_part_of_the_work() -> None:
    network = torch.nn.Sequential(Transformer2DModel(), torch.nn.ReLU())
    cache = BlockCache([network])
    block = network[0]
    assert len(cache.blocks) == 1
    cache.begin(measure=True)
    for step, word in enumerate((1.0, 2.0, 2.0)):
        cache.tell(step, 0)
        block(torch.zeros(3), torch.full((3,), word))
    assert np.array_equal(cache.changes(3), [[np.inf, 0.75, 0.0]])
    cache.plan = np.array([[True, False, True]])
    cache.begin()
    found = []
    for step in range(3):
        for part in range(2):
            cache.tell(step, part)
            found.append(float(block(torch.full((1,), 10.0 * step), torch.full((1,), step + part + 1.0))[0]))
    assert found == [1, 4, 11, 14, 29, 36]  # at the second step, the first one's residuals
    assert block.calls == 3 + 4
