"""Estimated distances brought to the measures of a plan."""

import numpy as np
import pytest
from scipy import ndimage

from meshing.room.alignment import AlignmentSettings, align, shifted_and_scaled
from meshing.room.panorama import directions, solid_angles
from meshing.room.plan import Box, RoomPlan
from meshing.room.proxy import Intervals, ProxyRenderer, ProxyView

H, W = 48, 96
FLOOR = ((-2.2, 2.0), (2.2, 2.0), (2.2, -2.0), (-2.2, -2.0))
PLAN = RoomPlan(
    "room",
    FLOOR,
    2.6,
    (),
    (
        Box("wardrobe", "wardrobe", (-1.8, 1.0, 0.0), (1.6, 2.0, 0.6), np.pi / 2),
        Box("bed", "bed", (0.4, 0.3, -0.9), (1.6, 0.6, 2.0)),
    ),
)
EYE = np.array([0.3, 1.5, 1.0])


@pytest.fixture(scope="module")
def view() -> tuple[ProxyView, Intervals]:
    renderer = ProxyRenderer(PLAN)
    return renderer.panorama(EYE, H), renderer.intervals(EYE, directions(H, W))


def distorted(true: np.ndarray, seed: int, *, waves: float = 0.1, noise: float = 0.01) -> np.ndarray:
    random = np.random.default_rng(seed)
    at = np.meshgrid(np.linspace(0, 4, H), (np.arange(W) + 0.5) / W * 9, indexing="ij")
    field = ndimage.map_coordinates(random.normal(size=(5, 9)), at, order=3, mode="grid-wrap") * waves
    inverse = random.uniform(0.6, 1.6) / true + random.uniform(-0.02, 0.06)
    return np.asarray(1 / np.maximum(inverse, 0.05) * np.exp(field + random.normal(size=true.shape) * noise))


def error(distance: np.ndarray, true: np.ndarray) -> float:
    return float(np.average(np.abs(distance - true) / true, weights=solid_angles(H, W)))


def test_scale_and_shift_are_found_exactly_and_despite_outliers(view: tuple[ProxyView, Intervals]) -> None:
    proxy, _ = view
    true = proxy.near.astype(np.float64)
    estimate = 1 / (0.7 / true + 0.03)
    assert error(shifted_and_scaled(estimate, proxy), true) < 1e-4
    wild = estimate.copy()
    wild[np.random.default_rng(0).random((H, W)) < 0.2] *= 3
    assert np.median(np.abs(shifted_and_scaled(wild, proxy) / true - 1)) < 0.01


@pytest.mark.parametrize("seed", [0, 1])
def test_waves_are_taken_out(view: tuple[ProxyView, Intervals], seed: int) -> None:
    proxy, intervals = view
    true = proxy.near.astype(np.float64)
    estimate = distorted(true, seed)
    scaled = estimate * np.median(true / estimate)
    made = align(estimate, proxy, intervals)
    assert error(made, true) < 0.4 * error(scaled, true) < 0.04
    assert intervals.violated(made).mean() < 0.01 < intervals.violated(scaled.astype(np.float32)).mean()
    wall = proxy.is_shell
    assert np.abs(made - true)[wall].mean() < 0.01, "walls within a centimetre"


def test_what_stands_in_its_box_keeps_its_shape(view: tuple[ProxyView, Intervals]) -> None:
    proxy, intervals = view
    bed = proxy.instance == 2
    rays = directions(H, W)
    bump = np.where(bed, proxy.near + 0.15 * (1 + np.sin(8 * rays[..., 0])), proxy.near).astype(np.float64)
    true = np.minimum(bump, np.where(bed, proxy.far, bump))
    made = align(distorted(true, 3, waves=0.05), proxy, intervals)
    inner = ndimage.binary_erosion(bed, iterations=2)
    assert np.corrcoef((made - proxy.near)[inner], (true - proxy.near)[inner])[0, 1] > 0.9
    assert (made[inner] <= intervals.shell[inner] + 0.01).all()


def test_the_open_air_is_nowhere_allowed_and_boxes_are_filled_from_near_to_far(
    view: tuple[ProxyView, Intervals],
) -> None:
    proxy, intervals = view
    assert not intervals.violated(proxy.near).any()
    assert not intervals.violated(proxy.far).any()
    middle = (0.5 * (proxy.near + proxy.far)).astype(np.float32)
    assert not intervals.violated(middle).any()
    air = (0.8 * proxy.near).astype(np.float32)
    assert intervals.violated(air)[proxy.near > 1].all()
    assert np.allclose(intervals.nearest(air)[proxy.is_shell & (proxy.near > 3)].min() > 0.5, True)


def test_the_same_estimate_gives_the_same_bytes(view: tuple[ProxyView, Intervals]) -> None:
    estimate = distorted(view[0].near.astype(np.float64), 5)
    assert align(estimate, *view).tobytes() == align(estimate, *view).tobytes()


@pytest.mark.parametrize(
    ("estimate", "sentence"),
    [
        (np.ones((4, 8)), r"must be \(48, 96\) as the proxy is \(got \(4, 8\)\)"),
        (np.zeros((H, W)), "at least half of the distances must be above 0"),
        (np.full((H, W), np.nan), "at least half"),
    ],
)
def test_estimates_that_cannot_be_used_are_refused(
    view: tuple[ProxyView, Intervals], estimate: np.ndarray, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        align(estimate, *view)


def test_a_constant_estimate_and_holes_in_it_do_no_harm(view: tuple[ProxyView, Intervals]) -> None:
    proxy, intervals = view
    made = align(np.full((H, W), 2.0), proxy, intervals)
    assert np.isfinite(made).all()
    holes = distorted(proxy.near.astype(np.float64), 0)
    holes[10:14, 20:30] = np.nan
    assert error(align(holes, proxy, intervals, AlignmentSettings(rounds=2)), proxy.near) < 0.03
