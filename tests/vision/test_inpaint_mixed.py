import numpy as np

from vision.inpaint_diffusion import diffuse
from vision.inpaint_mixed import fill_diffusion, fill_mixed


def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rgb = np.random.default_rng(0).integers(0, 255, (40, 50, 3), dtype=np.uint8)
    unknown = np.zeros((40, 50), bool)
    unknown[12:26, 15:33] = True
    known = ~unknown
    known[:, 44:] = False
    return rgb, known, unknown


def test_void_and_known_pixels_stay_as_they_are() -> None:
    rgb, known, unknown = scene()
    filled = fill_mixed(rgb, known, unknown)
    assert np.array_equal(filled[~unknown], rgb[~unknown])
    assert (filled[unknown] != rgb[unknown]).mean() > 0.9


def test_diffusion_on_a_picture_is_diffusion_on_its_graph() -> None:
    rgb, _, unknown = scene()
    number = np.arange(40 * 50, dtype=np.int32).reshape(40, 50)
    links = np.full((40, 50, 4), -1, np.int32)
    links[:, :-1, 0], links[:-1, :, 1] = number[:, 1:], number[1:]
    links[:, 1:, 2], links[1:, :, 3] = number[:, :-1], number[:-1]
    graph = diffuse(rgb.reshape(-1, 3), unknown.ravel(), links.reshape(-1, 4)).reshape(rgb.shape)
    assert np.array_equal(fill_diffusion(rgb, ~unknown, unknown), graph)


def test_void_colours_never_come_in() -> None:
    rgb, known, unknown = scene()
    rgb[known] = (40, 80, 120)
    rgb[~known] = (255, 0, 255)
    assert np.abs(fill_mixed(rgb, known, unknown)[unknown].astype(int) - (40, 80, 120)).max() <= 1
