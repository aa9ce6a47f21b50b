import numpy as np
import pytest

from meshing.refine_outline import Outline, find_outline

SIZE, SUB = 96, 8
FRONT, BACK = np.array([200, 120, 40], np.float32), np.array([60, 90, 160], np.float32)


def disc(radius: float) -> np.ndarray:
    """How much of each pixel a disc in the middle covers."""
    at = (np.arange(SIZE * SUB) + 0.5) / SUB - SIZE / 2
    inside = at[:, None] ** 2 + at**2 < radius**2
    covered: np.ndarray = inside.reshape(SIZE, SUB, SIZE, SUB).mean(axis=(1, 3))
    return covered


def picture(share: np.ndarray) -> np.ndarray:
    return (BACK + share[..., None] * (FRONT - BACK)).astype(np.float32)


def found(photo: np.ndarray, back: float = 4.0) -> Outline:
    """Of a drawn disc with a radius of 30 pixels, 2 before the camera."""
    front = disc(30) > 0.5
    counts = np.ones((SIZE, SIZE), bool)
    return find_outline(np.where(front, 2.0, back), picture(front), photo, counts)


@pytest.mark.parametrize("off", [-2.5, -1.0, 0.0, 0.4, 2.5])
def test_an_outline_is_off_by_as_much_as_the_photo_shows(off: float) -> None:
    outline = found(picture(disc(30 + off)))
    assert (outline.sure > 0).sum() > 150
    assert np.average(outline.shift, weights=outline.sure) == pytest.approx(off, abs=0.12)
    assert np.abs(outline.shift - off).max() < 1  # drawn without shares, pixels are off by up to a half themselves


def test_normals_point_away_from_the_disc() -> None:
    outline = found(picture(disc(31)))
    y, x = np.divmod(outline.pixel, SIZE)
    radial = np.stack([x, y], axis=1) + 0.5 - SIZE / 2
    radial /= np.linalg.norm(radial, axis=1, keepdims=True)
    assert (outline.normal * radial).sum(axis=1).min() > 0.95


def test_fur_that_fades_gets_the_edge_in_its_middle() -> None:
    fading = np.mean([disc(radius) for radius in np.linspace(29, 33, 9)], axis=0)
    outline = found(picture(fading))
    assert np.average(outline.shift, weights=outline.sure) == pytest.approx(1, abs=0.2)


def test_what_shows_neither_color_is_trusted_less() -> None:
    strange = picture(disc(31)).copy()
    strange[:, : SIZE // 2] += np.array([0, 80, 0], np.float32)
    outline = found(strange)
    left = outline.pixel % SIZE < SIZE // 2 - 4
    right = outline.pixel % SIZE > SIZE // 2 + 4
    assert outline.sure[left].mean() < 0.5 * outline.sure[right].mean()


def test_nothing_behind_tells_nothing() -> None:
    assert len(found(picture(disc(33)), back=0.0).pixel) == 0


def test_colors_that_are_alike_tell_nothing() -> None:
    front = disc(30) > 0.5
    gray = np.full((SIZE, SIZE, 3), 128, np.float32) + 5 * front[..., None].astype(np.float32)
    depth, counts = np.where(front, 2.0, 4.0), np.ones((SIZE, SIZE), bool)
    assert len(find_outline(depth, gray, picture(disc(33)), counts).pixel) == 0


def test_pixels_that_do_not_count_are_not_read() -> None:
    front, photo = disc(30) > 0.5, picture(disc(33))
    photo[:, : SIZE // 2] = 255
    counts = np.arange(SIZE) >= SIZE // 2 + np.zeros((SIZE, 1), int)
    outline = find_outline(np.where(front, 2.0, 4.0), picture(front), photo, counts)
    assert (outline.pixel % SIZE >= SIZE // 2).all()
    away = outline.pixel % SIZE >= SIZE // 2 + 4
    assert np.average(outline.shift[away], weights=outline.sure[away]) == pytest.approx(3, abs=0.15)
