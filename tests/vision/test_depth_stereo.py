from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.depth_stereo import depth_from_pair, match


def shifted_pair(near: int, far: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Noise on a wall with a square before it; disparity as the left picture has it."""
    rng = np.random.default_rng(0)
    wall = rng.integers(0, 255, (60, 140, 3), dtype=np.uint8)
    patch = rng.integers(0, 255, (24, 30, 3), dtype=np.uint8)
    left, right = wall[:, :100].copy(), wall[:, far : 100 + far].copy()
    left[18:42, 50:80], right[18:42, 50 - near : 80 - near] = patch, patch
    disparity = np.full((60, 100), far)
    disparity[18:42, 50:80] = near
    return left, right, disparity


def test_the_disparity_of_a_square_before_a_wall_is_found() -> None:
    left, right, disparity = shifted_pair(12, 4)
    found, agrees = match(left, right, 20)
    inner = np.zeros_like(agrees)
    inner[4:-4, 24:-4] = True
    right_ones = np.abs(found - disparity) < 0.5
    assert right_ones[inner & agrees].mean() > 0.98
    assert agrees[inner].mean() > 0.85
    hidden = np.zeros_like(agrees)
    hidden[20:40, 43:49] = True  # wall that only the left picture shows
    assert agrees[hidden].mean() < 0.3


def test_filled_parts_are_marked_unsure_and_far() -> None:
    left, right, _ = shifted_pair(12, 4)
    made = depth_from_pair(left, right, most=20)
    assert made.source == "stereo"
    assert not made.metric
    hidden = made.confidence[20:40, 43:49] < 0.5
    assert hidden.mean() > 0.7
    assert np.abs(made.values[20:40, 43:49][hidden] - 4).mean() < 1
    assert np.unique(made.confidence).tolist() == pytest.approx([0.1, 1.0])


def test_pictures_that_do_not_match_are_told() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, 255, (2, 60, 100, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="do not match"):
        depth_from_pair(left, right)
    with pytest.raises(ValueError, match="one size"):
        depth_from_pair(left, right[:, :50])


def test_a_real_pair_comes_close_to_its_measured_disparity(shared_data: Path) -> None:
    folder = shared_data / "skimage_photos"
    left, right = (
        np.array(Image.open(folder / f"motorcycle_{side}.png").convert("RGB").crop((200, 150, 560, 330)))
        for side in ("left", "right")
    )
    with np.load(folder / "motorcycle_disp.npz") as arrays:
        truth = arrays[arrays.files[0]][150:330, 200:560]
    found, agrees = match(left, right, 64)
    known = agrees & np.isfinite(truth)
    known[:, :64] = False
    error = np.abs(found - truth)[known]
    assert np.median(error) < 0.5
    assert (error > 2).mean() < 0.1
