"""Panoramas with distances become one surface."""

import numpy as np
import pytest

from meshing.distance import distances, samples
from meshing.mesh import Mesh
from meshing.room.adherence import surface_fit
from meshing.room.fusion import between, cosines, fuse_panoramas
from meshing.room.panorama import directions, nearest, pixels_of
from meshing.room.pictures import RoomPicture
from meshing.room.plan import Box, RoomPlan
from meshing.room.proxy import ProxyRenderer, proxy_mesh

PLAN = RoomPlan(
    "room",
    ((-1.5, 1.5), (1.5, 1.5), (1.5, -1.5), (-1.5, -1.5)),
    2.4,
    (),
    (Box("box", "box", (-0.7, 0.4, -0.7), (0.8, 0.8, 0.6), 0.4),),
)
PLACES = ((0.6, 1.4, 0.6), (-0.9, 1.8, 0.8), (0.9, 0.5, -0.9))


def pictures(noise: float = 0.0, height: int = 128) -> list[RoomPicture]:
    renderer, random = ProxyRenderer(PLAN), np.random.default_rng(0)
    made = []
    for place in PLACES:
        view = renderer.panorama(np.array(place), height)
        color = ((directions(height, 2 * height) + 1) * 127).astype(np.uint8)
        made.append(RoomPicture(place, color, (view.near * np.exp(noise * random.normal())).astype(np.float32)))
    return made


@pytest.fixture(scope="module")
def fused() -> Mesh:
    return fuse_panoramas(pictures(), voxel=0.05)


def test_the_surface_is_that_of_the_plan(fused: Mesh) -> None:
    random = np.random.default_rng(0)
    truth = proxy_mesh(PLAN)
    made, _ = samples(fused.vertices, fused.faces, 4000, random)
    off = distances(made, truth.vertices, truth.faces)
    assert np.median(off) < 0.006
    assert (off < 0.03).mean() > 0.97
    whole, _ = samples(truth.vertices, truth.faces, 4000, random)
    assert (distances(whole, fused.vertices, fused.faces) < 0.04).mean() > 0.93


def test_front_faces_look_into_the_room(fused: Mesh) -> None:
    corners = fused.vertices[fused.faces].astype(np.float64)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    middle = corners.mean(axis=1)
    level = np.abs(normal[:, 1]) > 0.7 * np.linalg.norm(normal, axis=1)
    floor = (middle[:, 1] < 0.02) & level
    assert floor.sum() > 1000
    assert (normal[floor, 1] > 0).mean() > 0.99


def test_disagreeing_panoramas_are_averaged() -> None:
    fit = surface_fit(fuse_panoramas(pictures(noise=0.01), voxel=0.05), PLAN)
    assert fit.in_place > 0.97
    assert fit.wall_error < 0.02


def test_colours_are_those_of_the_pictures(fused: Mesh) -> None:
    assert fused.vertex_colors is not None
    one = fuse_panoramas(pictures()[:1], voxel=0.05)
    assert one.vertex_colors is not None
    ways = one.vertices - np.array(PLACES[0])
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    assert np.abs(one.vertex_colors - (ways + 1) * 127).mean() < 6


def test_silhouettes_are_not_bridged() -> None:
    """Nothing between the top of the box and the wall behind it."""
    one = fuse_panoramas(pictures()[:1], voxel=0.05)
    made, _ = samples(one.vertices, one.faces, 6000, np.random.default_rng(0))
    assert surface_fit(one, PLAN).in_place > 0.96
    assert len(made) == 6000


def test_cosines_are_those_of_a_wall_seen_aslant() -> None:
    ways = directions(64, 128)
    floor = np.where(ways[..., 1] < -0.1, 1.5 / np.maximum(-ways[..., 1], 0.1), 0).astype(np.float32)
    picture = RoomPicture((0.0, 1.5, 0.0), np.zeros((64, 128, 3), np.uint8), floor)
    found = cosines(picture)
    inner = (ways[..., 1] < -0.25) & (ways[..., 1] > -0.95)
    assert np.abs(found[inner] + ways[..., 1][inner]).max() < 0.05
    assert (found[ways[..., 1] > 0] == 0).all()


def test_nothing_to_fuse_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one is needed"):
        fuse_panoramas([])
    empty = RoomPicture((0.0, 1.0, 0.0), np.zeros((8, 16, 3), np.uint8), np.zeros((8, 16), np.float32))
    with pytest.raises(ValueError, match="none of 1 has a distance above 0"):
        fuse_panoramas([empty])


def test_between_pixels_a_slanted_floor_is_a_floor_and_a_silhouette_stays_sharp() -> None:
    ways = directions(256, 512)
    floor = np.where(ways[..., 1] < -0.2, 1.5 / np.maximum(-ways[..., 1], 1e-3), 0).astype(np.float32)
    random = np.random.default_rng(0).normal(size=(2000, 3)) * (1, 0.05, 1) - (0, 0.7, 0)
    way = random / np.linalg.norm(random, axis=1, keepdims=True)
    way = way[way[:, 1] < -0.3]
    at, true = pixels_of(way, 256, 512), 1.5 / -way[:, 1]
    off, coarse = np.abs(between(floor, at) - true), np.abs(nearest(floor, at) - true)
    assert np.quantile(off, 0.9) < 0.15 * np.quantile(coarse, 0.9)
    step = np.where(np.arange(128) < 60, 1.0, 3.0)[None].repeat(64, axis=0).astype(np.float32)
    assert set(between(step, pixels_of(way, 64, 128)).tolist()) <= {1.0, 3.0}
