"""Points in PLY files: written and read again, ASCII and binary, and damage told."""

import struct
from pathlib import Path

import numpy as np
import pytest

from nerf.captures.ply import read_points, write_points
from nerf.posed_images import SparsePoints


def test_points_come_back_with_their_colours(tmp_path: Path) -> None:
    xyz = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32).astype(np.float64)
    rgb = np.random.default_rng(1).integers(0, 255, (50, 3), np.uint8)
    write_points(SparsePoints(xyz, rgb), tmp_path / "points.ply")
    back = read_points(tmp_path / "points.ply")
    assert np.array_equal(back.xyz, xyz)
    assert back.rgb is not None
    assert np.array_equal(back.rgb, rgb)


def test_other_properties_and_byte_orders_are_read_past(tmp_path: Path) -> None:
    header = (
        "ply\nformat binary_big_endian 1.0\ncomment by hand\nelement vertex 2\nproperty double x\nproperty double y\n"
        "property double z\nproperty uchar alpha\nelement face 0\nproperty list uchar int vertex_indices\nend_header\n"
    )
    body = struct.pack(">dddB", 1, 2, 3, 9) + struct.pack(">dddB", 4, 5, 6, 9)
    (tmp_path / "points.ply").write_bytes(header.encode() + body)
    back = read_points(tmp_path / "points.ply")
    assert back.xyz.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert back.rgb is None


HEADER = "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nend_header\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not a PLY file"),
        ("solid cube\nend_header\n", "is not a PLY file"),
        (HEADER + "1 2 3\n", "must have 2 rows of 3 numbers"),
        (HEADER + "1 2 3\n4 5 x\n", "must have 2 rows of 3 numbers"),
        (HEADER + "1 2 3\n4 5 nan\n", "must be finite"),
        (HEADER.replace("ascii", "binary_little_endian") + "1234", "is cut short"),
        (HEADER.replace("vertex 2", "vertex many"), "vertex count"),
        (HEADER.replace("float x", "list uchar int x"), "plain numbers"),
        (HEADER.replace("float x", "float u") + "1 2 3\n4 5 6\n", "must have x, y and z"),
        (HEADER.replace("vertex 2", f"vertex {10**15}").replace("ascii", "binary_little_endian"), "is cut short"),
    ],
)
def test_what_is_no_point_file_is_told(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "points.ply").write_text(content)
    with pytest.raises(ValueError, match=message):
        read_points(tmp_path / "points.ply")
