from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from meshing.files import read_mesh, write_mesh
from meshing.gltf.scene import scene_of
from meshing.gltf.writer import write_glb
from meshing.mesh import Mesh


def crate() -> Mesh:
    solid = trimesh.creation.icosphere(2)
    rng = np.random.default_rng(0)
    return Mesh(
        (solid.vertices * [1, 2, 3]).astype(np.float32),
        solid.faces.astype(np.int32),
        vertex_colors=rng.integers(0, 256, (len(solid.vertices), 3), np.uint8),
        name="crate",
    )


def textured() -> Mesh:
    mesh, rng = crate(), np.random.default_rng(1)
    image = rng.integers(0, 256, (8, 16, 3), np.uint8)
    return replace(mesh, uv=rng.random((len(mesh.vertices), 2), np.float32), base_color=image, vertex_colors=None)


def corners(mesh: Mesh) -> np.ndarray:
    return mesh.vertices[mesh.faces]


@pytest.mark.parametrize("suffix", ["ply", "obj", "stl"])
def test_triangles_come_back(suffix: str, tmp_path: Path) -> None:
    write_mesh(crate(), tmp_path / f"crate.{suffix}")
    back = read_mesh(tmp_path / f"crate.{suffix}")
    np.testing.assert_allclose(corners(back), corners(crate()), atol=1e-6)
    assert back.name == "crate"
    assert back.unit == "unknown"


@pytest.mark.parametrize("suffix", ["ply", "obj"])
def test_vertex_colors_come_back(suffix: str, tmp_path: Path) -> None:
    write_mesh(crate(), tmp_path / f"crate.{suffix}")
    back = read_mesh(tmp_path / f"crate.{suffix}")
    assert back.vertex_colors is not None
    mesh = crate()
    assert mesh.vertex_colors is not None
    np.testing.assert_allclose(back.vertex_colors[back.faces], mesh.vertex_colors[mesh.faces], atol=1)


def test_a_textured_obj_comes_back_the_right_way_up(tmp_path: Path) -> None:
    made = write_mesh(textured(), tmp_path / "crate.obj")
    assert [path.name for path in made] == ["crate.obj", "crate.mtl", "crate.png"]
    back, mesh = read_mesh(tmp_path / "crate.obj"), textured()
    assert back.uv is not None
    assert mesh.uv is not None
    np.testing.assert_array_equal(back.base_color, mesh.base_color)
    np.testing.assert_allclose(back.uv[back.faces], mesh.uv[mesh.faces], atol=1e-6)


def test_our_own_glb_comes_back(tmp_path: Path) -> None:
    write_glb(tmp_path / "a.glb", scene_of(textured(), encoding="png"))
    write_glb(tmp_path / "b.glb", scene_of(crate()))
    picture, colors = read_mesh(tmp_path / "a.glb"), read_mesh(tmp_path / "b.glb")
    mesh, plain = textured(), crate()
    np.testing.assert_array_equal(picture.base_color, mesh.base_color)
    assert picture.uv is not None
    assert mesh.uv is not None
    np.testing.assert_allclose(picture.uv[picture.faces], mesh.uv[mesh.faces], atol=1e-6)
    assert picture.unit == "metre"
    assert picture.gravity == "known"
    np.testing.assert_allclose(corners(colors), corners(plain), atol=1e-6)
    assert colors.vertex_colors is not None
    assert plain.vertex_colors is not None
    np.testing.assert_array_equal(colors.vertex_colors[colors.faces], plain.vertex_colors[plain.faces])


def test_faces_that_cannot_be_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "broken.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nv nan 0 0\nf 1 2 3\nf 1 2 4\n")
    assert len(read_mesh(path).faces) == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.fbx", b"", r"a.fbx must be one of .glb, .gltf, .obj, .ply, .stl \(got .fbx\)"),
        ("a.glb", b"glTF\x02\x00\x00\x00\xff", r"a.glb cannot be read"),
        ("a.ply", b"ply\nformat ascii 1.0\nend_header\n", r"a.ply"),
        ("a.obj", b"hello", r"a.obj"),
    ],
)
def test_what_cannot_be_read_is_said(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_mesh(tmp_path / name)


def test_a_missing_file_and_an_unknown_format_are_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"mesh: .*none.ply does not exist"):
        read_mesh(tmp_path / "none.ply")
    with pytest.raises(ValueError, match=r"must end in .ply, .obj, .stl \(got .fbx\)"):
        write_mesh(crate(), tmp_path / "x.fbx")


def test_real_files_are_read(shared_data: Path) -> None:
    """Samples of Khronos and trimesh: textures, several parts, PLY and OBJ."""
    folder = shared_data / "gltf"
    expected = {"Duck.glb": 4212, "BoxTextured.glb": 12, "CesiumMilkTruck.glb": 3624, "suzanne.ply": 1008}
    for name, n_faces in expected.items():
        mesh = read_mesh(folder / name)
        assert len(mesh.faces) in (n_faces, 968), name
        assert (mesh.base_color is not None) == name.endswith(".glb")


def test_colors_of_a_file_with_materials_are_read(shared_data: Path) -> None:
    """Khronos' cube has colours on its vertices beside a material, its plain box a red material alone."""
    cube = read_mesh(shared_data / "gltf" / "BoxVertexColors.glb")
    assert cube.vertex_colors is not None
    assert len(np.unique(cube.vertex_colors // 16, axis=0)) >= 6
    box = read_mesh(shared_data / "gltf" / "BoxInterleaved.glb")
    assert box.vertex_colors is not None
    assert len(np.unique(box.vertex_colors, axis=0)) == 1
