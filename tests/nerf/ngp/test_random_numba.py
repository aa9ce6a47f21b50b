import numpy as np

from nerf.ngp.random_numba import BACKGROUND, RAYS, fill_uniform


def _draw(seed: int, step: int, stream: int, n: int = 100_000) -> np.ndarray:
    out = np.empty(n, np.float32)
    fill_uniform(seed, step, stream, out)
    return out


def test_numbers_are_even_and_unrelated() -> None:
    first = _draw(0, 0, RAYS)
    counts = np.histogram(first, 100, (0, 1))[0]
    assert ((counts - 1000) ** 2 / 1000).sum() < 160  # chi-square with 99 degrees: one in ten thousand
    for other in (_draw(0, 0, BACKGROUND), _draw(0, 1, RAYS), _draw(1, 0, RAYS), np.roll(first, 1), np.roll(first, 3)):
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.015


def test_the_same_question_has_the_same_answer() -> None:
    assert np.array_equal(_draw(3, 4, RAYS), _draw(3, 4, RAYS))
    assert np.array_equal(_draw(3, 4, RAYS, 10), _draw(3, 4, RAYS)[:10])
