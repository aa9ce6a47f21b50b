"""Charts lie beside each other, never on each other, and as densely as the page allows."""

import numpy as np
import pytest

from meshing.room.atlas import PADDING, chart_shares, chart_uv, layout, place


def many(n: int = 300) -> np.ndarray:
    return np.random.default_rng(0).uniform(0.01, 1.5, (n, 2))


def test_no_texel_belongs_to_two_charts() -> None:
    where = layout(many(), np.ones(300), 512)
    taken = np.zeros(where.page[::-1], np.int64)
    for x, y, w, h in zip(where.x, where.y, where.width, where.height, strict=True):
        assert x >= PADDING
        assert y >= PADDING
        taken[y - PADDING : y + h + PADDING, x - PADDING : x + w + PADDING] += 1
    assert taken.max() == 1
    assert taken.mean() > 0.75


def test_fine_charts_get_more_texels() -> None:
    where = layout(np.full((20, 2), 0.5), np.array([1.0] * 10 + [2.0] * 10), 512)
    assert where.width[15] == pytest.approx(2 * where.width[5], abs=2)


def test_a_few_small_charts_are_no_denser_than_allowed_and_take_a_small_page() -> None:
    where = layout(np.full((2, 2), 0.1), np.ones(2), 1024, densest=400.0)
    assert where.width.tolist() == [40, 40]
    assert where.page[1] <= 128


def test_more_charts_than_texels_is_an_error_that_says_what_helps() -> None:
    with pytest.raises(ValueError, match="take a larger one"):
        layout(np.full((200, 2), 0.1), np.ones(200), 64)


def test_a_placed_chart_is_found_again_by_its_uv_and_its_border_goes_on() -> None:
    where = layout(np.array([[1.0, 0.5], [0.3, 0.3]]), np.ones(2), 128)
    width, height = int(where.width[0]), int(where.height[0])
    shares = chart_shares(width, height)
    chart = np.concatenate([shares, np.zeros((len(shares), 1))], axis=1).reshape(height, width, 3)
    page = np.full((where.page[1], where.page[0], 3), -1.0)
    place(page, chart, where, 0)
    texels = chart_uv(np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), where, 0) * where.page - 0.5
    assert texels == pytest.approx(np.rint(texels))
    for (x, y), (u, v) in zip(np.rint(texels).astype(int), [(0, 0), (1, 1), (0, 1)], strict=True):
        assert page[y, x, :2] == pytest.approx((u, v))
    assert page[where.y[0] - 1, where.x[0]] == pytest.approx(page[where.y[0], where.x[0]])
