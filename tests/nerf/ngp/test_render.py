import numpy as np

from nerf.ngp.encoding_numba import encode
from nerf.ngp.jit_numba import to_rows
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.render import camera_rays, make_scene, render
from nerf.ngp.volume import Volume
from nerf.ngp.weights import initial_weights
from nerf.posed_images import PosedImages


def test_rays_of_a_camera_are_its_own_in_flat_coordinates(ball: PosedImages) -> None:
    volume, pose, camera = Volume(np.ones(3), 2.0), ball.world_from_camera[3], ball.camera(3)
    origins, directions = camera_rays(camera, pose, volume)
    expected = camera.directions(camera.pixel_centres()) @ pose[:3, :3].T
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(directions, expected, atol=1e-5)
    np.testing.assert_allclose(origins, np.tile(volume.flat(pose[:3, 3]), (1600, 1)), atol=1e-6)


def test_one_occupied_cell_hides_what_is_behind_it_and_nothing_else(ball: PosedImages) -> None:
    levels, rng = Levels(4, 4, 10, 4, 32), np.random.default_rng(0)
    table = np.zeros((levels.n_entries, 4), np.float32)
    assert not to_rows(encode(np.full((1, 3), 0.5, np.float32), table, levels), 1).any()
    occupied = np.zeros(16**3, bool)
    occupied[8 + 16 * (8 + 16 * 8)] = True
    volume, camera, pose = Volume(np.zeros(3), 1.0), ball.camera(0), ball.world_from_camera[0]
    bias = np.full(16**3, 12.0, np.float32)
    bits = np.packbits(occupied, bitorder="little")
    scene = make_scene(table, initial_weights(16, rng), bits, levels, volume, Marching(step=0.005), bias)
    view = render(scene, camera, pose, (0.1, 0.2, 0.3))
    centre = np.full(3, 1 / 16)  # of the cell, in the world
    column, row = camera.project(((centre - pose[:3, 3]) @ pose[:3, :3])[None])[0].astype(int)
    assert view.opacity[row, column] > 0.99
    assert 0.001 < (view.opacity > 0.5).mean() < 0.02
    np.testing.assert_allclose(view.colour[0, 0], [0.1, 0.2, 0.3], atol=1e-6)
    assert np.abs(view.colour[row, column] - 0.5).max() < 0.2  # sigmoid of little
    assert abs(view.distance[row, column] / volume.scale - np.linalg.norm(centre - pose[:3, 3])) < 0.1


def test_without_colours_distances_are_the_same(ball: PosedImages) -> None:
    """A ball of fog: rays end inside it, at its edge, and beside it."""
    levels, rng = Levels(4, 4, 10, 4, 32), np.random.default_rng(1)
    table = rng.normal(0, 0.1, (levels.n_entries, 4)).astype(np.float32)
    x, y, z = np.meshgrid(*[np.arange(16) - 7.5] * 3, indexing="ij")
    fog = np.sqrt(x**2 + y**2 + z**2) < 5
    bits = np.packbits(fog.ravel(), bitorder="little")
    bias = np.full(16**3, 2.0, np.float32)
    scene = make_scene(
        table, initial_weights(16, rng), bits, levels, Volume(np.zeros(3), 1.0), Marching(step=0.005), bias
    )
    pose = ball.world_from_camera[0]
    with_colours = render(scene, ball.camera(0), pose)
    without = render(scene, ball.camera(0), pose, (0.0, 0.0, 0.0), colours=False)
    assert 0.1 < (with_colours.opacity > 0.5).mean() < 0.9
    np.testing.assert_allclose(without.opacity, with_colours.opacity, atol=2e-3)
    np.testing.assert_array_equal(without.median, with_colours.median)
    np.testing.assert_allclose(without.distance, with_colours.distance, rtol=2e-3)
    assert not without.colour.any()
    sooner = render(scene, ball.camera(0), pose, colours=False, share=0.3).median
    there = with_colours.median > 0
    assert (sooner[there] < with_colours.median[there]).all()
    assert (sooner[there] > 0).all()
    assert (sooner > 0).sum() > there.sum()
