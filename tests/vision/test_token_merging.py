import numpy as np
import pytest
import torch
from torch.nn import functional

from vision.token_merging import Tokens, matched, merged


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_most_alike_even_and_odd_tokens_become_the_mean_of_their_patches() -> None:
    keys = torch.tensor([[[1.0, 0], [0, 1], [0.2, 1], [0.5, -1], [0, -1]]])
    pairs = matched(keys, 1, keep_first=False)
    assert (pairs.kept.tolist(), pairs.gone.tolist(), pairs.into.tolist()) == ([[0, 2]], [[1]], [[0]])
    tokens = Tokens(torch.tensor([[[0.0], [1], [2], [3], [4]]]), torch.tensor([[1.0, 1, 3, 1, 1]]))
    found = merged(tokens, pairs)
    assert found.values.flatten().tolist() == [0, 4, (1 + 3 * 2) / 4, 3]
    assert found.sizes.tolist() == [[1, 1, 4, 1]]


def plainly_merged(values: np.ndarray, keys: np.ndarray, r: int, keep_first: bool) -> np.ndarray:
    """The paper's five steps for one picture of tokens of one patch, as loops."""
    keys = keys / np.linalg.norm(keys, axis=1, keepdims=True)
    even, odd = range(0, len(keys), 2), range(1, len(keys), 2)
    edges = []
    for a in even:
        if a or not keep_first:
            b = max(odd, key=lambda b: keys[a] @ keys[b])
            edges.append((keys[a] @ keys[b], a, b))
    groups = {b: [b] for b in odd}
    for _, a, b in sorted(edges, reverse=True)[: min(r, (len(keys) - keep_first) // 2)]:
        groups[b].append(a)
    gone = {a for group in groups.values() for a in group}
    return np.array([values[a] for a in even if a not in gone] + [values[group].mean(0) for group in groups.values()])


@pytest.mark.parametrize("keep_first", [True, False])
@pytest.mark.parametrize(("n", "r"), [(9, 1), (9, 3), (16, 5), (17, 50)])
def test_it_merges_as_the_paper_says(n: int, r: int, keep_first: bool) -> None:
    keys, values = random(3, n, 6), random(3, n, 4, seed=1)
    found = merged(Tokens.of(values), matched(keys, r, keep_first=keep_first))
    for number in range(3):
        expected = plainly_merged(values[number].numpy(), keys[number].numpy(), r, keep_first)
        assert np.allclose(found.values[number], expected)


def test_nothing_is_lost_and_the_first_token_stays_as_it_is() -> None:
    tokens = Tokens.of(random(2, 21, 4))
    first, total = tokens.values[:, 0], tokens.values.sum(1)
    for layer in range(4):
        tokens = merged(tokens, matched(random(2, tokens.values.shape[1], 5, seed=layer), 4, keep_first=True))
        assert torch.allclose((tokens.values * tokens.sizes[..., None]).sum(1), total)
        assert (tokens.sizes.sum(1) == 21).all()
        assert torch.equal(tokens.values[:, 0], first)
    assert tokens.values.shape == (2, 5, 4)


def test_attention_sees_a_merged_token_as_often_as_what_it_stands_for() -> None:
    """Where only equal tokens merge, proportional attention is attention over all of them."""
    values = random(1, 3, 8)[:, [0, 1, 1, 1, 2, 1, 2, 2]]
    tokens = Tokens.of(values)
    few = merged(tokens, matched(values, 3, keep_first=False))
    queries = random(1, 5, 8, seed=3)
    expected = functional.scaled_dot_product_attention(queries, values, values)
    found = functional.scaled_dot_product_attention(
        queries, few.values, few.values, attn_mask=few.attention_bias[:, None]
    )
    assert few.values.shape[1] == 5
    assert torch.allclose(found, expected)
    assert not torch.allclose(functional.scaled_dot_product_attention(queries, few.values, few.values), expected)
