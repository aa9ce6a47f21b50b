import numpy as np

from nerf.objects import model
from nerf.objects.library import make
from nerf.objects.solids import box, ellipsoid


def test_a_box_keeps_its_creases_and_a_ball_is_smooth() -> None:
    solid = box((1, 1, 1))
    normals = model.corner_normals(solid.vertices, solid.faces)
    assert np.allclose(np.abs(normals).max(-1), 1)
    ball = ellipsoid((1, 1, 1), n=48)
    corners = ball.vertices[ball.faces]
    away_from_poles = np.abs(corners[..., 1]).max(1) < 0.9
    cosine = (model.corner_normals(ball.vertices, ball.faces) * corners).sum(-1)
    assert cosine[away_from_poles].min() > 0.99


def test_objects_fill_the_unit_frame_and_know_their_size() -> None:
    for index in range(20):
        made = make("train", index)
        assert np.isclose(np.linalg.norm(made.vertices, axis=1).max(), model.RADIUS, atol=1e-5)
        low, high = made.vertices.min(0), made.vertices.max(0)
        assert np.allclose(low + high, 0, atol=1e-5)
        assert np.isclose((high - low).max() * made.metres_per_unit, made.description.extent_m)
