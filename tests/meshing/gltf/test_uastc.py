import numpy as np
import pytest

from meshing.gltf.uastc import MODES, decode, end_levels, weight_levels

BY_NUMBER = {mode.number: mode for mode in MODES}


def block(*fields: tuple[int, int]) -> np.ndarray:
    """16 bytes from (number, width) pairs, lowest bits first."""
    bits = "".join(f"{number:0{width}b}"[::-1] for number, width in fields).ljust(128, "0")
    assert len(bits) == 128
    return np.array([int(bits[k : k + 8][::-1], 2) for k in range(0, 128, 8)], np.uint8).reshape(1, 1, 16)


def test_ends_mean_what_the_specification_s_tables_say() -> None:
    assert end_levels(BY_NUMBER[0])[[0, 64, 128, 2, 66, 191, 63, 3, 65, 1]].tolist() == [
        0, 1, 2, 4, 5, 129, 131, 251, 254, 255,
    ]  # fmt: skip
    assert end_levels(BY_NUMBER[10])[[0, 16, 32, 2, 47, 31, 17, 1]].tolist() == [0, 5, 11, 16, 131, 136, 250, 255]
    assert end_levels(BY_NUMBER[18])[[0, 1, 16, 31]].tolist() == [0, 8, 132, 255]
    assert end_levels(BY_NUMBER[5]).tolist() == list(range(256))
    for mode in MODES:
        assert len(set(end_levels(mode))) == len(end_levels(mode))
        assert len(weight_levels(mode)) == 1 << mode.weight_bits


def test_a_block_of_one_colour_is_read_as_written() -> None:
    texels = decode(block((0b10111, 5), (200, 8), (60, 8), (30, 8), (128, 8)))
    assert texels.shape == (4, 4, 4)
    assert (texels == [200, 60, 30, 128]).all()


def test_a_block_between_two_colours_is_read_by_its_weights() -> None:
    """Mode 5: ends of 8 bits, weights of 3, the first of 2; rows from the top, texels from the left."""
    ends = [(10, 8), (250, 8), (0, 8), (255, 8), (77, 8), (77, 8)]
    weights = [0, 7, 1, 2, 3, 4, 5, 6, *[7] * 8]
    texels = decode(block((0b01011, 5), (0, 15), *ends, (weights[0], 2), *((w, 3) for w in weights[1:])))
    assert texels[0, 0].tolist() == [10, 0, 77, 255]
    assert texels[0, 1].tolist() == [250, 255, 77, 255]
    assert (texels[2:] == [250, 255, 77, 255]).all()
    assert texels[0, 2, 1] == (257 * 255 * 9 + 32) // 64 // 256
    assert (np.diff(texels.reshape(16, 4)[2:9, 0].astype(int)) > 0).all()


def test_digits_are_five_to_a_byte() -> None:
    """Mode 0: the digits 2 1 0 0 1 in 8 bits, a 0 in 2, then six ends of 6 bits."""
    digits = 2 + 1 * 3 + 1 * 81
    texels = decode(block((0b0001, 4), (0, 15), (digits, 8), (0, 2), *((k, 6) for k in (0, 1, 0, 2, 4, 0)), (0, 3)))
    levels = end_levels(BY_NUMBER[0])
    assert texels[0, 0, :3].tolist() == [levels[2 << 6], levels[0], levels[1 << 6 | 4]]


def test_another_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="uastc: block 0 is in a mode that is not written here"):
        decode(block((0b11101, 5)))
