import numpy as np

from vision.inpaint_telea import fill_telea


def hole(shape: tuple[int, int]) -> np.ndarray:
    unknown = np.zeros(shape, bool)
    unknown[12:24, 15:30] = True
    return unknown


def test_a_plain_colour_is_continued_exactly() -> None:
    rgb = np.full((36, 44, 3), (200, 90, 30), np.uint8)
    unknown = hole((36, 44))
    rgb[unknown] = 0
    assert (fill_telea(rgb, ~unknown, unknown) == (200, 90, 30)).all()


def test_a_gentle_ramp_is_continued_closely() -> None:
    ramp = np.repeat((3 * np.arange(44) + 40)[None, :, None], 36, axis=0).repeat(3, axis=2).astype(np.uint8)
    unknown = hole((36, 44))
    given = np.where(unknown[..., None], 0, ramp).astype(np.uint8)
    filled = fill_telea(given, ~unknown, unknown)
    assert np.abs(filled.astype(int) - ramp)[unknown].max() <= 14
    assert np.abs(filled.astype(int) - ramp)[unknown].mean() <= 5
    assert np.array_equal(filled[~unknown], ramp[~unknown])


def test_void_takes_no_part_and_what_nothing_reaches_stays() -> None:
    rgb = np.full((36, 44, 3), (10, 200, 10), np.uint8)
    unknown = hole((36, 44))
    unknown[30, 40] = True
    known = ~unknown
    known[:, 30:] = False
    rgb[:, 30:] = (255, 0, 0)
    rgb[unknown] = (1, 2, 3)
    filled = fill_telea(rgb, known, unknown)
    assert (filled[12:24, 15:30] == (10, 200, 10)).all()
    assert filled[30, 40].tolist() == [1, 2, 3]
