import numpy as np

from vision.inpaint_exemplar import ExemplarSettings, fill_exemplar
from vision.inpaint_telea import fill_telea


def stripes() -> tuple[np.ndarray, np.ndarray]:
    u = np.arange(96)
    rgb = np.repeat(((u // 4) % 2 * 200 + 20)[None, :, None], 72, axis=0).repeat(3, axis=2).astype(np.uint8)
    unknown = np.zeros((72, 96), bool)
    unknown[26:46, 36:62] = True
    return rgb, unknown


def test_a_pattern_is_continued_where_smooth_methods_blur_it() -> None:
    rgb, unknown = stripes()
    given = np.where(unknown[..., None], 0, rgb).astype(np.uint8)
    error = {}
    for name, fill in (("exemplar", fill_exemplar), ("telea", fill_telea)):
        filled = fill(given, ~unknown, unknown)
        error[name] = np.abs(filled.astype(float) - rgb)[unknown].mean()
        assert np.array_equal(filled[~unknown], rgb[~unknown])
    assert error["exemplar"] < 12
    assert error["exemplar"] < 0.5 * error["telea"]


def test_void_is_never_copied() -> None:
    rgb, unknown = stripes()
    known = ~unknown
    known[:, :30] = False
    rgb[:, :30] = (255, 0, 255)
    rgb[unknown] = (255, 0, 255)
    filled = fill_exemplar(rgb, known, unknown)
    assert np.ptp(filled[unknown].astype(int), axis=1).max() <= 1  # grey, as all that is known


def test_the_same_input_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(3)
    rgb = rng.integers(0, 255, (60, 70, 3), dtype=np.uint8)
    unknown = np.zeros((60, 70), bool)
    unknown[20:40, 20:44] = True
    first, second = (fill_exemplar(rgb, ~unknown, unknown) for _ in range(2))
    assert np.array_equal(first, second)


def test_too_little_context_for_a_patch_still_fills() -> None:
    rgb = np.full((12, 40, 3), (30, 60, 90), np.uint8)
    unknown = np.zeros((12, 40), bool)
    unknown[1:11, 2:38] = True
    rgb[unknown] = 0
    assert (fill_exemplar(rgb, ~unknown, unknown, ExemplarSettings(levels=1)) == (30, 60, 90)).all()
    assert np.array_equal(fill_exemplar(rgb, np.zeros_like(unknown), unknown), rgb)
