"""Poses: small drift is repaired, nonsense refused, axes turned as documented."""

import numpy as np
import pytest

from nerf.captures.poses import checked_pose, with_opencv_axes, y_up_from

POSE = np.eye(4)


def test_convention_an_opengl_camera_looks_along_its_minus_z_and_has_y_up() -> None:
    pose = np.eye(4)  # at the origin, looking along the world's -z with y up
    x, y, z = with_opencv_axes(pose, "opengl")[:3, :3].T
    assert x.tolist() == [1, 0, 0]
    assert y.tolist() == [0, -1, 0]  # down
    assert z.tolist() == [0, 0, -1]  # forward
    assert np.array_equal(with_opencv_axes(pose, "opencv"), pose)


@pytest.mark.parametrize("up", ["x", "-x", "y", "-y", "z", "-z"])
def test_convention_every_up_axis_becomes_y_without_mirroring(up: str) -> None:
    turn = y_up_from(up)  # type: ignore[arg-type]
    axis = np.eye(3)["xyz".index(up[-1])] * (-1 if up[0] == "-" else 1)
    assert (turn @ axis).tolist() == [0, 1, 0]
    assert np.linalg.det(turn) == pytest.approx(1.0)


def test_convention_blender_s_front_becomes_gltf_s_front() -> None:
    assert (y_up_from("z") @ [0, -1, 0]).tolist() == [0, 0, 1]


def test_rounding_in_a_rotation_is_repaired() -> None:
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    pose = np.eye(4)
    pose[:3, :3] = np.round(turn * np.sign(np.linalg.det(turn)), 2)
    repaired = checked_pose(pose, "x")
    assert np.allclose(repaired[:3, :3] @ repaired[:3, :3].T, np.eye(3), atol=1e-14)
    assert np.abs(repaired - pose).max() < 0.02


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((0, 0, np.nan), "finite"),
        ((1, 3, -np.inf), "finite"),
        ((0, 3, 1e200), "beyond"),
        ((0, 0, 1.2), "scale or shear"),
        ((2, 2, -1.0), "mirrors"),
        ((3, 0, 0.5), "last row"),
    ],
)
def test_a_matrix_that_is_no_pose_is_refused_with_its_place(change: tuple[int, int, float], reason: str) -> None:
    pose = np.eye(4)
    pose[change[0], change[1]] = change[2]
    with pytest.raises(ValueError, match=rf"^frames\[2\]: .*{reason}"):
        checked_pose(pose, "frames[2]")
