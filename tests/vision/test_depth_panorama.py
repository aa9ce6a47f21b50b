import numpy as np
import pytest

from vision.depth import InverseDepth, inverse_depth
from vision.depth_panorama import DEGREES, depth_of_panorama
from vision.sphere import directions

SIZE = 64


def box(height: int) -> np.ndarray:
    """Inverse distance to the walls of a room, 3 x 2.4 x 5, from a place off its middle."""
    ways = directions(height)
    half, offset = np.array([1.5, 1.2, 2.5]), np.array([0.4, 0.2, -0.7])
    to_wall = np.where(ways > 0, half - offset, half + offset) / np.maximum(np.abs(ways), 1e-9)
    return np.asarray(1 / to_wall.min(axis=-1))


class Knowing:
    """Reads inverse distance off the grey levels and gives inverse depth, each time in a scale of its own."""

    def __init__(self, *, metric: bool = False) -> None:
        self.rng, self.metric, self.seen = np.random.default_rng(2), metric, 0

    def __call__(self, rgb: np.ndarray) -> InverseDepth:
        self.seen += 1
        across = ((np.arange(SIZE) + 0.5) / SIZE * 2 - 1) * np.tan(np.radians(DEGREES) / 2)
        x, y = np.meshgrid(across, across)
        inverse = rgb[..., 0] / 255 * np.sqrt(1 + x * x + y * y)
        if not self.metric:
            inverse = self.rng.uniform(0.5, 2) * inverse + self.rng.uniform(0, 0.3)
        return inverse_depth(inverse, 0.5, metric=self.metric, source="knowing")


def picture(height: int) -> np.ndarray:
    return np.repeat(np.rint(255 * box(height)).astype(np.uint8)[..., None], 3, axis=2)


def test_views_of_any_scale_become_one_depth_all_around() -> None:
    model = Knowing()
    made = depth_of_panorama(picture(64), model, size=SIZE)
    truth = box(64)
    assert model.seen == 8
    assert made.values.shape == (64, 128)
    design = np.stack([made.values.ravel(), np.ones(made.values.size)], axis=1)
    fitted = design @ np.linalg.lstsq(design, truth.ravel(), rcond=None)[0]
    error = np.abs(fitted / truth.ravel() - 1)
    assert np.median(error) < 0.03
    assert np.quantile(error, 0.95) < 0.15
    assert made.confidence.mean() == pytest.approx(0.4)


def test_the_two_ends_of_the_picture_meet() -> None:
    made = depth_of_panorama(picture(64), Knowing(), size=SIZE).values
    across = np.abs(made[:, 0] - made[:, -1]).max()
    assert across < 1.5 * np.abs(np.diff(made, axis=1)).max()


def test_metres_stay_metres() -> None:
    made = depth_of_panorama(picture(64), Knowing(metric=True), size=SIZE)
    assert made.metric
    assert np.median(np.abs(made.values / box(64) - 1)) < 0.03


def test_what_does_not_show_everything_is_told() -> None:
    with pytest.raises(ValueError, match="must be twice as wide as high"):
        depth_of_panorama(np.zeros((32, 80, 3), np.uint8), Knowing())
