import numpy as np

from meshing.gltf.uastc import MODES, decode
from meshing.gltf.uastc_numba import encode


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / ((a.astype(np.float64) - b) ** 2).mean()))


def waves(h: int, w: int, *, alpha: bool) -> np.ndarray:
    """Colours that vary slowly, with noise in their brightness; alpha with an edge."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:h, :w] / 20
    image = np.stack([127 + 90 * np.sin(x + k) * np.cos(0.7 * y - k) for k in range(4)], axis=2)
    image[..., :3] += rng.normal(0, 4, (h, w, 1))
    image[..., 3] = np.where(x > w / 40, image[..., 3], 255) if alpha else 255
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def test_what_is_packed_is_read_back_nearly_the_same() -> None:
    opaque, clear = waves(64, 96, alpha=False), waves(64, 96, alpha=True)
    assert psnr(decode(encode(opaque)), opaque) > 40
    assert psnr(decode(encode(clear)), clear) > 36
    assert (decode(encode(opaque))[..., 3] == 255).all()


def test_colours_on_a_line_are_nearly_kept() -> None:
    ramp = np.zeros((4, 4, 4), np.uint8)
    ramp[...] = np.linspace([0, 40, 255, 255], [150, 100, 0, 255], 16).reshape(4, 4, 4).round()
    assert np.abs(decode(encode(ramp)).astype(int) - ramp).max() <= 3


def test_one_colour_and_black_on_white_are_exact() -> None:
    image = np.full((8, 8, 4), 255, np.uint8)
    image[:4, :4] = [200, 60, 30, 7]
    image[4:, ::2, :3] = 0
    np.testing.assert_array_equal(decode(encode(image)), image)


def test_every_mode_is_used() -> None:
    images = [waves(128, 128, alpha=alpha) for alpha in (False, True)]
    smooth = np.repeat(np.repeat(waves(16, 16, alpha=False), 4, 0), 16, 1)  # steep in one direction
    first = np.concatenate([encode(image).reshape(-1, 16)[:, 0] for image in (*images, smooth)])
    used = {mode.number for mode in MODES if ((first & ((1 << mode.code_bits) - 1)) == mode.code).any()}
    assert used == {mode.number for mode in MODES}


def test_sides_that_are_no_multiple_of_four_are_filled_with_their_rim() -> None:
    image = waves(6, 9, alpha=False)
    back = decode(encode(image))
    assert back.shape == (8, 12, 4)
    assert psnr(back[:6, :9], image) > 36
