"""COLMAP's files: the same model as text and as binary, written here by hand, and every cut of it refused."""

import struct
from pathlib import Path

import numpy as np
import pytest

from nerf.captures.colmap_files import read_cameras, read_images, read_points

CAMERAS = [
    (1, "SIMPLE_RADIAL", 2, 640, 480, (500.0, 320.0, 240.0, 0.1)),
    (2, "OPENCV", 4, 640, 480, (500.0, 510.0, 320.0, 240.0, 0.1, 0.01, 0.001, 0.002)),
    (3, "FULL_OPENCV", 6, 640, 480, (500.0, 510.0, 320.0, 240.0, 0.1, 0.01, 0.001, 0.002, 0.3, 0.4, 0.5, 0.6)),
    (4, "RADIAL_FISHEYE", 9, 640, 480, (500.0, 320.0, 240.0, 0.1, 0.01)),
    (7, "PINHOLE", 1, 640, 480, (500.0, 510.0, 320.0, 240.0)),
]
IMAGES = [
    (1, (0.5, 0.5, 0.5, 0.5), (1.0, 2.0, 3.0), 1, "a b.jpg", 2),
    (5, (1.0, 0, 0, 0), (0, 0, 0.5), 7, "sub/c.png", 0),
]
POINTS = [(1, (0.1, 0.2, 0.3), (10, 20, 30), 0.5, 2), (9, (-1.0, 2.0, 3.5), (255, 0, 1), 1.25, 0)]


def _write_text(folder: Path) -> str:
    cameras = "".join(f"{i} {n} {w} {h} {' '.join(map(str, p))}\n" for i, n, _, w, h, p in CAMERAS)
    (folder / "cameras.txt").write_text("# Camera list\n" + cameras)
    images = ""
    for number, quaternion, translation, camera, name, keypoints in IMAGES:
        images += f"{number} {' '.join(map(str, (*quaternion, *translation)))} {camera} {name}\n"
        images += " ".join(["1.0 2.0 -1"] * keypoints) + "\n"
    (folder / "images.txt").write_text("# Image list\n# two lines each\n" + images)
    points = "".join(
        f"{i} {' '.join(map(str, (*xyz, *rgb)))} {error} {' '.join(['1 0'] * track)}\n"
        for i, xyz, rgb, error, track in POINTS
    )
    (folder / "points3D.txt").write_text("# 3D point list\n" + points)
    return ".txt"


def _write_binary(folder: Path) -> str:
    content = struct.pack("<Q", len(CAMERAS))
    for number, _, model, width, height, values in CAMERAS:
        content += struct.pack(f"<iiQQ{len(values)}d", number, model, width, height, *values)
    (folder / "cameras.bin").write_bytes(content)
    content = struct.pack("<Q", len(IMAGES))
    for number, quaternion, translation, camera, name, keypoints in IMAGES:
        content += struct.pack("<i7di", number, *quaternion, *translation, camera) + name.encode() + b"\0"
        content += struct.pack("<Q", keypoints) + struct.pack("<ddq", 1.0, 2.0, -1) * keypoints
    (folder / "images.bin").write_bytes(content)
    content = struct.pack("<Q", len(POINTS))
    for number, xyz, rgb, error, track in POINTS:
        content += struct.pack("<Q3d3BdQ", number, *xyz, *rgb, error, track) + struct.pack("<ii", 1, 0) * track
    (folder / "points3D.bin").write_bytes(content)
    return ".bin"


@pytest.mark.parametrize("write", [_write_text, _write_binary])
def test_a_model_reads_the_same_as_text_and_as_binary(tmp_path: Path, write: object) -> None:
    suffix = write(tmp_path)  # type: ignore[operator]
    cameras = read_cameras(tmp_path / f"cameras{suffix}")
    assert sorted(cameras) == [1, 2, 3, 4, 7]
    assert (cameras[1].model, cameras[1].fx, cameras[1].fy, cameras[1].distortion) == (
        "opencv",
        500,
        500,
        (0.1, 0, 0, 0),
    )
    assert cameras[2].distortion == (0.1, 0.01, 0.001, 0.002)
    assert cameras[3].distortion == (0.1, 0.01, 0.001, 0.002, 0.3, 0.4, 0.5, 0.6)
    assert (cameras[4].model, cameras[4].distortion) == ("fisheye", (0.1, 0.01, 0.0, 0.0))
    assert (cameras[7].model, cameras[7].fy) == ("pinhole", 510.0)
    images = read_images(tmp_path / f"images{suffix}")
    assert [(image.name, image.camera, image.quaternion, image.translation) for image in images] == [
        ("a b.jpg", 1, (0.5, 0.5, 0.5, 0.5), (1.0, 2.0, 3.0)),
        ("sub/c.png", 7, (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.5)),
    ]
    points = read_points(tmp_path / f"points3D{suffix}")
    assert points is not None
    assert points.xyz.tolist() == [[0.1, 0.2, 0.3], [-1.0, 2.0, 3.5]]
    assert points.rgb is not None
    assert points.rgb.tolist() == [[10, 20, 30], [255, 0, 1]]
    assert points.error is not None
    assert points.error.tolist() == [0.5, 1.25]


@pytest.mark.parametrize(
    ("name", "read"), [("cameras", read_cameras), ("images", read_images), ("points3D", read_points)]
)
def test_no_cut_of_a_binary_file_reads_as_a_whole_one(tmp_path: Path, name: str, read: object) -> None:
    _write_binary(tmp_path)
    path = tmp_path / f"{name}.bin"
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(ValueError, match="cut short"):
            read(path)  # type: ignore[operator]


def test_a_count_that_cannot_be_true_costs_no_memory(tmp_path: Path) -> None:
    (tmp_path / "points3D.bin").write_bytes(struct.pack("<Q", 2**60))
    with pytest.raises(ValueError, match="cut short, or no COLMAP file"):
        read_points(tmp_path / "points3D.bin")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 FOV 640 480 1 2 3 4 5", "FOV is not supported"),
        ("1 PINHOLE 640 480 1 2", "takes 4 parameters"),
        ("1 PINHOLE 640 480 1 2 3 x", "must hold numbers"),
        ("1 PINHOLE 640 480 -1 2 3 4", "camera.fx"),
        ("1 PINHOLE wide 480 1 2 3 4", "word 3 must be a whole number"),
        ("1", "word 3 must be a whole number"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "cameras.txt").write_text(f"# cameras\n{line}\n")
    with pytest.raises(ValueError, match=message) as caught:
        read_cameras(tmp_path / "cameras.txt")
    assert "line 2" in str(caught.value)


def test_points_that_are_not_finite_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "points3D.txt").write_text("1 nan 0 0 1 2 3 0.5\n2 1 2 3 4 5 6 0.5 1 1\n")
    points = read_points(tmp_path / "points3D.txt")
    assert points is not None
    assert np.array_equal(points.xyz, [[1, 2, 3]])
