"""Distances for a panorama from whatever tells the depth of plain pictures."""

import numpy as np

from meshing.room.estimate import estimated_distance
from meshing.room.panorama import directions
from meshing.room.pictures import RoomPicture
from meshing.room.plan import Box, RoomPlan
from meshing.room.proxy import ProxyRenderer

PLAN = RoomPlan(
    "room",
    ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5), (-2.0, -1.5)),
    2.4,
    (),
    (Box("box", "box", (1.0, 0.5, -0.7), (0.8, 1.0, 0.8)),),
)
EYE = (-0.5, 1.4, 0.4)


def test_views_that_each_have_a_scale_of_their_own_are_brought_together() -> None:
    """The colours hold the inverse depth along z for each view, which a network would guess from them."""
    renderer = ProxyRenderer(PLAN)
    truth = renderer.panorama(np.array(EYE), 64).near
    ways = directions(64, 128)
    code = np.clip(255 / (1 + truth), 0, 255).astype(np.uint8)
    picture = RoomPicture(EYE, np.repeat(code[..., None], 3, axis=2), np.zeros((64, 128), np.float32))
    random = np.random.default_rng(0)

    def network(rgb: np.ndarray) -> np.ndarray:
        distance = 255 / np.maximum(rgb[..., 0].astype(np.float64), 1) - 1
        size = rgb.shape[0]
        at = (np.arange(size) + 0.5 - size / 2) / (size / 2)
        depth = distance / np.sqrt(1 + at[None] ** 2 + at[:, None] ** 2)
        return np.asarray(random.uniform(0.5, 2) / np.maximum(depth, 0.1) + random.uniform(-0.1, 0.3))

    made = estimated_distance(picture, renderer, network, size=64)
    assert made.shape == (64, 128)
    assert np.median(np.abs(made / truth - 1)) < 0.02
    assert np.abs(made[:, 0] / made[:, -1] - 1).max() < 0.2, "no seam"
    assert np.isfinite(made).all()
    assert ways.shape[:2] == made.shape


def test_a_network_that_sees_nothing_gives_the_plan() -> None:
    renderer = ProxyRenderer(PLAN)
    picture = RoomPicture(EYE, np.zeros((32, 64, 3), np.uint8), np.zeros((32, 64), np.float32))
    made = estimated_distance(picture, renderer, lambda rgb: np.zeros(rgb.shape[:2]), size=32)
    truth = renderer.panorama(np.array(EYE), 32).near
    assert np.median(np.abs(made / truth - 1)) < 0.03
