"""Exposure follows the photos that look, and nobody sees where one of them ends."""

from typing import NamedTuple

import numpy as np
import pytest

from meshing.mesh import Mesh
from meshing.raster import Texels
from meshing.raster_numba import rasterize
from meshing.tone import shown_tone
from meshing.unwrap import unwrap


class Ball(NamedTuple):
    """The unwrapped sphere, its texels, and where each texel lies."""

    mesh: Mesh
    texels: Texels
    points: np.ndarray


@pytest.fixture(scope="module")
def ball(painted_sphere: Mesh) -> Ball:
    unwrapped = unwrap(painted_sphere, 256)
    mesh = unwrapped.mesh
    assert mesh.uv is not None
    texels = rasterize(mesh.uv, mesh.faces, unwrapped.width, unwrapped.height)
    weights = np.stack([1 - texels.u - texels.v, texels.u, texels.v], axis=-1)
    points = np.einsum("hwk,hwkc->hwc", weights, mesh.vertices[mesh.faces[np.maximum(texels.face, 0)]])
    return Ball(mesh, texels, points)


def seen_from_two_sides(ball: Ball) -> np.ndarray:
    """Ten pixels a texel: a bright photo on the right, a dark one on the left, none at the top."""
    right = ball.points[..., :1] > 0
    tone = np.where(right, [1.2] * 3 + [5.0] * 3, [0.8] * 3 + [-5.0] * 3)
    mass = np.where((ball.texels.face >= 0) & (ball.points[..., 2] < 0.8), 10.0, 0.0)[..., None]
    return np.concatenate([mass * tone, mass], axis=-1).astype(np.float32)


def test_each_side_has_its_photos_exposure_and_between_them_it_changes_slowly(ball: Ball) -> None:
    gain, offset = shown_tone(ball.mesh, seen_from_two_sides(ball), ball.texels)
    x = np.where((ball.texels.face >= 0) & (ball.points[..., 2] < 0.7), ball.points[..., 0], 0)
    np.testing.assert_allclose(gain[x > 0.6], 1.2, atol=0.04)
    np.testing.assert_allclose(gain[x < -0.6], 0.8, atol=0.04)
    np.testing.assert_allclose(offset[x > 0.6], 5.0, atol=1.0)
    rim = np.abs(np.where(ball.texels.face >= 0, ball.points[..., 0], 1)) < 0.02
    np.testing.assert_allclose(gain[rim], 1.0, atol=0.08)


def test_what_no_photo_shows_goes_on_as_beside_it(ball: Ball) -> None:
    gain, _ = shown_tone(ball.mesh, seen_from_two_sides(ball), ball.texels)
    shade = (ball.texels.face >= 0) & (ball.points[..., 2] > 0.85) & (ball.points[..., 0] > 0.35)
    assert shade.any()
    assert (gain[shade] > 1.1).all()


def test_without_any_photo_nothing_changes(ball: Ball) -> None:
    gain, offset = shown_tone(ball.mesh, np.zeros((*ball.texels.face.shape, 7), np.float32), ball.texels)
    np.testing.assert_allclose(gain, 1, atol=1e-6)
    np.testing.assert_allclose(offset, 0, atol=1e-6)
