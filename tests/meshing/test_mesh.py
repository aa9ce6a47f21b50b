from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meshing.mesh import Mesh, check_mesh


def triangle(**changes: object) -> Mesh:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    mesh = Mesh(vertices, np.array([[0, 1, 2]], np.int32))
    return replace(mesh, **changes)


def complete() -> Mesh:
    rng = np.random.default_rng(0)
    return triangle(
        vertex_colors=rng.integers(0, 256, (3, 3), np.uint8),
        normals=np.tile(np.float32([0, 0, 1]), (3, 1)),
        uv=rng.random((3, 2), np.float32),
        base_color=rng.integers(0, 256, (5, 7, 4), np.uint8),
        name="chair",
        capture_from_mesh=np.diag([2.0, 2.0, 2.0, 1.0]),
        unit="metre",
        gravity="estimated",
        licences=("CC-BY-4.0", "MIT"),
    )


@pytest.mark.parametrize("mesh", [triangle(), complete()], ids=["plain", "complete"])
def test_a_mesh_survives_the_disk(mesh: Mesh, tmp_path: Path) -> None:
    mesh.save(tmp_path)
    again = Mesh.load(tmp_path)
    for key, value in vars(mesh).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(again, key), value, strict=True)
        else:
            assert getattr(again, key) == value


def test_the_same_mesh_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        complete().save(tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


NAN = np.array([[0, 0, 0], [1, np.nan, 0], [0, 1, 0]], np.float32)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vertices": NAN}, r"here.vertices: must be finite \(got \[1.0, nan, 0.0\] in row 1, 1 such rows"),
        ({"faces": np.array([[0, 1, 3]], np.int32)}, r"here.faces: every index must be in 0 ... 2 \(got 3\)"),
        ({"faces": np.array([[0, -1, 2]], np.int32)}, r"got -1"),
        ({"faces": np.zeros((0, 3), np.int32)}, r"here: is empty \(3 vertices, 0 faces\)"),
        ({"uv": np.zeros((2, 2), np.float32)}, r"here.uv: must have one row per vertex, 3 \(got 2\)"),
        ({"vertices": np.zeros((3, 3), np.float64)}, r"here.vertices: must be float32 of shape \(n, 3\) \(got float64"),
        ({"base_color": np.zeros((4, 4, 3), np.uint8)}, r"here.base_color: needs uv"),
        ({"unit": "inch"}, r"here.unit: must be one of metre, unknown \(got 'inch'\)"),
        ({"capture_from_mesh": np.zeros((4, 4))}, r"here.capture_from_mesh: must be an invertible"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, object], message: str) -> None:
    mesh = triangle()
    for key, value in changes.items():
        object.__setattr__(mesh, key, value)  # past the type checks that tests run under
    with pytest.raises(ValueError, match=message):
        check_mesh(mesh, where="here")


def test_a_damaged_folder_is_an_error_when_loaded(tmp_path: Path) -> None:
    mesh = triangle()
    object.__setattr__(mesh, "vertices", NAN)
    mesh.save(tmp_path)
    with pytest.raises(ValueError, match="must be finite"):
        Mesh.load(tmp_path)
