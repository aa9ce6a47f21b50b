"""Cloth, rugs and papers have threads, borders and repeats."""

import numpy as np
import pytest

from meshing.room.materials import Samples
from meshing.room.textiles import carpet, knit, leather, plaid, quilt, rug, tatami, velvet, wallpaper, weave

BLUE, WHITE, RED = (0.1, 0.2, 0.5), (0.8, 0.8, 0.8), (0.6, 0.1, 0.1)


def rectangle(width: float, height: float, n: int = 120) -> Samples:
    u, v = np.meshgrid((np.arange(n) + 0.5) / n * width, (np.arange(n) + 0.5) / n * height)
    uv = np.stack([u.ravel(), v.ravel()], axis=1)
    return Samples(uv, np.zeros((n * n, 3)), np.tile([float(width), float(height)], (n * n, 1)), np.full(n * n, 0.4))


@pytest.mark.parametrize(
    "paint",
    [weave(BLUE), velvet(BLUE), leather(BLUE), knit(BLUE), carpet(BLUE), quilt(BLUE, BLUE), plaid(BLUE, BLUE, BLUE)],
)
def test_cloth_of_one_colour_keeps_its_hue(paint) -> None:  # type: ignore[no-untyped-def]
    color = paint(rectangle(1, 1)).mean(axis=0)
    assert color / color.sum() == pytest.approx(np.array(BLUE) / sum(BLUE), abs=0.01)


def test_stripes_run_along_v() -> None:
    colors = weave(BLUE, second=WHITE, stripe=0.1)(rectangle(1, 1))[:, 0].reshape(120, 120)
    assert colors.mean(axis=0).std() > 4 * colors.mean(axis=1).std()


@pytest.mark.parametrize("pattern", ["medallion", "stripes", "berber", "checks", "round", "plain"])
def test_a_rug_shows_its_colours_and_its_pattern(pattern: str) -> None:
    colors = rug(BLUE, WHITE, RED, pattern=pattern)(rectangle(2, 1.4))
    assert np.isfinite(colors).all()
    blue = (colors[:, 2] > 1.5 * colors[:, 0]).mean()
    assert blue > 0.1
    if pattern != "plain":
        assert blue < 0.98


def test_a_medallion_rug_is_symmetric() -> None:
    share = rug(BLUE, WHITE, RED, pattern="medallion")(rectangle(2, 1.4))[:, 2].reshape(120, 120)
    inner = share[20:100, 20:100]
    assert np.corrcoef(inner.ravel(), inner[:, ::-1].ravel())[0, 1] > 0.5


@pytest.mark.parametrize("pattern", ["stripes", "damask", "leaves", "dots", "fans", "stars"])
def test_paper_is_printed_on_part_of_it(pattern: str) -> None:
    colors = wallpaper(BLUE, WHITE, pattern=pattern)(rectangle(2, 2, 200))
    share = (colors[:, 0] - BLUE[0]) / (WHITE[0] - BLUE[0])
    assert 0.01 < (share > 0.4).mean() < 0.7


def test_tatami_has_dark_borders_about_one_tenth_of_its_area() -> None:
    colors = tatami((0.6, 0.5, 0.25), (0.02, 0.05, 0.02))(rectangle(3.6, 3.6, 300))
    dark = (colors[:, 0] < 0.2).mean()
    assert 0.03 < dark < 0.15
