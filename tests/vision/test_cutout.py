import numpy as np

from vision.cutout import FILL, cut_out, unlike_border
from vision.matting import Matting

Array = np.ndarray


def scene(background: tuple[int, int, int] = (200, 210, 190)) -> Array:
    """A red block with a hole in the background's colour."""
    picture = np.full((60, 80, 3), background, np.uint8)
    picture[20:50, 30:50] = (200, 20, 20)
    picture[30:36, 36:42] = background
    return picture


def test_a_plain_background_goes_and_a_hole_stays_part_of_the_object() -> None:
    cut = cut_out(scene())
    assert cut.notes == ()
    expected = np.zeros((60, 80), bool)
    expected[20:50, 30:50] = True
    assert (cut.mask == expected).mean() > 0.99
    assert cut.framed[0, 0].tolist() == [255, 255, 255]


def test_the_objects_longer_side_fills_the_same_share_whatever_its_size() -> None:
    for large in (1, 3):
        framed = cut_out(np.repeat(np.repeat(scene(), large, 0), large, 1), size=100).framed
        rows = np.flatnonzero((framed != 255).any((1, 2)))
        assert abs((rows[-1] - rows[0] + 1) / 100 - FILL) < 0.05


def test_the_share_of_the_square_that_the_object_has_lies_where_it_is_seen() -> None:
    for size in (60, 21):
        cut = cut_out(scene(), size=size)
        assert cut.covered.shape == (size, size)
        seen = (cut.framed < 200).any(2)
        assert (cut.covered[seen] > 0.1).all()
        assert (cut.covered[~(cut.framed < 255).any(2)] == 0).all()
        assert abs(cut.covered.sum() / size**2 - FILL * FILL * 20 / 30) < 0.04


def test_alpha_decides_where_there_is_some() -> None:
    alpha = np.zeros((60, 80), np.float32)
    alpha[10:20, 10:20] = 1
    cut = cut_out(scene(), alpha)
    assert cut.mask.sum() == 100
    assert np.array_equal(cut.mask, alpha > 0.5)


def test_a_busy_background_is_kept_with_a_note() -> None:
    busy = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    cut = cut_out(busy)
    assert cut.mask.all()
    assert "cannot be told from its background" in cut.notes[0]


def test_an_empty_picture_is_kept_with_a_note() -> None:
    assert cut_out(np.full((20, 20, 3), 255, np.uint8)).notes
    assert not unlike_border(np.full((20, 20, 3), 255, np.uint8))[0].any()


def patchy() -> Array:
    """A red block before something that goes from green to brown."""
    share = np.linspace(0, 1, 80)[None, :, None]
    noise = np.random.default_rng(1).normal(0, 8, (60, 80, 3))
    picture = ((1 - share) * (40, 150, 50) + share * (170, 110, 60) + noise).clip(0, 255).astype(np.uint8)
    picture[20:45, 25:55] = (210, 30, 30)
    return picture


def test_an_object_before_an_uneven_background_is_cut_out_with_a_note() -> None:
    cut = cut_out(patchy())
    assert "cut out by its colours" in cut.notes[0]
    expected = np.zeros((60, 80), bool)
    expected[20:45, 25:55] = True
    assert (cut.mask & expected).sum() / (cut.mask | expected).sum() > 0.85


def test_a_matting_model_is_asked_where_there_is_no_alpha_and_its_soft_edges_count() -> None:
    class Middle(Matting):
        def alpha(self, rgb: Array) -> Array:
            share = np.zeros(rgb.shape[:2], np.float32)
            share[10:20, 10:30] = 1
            share[9, 10:30] = 0.75
            return share

    cut = cut_out(patchy(), matting=Middle())
    assert cut.notes == ()
    assert cut.mask.sum() == 220
    assert cut_out(patchy(), np.ones((60, 80), np.float32), matting=Middle()).mask.sum() == 220
