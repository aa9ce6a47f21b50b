import numpy as np
import pytest

from vision.scene_light import aired, lit, photographed, sky_behind

SHAPE = (20, 30)


def test_light_scales_colours_and_leaves_black_black() -> None:
    image = np.random.default_rng(0).random((*SHAPE, 3))
    normal = np.broadcast_to([0.0, 1.0, 0.0], image.shape).copy()
    once, twice = (
        lit(np.random.default_rng(1), factor * image, np.ones(SHAPE), normal, "street") for factor in (1.0, 2.0)
    )
    assert np.allclose(twice, 2 * once)
    ratio = once / image
    assert np.allclose(ratio, ratio[0, 0]), "one sun: what looks one way is equally bright outdoors"


def test_haze_hides_the_far_in_the_open_and_nothing_indoors() -> None:
    image, sky = np.zeros((*SHAPE, 3)), np.ones((*SHAPE, 3))
    inverse = 1 / np.broadcast_to(np.geomspace(1, 1000, SHAPE[1]), SHAPE)
    hazy = aired(np.random.default_rng(0), image, inverse, sky, "landscape")
    assert (np.diff(hazy, axis=1) > 0).all()
    assert hazy[0, 0].max() < 0.05
    assert np.array_equal(aired(np.random.default_rng(0), image, inverse, sky, "room"), image)


@pytest.mark.parametrize("seed", range(5))
def test_the_sky_is_pale_at_the_horizon(seed: int) -> None:
    sky = sky_behind(np.random.default_rng(seed), *SHAPE)
    assert sky.shape == (*SHAPE, 3)
    assert sky[-1].min() >= 0.65
    assert sky[0].mean() < sky[-1].mean() + 0.2


def test_what_is_far_behind_a_near_thing_is_out_of_focus_and_the_near_is_sharp() -> None:
    """Stripes of one pixel: near on the left, far on the right; one seed in two or so has a shallow focus."""
    image = np.zeros((32, 64, 3))
    image[:, ::2] = 1
    inverse = np.full((32, 64), 0.05)
    inverse[:, :32] = 2.0
    far, near = [], []
    for seed in range(8):
        picture = photographed(np.random.default_rng(seed), image, inverse, "portrait").astype(float)
        contrast = np.abs(np.diff(picture[..., 0], axis=1)).mean(axis=0)
        near.append(contrast[4:24].mean())
        far.append(contrast[40:60].mean())
    ratio = np.divide(far, near)
    assert (ratio > 0.9).any()
    assert (ratio < 0.5).any()
    assert min(near) > 100
