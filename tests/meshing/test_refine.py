from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from meshing import refine, refine_numba
from meshing.bake import bake_function
from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.quality import Reference, measure
from meshing.refine import refine_texture
from meshing.render import render
from meshing.unwrap import unwrap


@pytest.fixture(scope="module")
def dull(painted_sphere: Mesh, paint_of_sphere: Callable[[np.ndarray], np.ndarray]) -> Mesh:
    """The sphere under a texture with half of its contrast."""
    unwrapped = unwrap(painted_sphere, 256)
    return bake_function(
        unwrapped.mesh, unwrapped.width, unwrapped.height, lambda points, _: 64 + 0.5 * paint_of_sphere(points)
    ).mesh


def test_a_dull_texture_comes_to_look_like_photos_that_had_no_part_in_it(
    dull: Mesh, references: list[Reference]
) -> None:
    taken, held_out = references[:-2], references[-2:]
    refined = refine_texture(dull, taken, exposure=False)
    before, after = (measure(mesh, held_out).psnr for mesh in (dull, refined.mesh))
    assert after > before + 8
    assert after > 28
    assert refined.after < 0.4 * refined.before


def test_a_photo_that_was_exposed_otherwise_does_not_stain(
    dull: Mesh, references: list[Reference], paint_of_sphere: Callable[[np.ndarray], np.ndarray]
) -> None:
    darker = np.rint(0.7 * references[0].image.astype(np.float64)).astype(np.uint8)
    photos = [replace(references[0], image=darker), *references[1:]]
    with_exposure, without = (refine_texture(dull, photos, exposure=on) for on in (True, False))
    assert with_exposure.gains[0] < 0.85 * np.mean(with_exposure.gains[1:])
    one, other = (measure(refined.mesh, references[1:]).psnr_exposed for refined in (with_exposure, without))
    assert one > other


def test_each_side_is_as_bright_as_its_own_photos(dull: Mesh, references: list[Reference]) -> None:
    """A camera that went around a thing and opened up in its shade: photos from the corners of a cube."""

    def taken(photo: Reference) -> Reference:
        gain = 0.8 + 0.15 * np.sign(photo.world_from_camera[0, 3])
        return replace(photo, image=np.rint(gain * photo.image.astype(np.float64)).astype(np.uint8))

    photos = [taken(photo) for photo in references[:-6]]
    one, local = (refine_texture(dull, photos, rounds=5, local=local) for local in (False, True))
    assert measure(local.mesh, photos).psnr > measure(one.mesh, photos).psnr + 0.3
    assert one.gains == local.gains


def test_what_no_photo_shows_keeps_its_color(dull: Mesh, references: list[Reference]) -> None:
    """One photo from a corner: the far side stays as it was."""
    refined = refine_texture(dull, references[:1]).mesh
    assert dull.uv is not None
    assert dull.base_color is not None
    assert refined.base_color is not None
    towards = references[0].world_from_camera[:3, 3] / 3
    middle = dull.vertices[dull.faces].mean(axis=1)
    column, row = (dull.uv[dull.faces].mean(axis=1) * dull.base_color.shape[1::-1]).astype(int).T
    change = np.abs(refined.base_color.astype(int) - dull.base_color)[row, column].max(axis=1)
    assert change[middle @ towards < -0.1].max() == 0
    assert change[middle @ towards > 0.6].mean() > 5


def test_each_pixel_counts_alike_however_flat_it_sees_the_surface(
    looking_at: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> None:
    """A square seen from before as 100, and from 60 degrees to the side as 110."""
    corners = np.array([[-1, -1, 0], [-1, 1, 0], [1, 1, 0], [1, -1, 0]], np.float32)
    square = Mesh(
        corners,
        np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        uv=(corners[:, :2] + 1) / 2,
        base_color=np.full((8, 8, 3), 105, np.uint8),
    )
    camera = Pinhole(120, 120, 200.0, 200.0, 60.0, 60.0)
    places = 6.0 * np.array([[0, 0, -1], [np.sin(np.pi / 3), 0, -np.cos(np.pi / 3)]])
    poses = [looking_at(place, np.zeros(3)) for place in places]
    photos = [
        Reference("", np.full((120, 120, 3), color, np.uint8), camera, pose)
        for color, pose in zip((100, 110), poses, strict=True)
    ]
    front, side = (int((render(square, camera, pose).face >= 0).sum()) for pose in poses)
    refined = refine_texture(square, photos, rounds=12, exposure=False).mesh.base_color
    assert refined is not None
    expected = (100 * front + 110 * side) / (front + side)  # 103.3; counted by the cosine it would be 102
    assert refined[1:-1, 1:-1, :3].mean() == pytest.approx(expected, abs=0.6)


def test_the_same_photos_give_the_same_texture(dull: Mesh, references: list[Reference]) -> None:
    one, two = (refine_texture(dull, references[:3], rounds=2).mesh.base_color for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_what_is_missing_is_said(dull: Mesh, references: list[Reference]) -> None:
    with pytest.raises(ValueError, match=r"mesh.base_color: there is no texture to refine"):
        refine_texture(replace(dull, base_color=None), references)
    with pytest.raises(ValueError, match=r"at least one of each is needed \(got 0, 5\)"):
        refine_texture(dull, [])


def test_compiled_loops_gather_and_spread_as_the_definition_does() -> None:
    rng = np.random.default_rng(0)
    texture = rng.uniform(0, 255, (7, 11, 3)).astype(np.float32)
    grid = rng.uniform(-1.2, 1.2, (500, 2)).astype(np.float32)  # beyond the border too
    np.testing.assert_allclose(refine_numba.drawn(texture, grid), refine.drawn(texture, grid), rtol=1e-4)
    values, weight = rng.normal(size=(500, 4)).astype(np.float32), rng.uniform(0, 1, 500).astype(np.float32)
    one, other = np.zeros((7, 11, 4), np.float32), np.zeros((7, 11, 4), np.float32)
    refine_numba.spread(values, weight, grid, one)
    refine.spread(values, weight, grid, other)
    np.testing.assert_allclose(one, other, atol=2e-4)
    gathered = (refine.drawn(texture, grid) * weight[:, None] * values[:, :3]).sum(dtype=np.float64)
    assert (other[..., :3].astype(np.float64) * texture).sum() == pytest.approx(gathered, rel=1e-4)  # the transpose


def test_places_are_counted_as_textures_are_drawn() -> None:
    texture = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    grid = np.array(
        [[-0.5, -0.5], [0.5, -0.5], [0.0, 0.0], [-1.0, 1.0]], np.float32
    )  # two texels' centres, middle, corner
    expected = [[0, 1, 2], [3, 4, 5], [4.5, 5.5, 6.5], [6, 7, 8]]
    np.testing.assert_allclose(refine.drawn(texture, grid), expected)
