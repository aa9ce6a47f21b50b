import numpy as np
import pytest

from nerf.ngp.levels import Levels


def test_sixteen_levels_to_2048_have_the_published_resolutions_and_parameters() -> None:
    levels = Levels(16, 2, 19, 16, 2048)
    assert levels.resolutions.tolist() == [
        16, 23, 31, 43, 59, 81, 112, 154, 213, 295, 407, 562, 777, 1073, 1483, 2048,
    ]  # fmt: skip
    assert levels.dense.tolist() == [True] * 5 + [False] * 11
    assert levels.growth == pytest.approx(1.38191, abs=1e-5)
    assert levels.n_parameters == 12_196_240


@pytest.mark.parametrize(("log2_size", "parameters"), [(19, 11_681_792), (15, 933_888)])
def test_eight_levels_of_four_double_each_time(log2_size: int, parameters: int) -> None:
    levels = Levels(8, 4, log2_size, 16, 2048)
    assert levels.resolutions.tolist() == [16 * 2**level for level in range(8)]
    assert levels.n_parameters == parameters


def test_each_level_starts_where_the_one_before_ends() -> None:
    levels = Levels(5, 4, 12, 4, 64)
    assert levels.offsets[0] == 0
    assert np.array_equal(np.diff(levels.offsets), levels.sizes[:-1])
    assert levels.n_entries == levels.offsets[-1] + levels.sizes[-1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"features": 3}, "features 1, 2, 4 or 8"),
        ({"log2_size": 30}, "log2_size"),
        ({"finest": 8}, "coarsest <= finest"),
        ({"n_levels": 3, "features": 2}, "multiple of 4"),
    ],
)
def test_sizes_that_no_kernel_takes_are_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Levels(**settings)
