"""Scene frames: a cube of known size comes back to where the capture had it."""

import json

import numpy as np
import pytest

from nerf.frame import SceneFrame, identity_frame

TURN_Z_TO_Y = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float64)  # capture (z up) from scene (y up)


def _frame() -> SceneFrame:
    matrix = np.eye(4)
    matrix[:3, :3] = 2.5 * TURN_Z_TO_Y
    matrix[:3, 3] = (10.0, -3.0, 7.0)
    return SceneFrame(matrix, "metre", "estimated")


def test_a_unit_cube_becomes_one_of_the_capture_s_size_and_place() -> None:
    cube = np.array(list(np.ndindex(2, 2, 2)), np.float64)
    moved = _frame().capture_points(cube)
    assert np.allclose(np.ptp(moved, axis=0), 2.5)
    assert np.allclose(moved[0], [10, -3, 7])
    assert np.allclose(moved[2] - moved[0], [0, 0, 2.5])  # the scene's up is the capture's z
    assert np.allclose(_frame().scene_points(moved), cube, atol=1e-12)
    assert _frame().scale == pytest.approx(2.5)


def test_moving_a_scene_keeps_where_its_points_are_in_the_capture() -> None:
    old_from_new = np.eye(4)
    old_from_new[:3, 3] = (0.0, -1.5, 2.0)
    moved = _frame().moved(old_from_new)
    assert np.allclose(moved.capture_points(np.zeros((1, 3))), _frame().capture_points(np.array([[0.0, -1.5, 2.0]])))
    assert (moved.unit, moved.gravity) == ("metre", "estimated")


def test_json_gives_the_same_frame_to_the_bit() -> None:
    frame = _frame().moved(np.linalg.inv(_frame().capture_from_scene))
    back = SceneFrame.from_json(json.loads(json.dumps(frame.to_json())))
    assert np.array_equal(back.capture_from_scene, frame.capture_from_scene)
    assert (back.unit, back.gravity) == (frame.unit, frame.gravity)


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        (np.diag([1.0, 1.0, -1.0, 1.0]), "mirror"),
        (np.diag([1.0, 2.0, 1.0, 1.0]), "shears"),
        (np.full((4, 4), np.nan), "finite"),
        (np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0.1, 1.0]]), "last row"),
    ],
)
def test_what_is_no_similarity_is_refused(matrix: np.ndarray, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        SceneFrame(matrix)


def test_the_identity_frame_is_the_capture_itself() -> None:
    points = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(identity_frame().capture_points(points), points)
