import numpy as np

from meshing.photo import sharpen_numba
from meshing.photo.sharpen import sharpen


def soft_step() -> tuple[np.ndarray, np.ndarray]:
    """A ramp of 8 pixels over a colour edge between columns 23 and 24."""
    disparity = np.tile(np.clip((np.arange(48) - 19.5) / 8, 0, 1) * 20, (32, 1)).astype(np.float32)
    rgb = np.where(np.arange(48)[None, :, None] < 24, (200, 40, 40), (20, 20, 120)) * np.ones((32, 1, 1))
    return disparity, rgb.astype(np.uint8)


def test_a_ramp_becomes_a_step_where_colours_change() -> None:
    disparity, rgb = soft_step()
    sharp = sharpen(disparity, rgb, 1.5, (2, 2, 1))
    steps = np.abs(np.diff(sharp, axis=1))
    assert (steps.argmax(axis=1) == 23).all()
    assert steps.max(axis=1).min() > 15
    assert (np.sort(steps, axis=1)[:, -2] < 3).all()


def test_flat_parts_are_left_alone() -> None:
    disparity, rgb = soft_step()
    sharp = sharpen(disparity, rgb, 1.5, (2, 1))
    assert np.array_equal(sharp[:, :12], disparity[:, :12])
    assert np.array_equal(sharp[:, 36:], disparity[:, 36:])


def test_only_values_that_were_there_come_out(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    rgb, disparity = bumpy
    assert np.isin(sharpen(disparity, rgb, 1.5), disparity).all()


def test_the_compiled_twin_gives_the_same(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    rgb, disparity = bumpy
    for strides in ((1,), (2, 1), (4,)):
        assert np.array_equal(
            sharpen(disparity, rgb, 1.5, strides), sharpen_numba.sharpen(disparity, rgb, 1.5, strides)
        )
