from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from meshing.lods import Lods, coverage, make_lods
from meshing.mesh import Mesh


def bumpy(with_texture: bool = False) -> Mesh:
    solid = trimesh.creation.icosphere(4)
    points = solid.vertices * (1 + 0.05 * np.sin(9 * solid.vertices[:, :1]))
    mesh = Mesh(points.astype(np.float32), solid.faces.astype(np.int32))
    if with_texture:
        uv = (0.5 + 0.4 * points[:, :2]).astype(np.float32)
        mesh = replace(mesh, uv=uv, base_color=np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8))
    return mesh


def test_each_level_has_its_share_of_the_triangles_and_the_same_texture() -> None:
    lods = make_lods(bumpy(with_texture=True), (0.5, 0.2, 0.05))
    assert [len(mesh.faces) for mesh in lods.meshes] == [5120, 2560, 1024, 256]
    for mesh in lods.meshes:
        assert mesh.base_color is lods.meshes[0].base_color
        assert mesh.uv is not None
        np.testing.assert_allclose(mesh.uv, 0.5 + 0.4 * mesh.vertices[:, :2], atol=0.03)


def test_coarser_levels_are_for_smaller_pictures() -> None:
    lods = make_lods(bumpy(), (0.5, 0.2, 0.05))
    assert lods.coverages[-1] == 0
    assert all(one > other for one, other in zip(lods.coverages[:-1], lods.coverages[1:], strict=True))


def test_an_error_of_one_line_in_1440_fills_the_picture() -> None:
    assert coverage(2.0, 2.0 / 1440) == pytest.approx(1.0)
    assert coverage(2.0, 4.0 / 1440) == pytest.approx(0.25)
    assert coverage(2.0, 0.0) == 1.0


def test_a_chain_ends_where_nothing_is_saved() -> None:
    lods = make_lods(bumpy(), (0.5, 0.1, 0.005))
    assert [len(mesh.faces) for mesh in lods.meshes] == [5120, 2560, 512]
    box = trimesh.creation.box()
    assert len(make_lods(Mesh(box.vertices.astype(np.float32), box.faces.astype(np.int32))).meshes) == 1


def test_shares_that_do_not_fall_are_said() -> None:
    with pytest.raises(ValueError, match=r"shares: must fall from under 1 to above 0 \(got \[0.2, 0.5\]\)"):
        make_lods(bumpy(), (0.2, 0.5))


def test_levels_survive_the_disk_with_one_texture_file(tmp_path: Path) -> None:
    lods = make_lods(bumpy(with_texture=True), (0.3,))
    lods.save(tmp_path)
    assert [path.parent.name for path in tmp_path.rglob("*.png")] == ["level_0"]
    back = Lods.load(tmp_path)
    assert back.coverages == lods.coverages
    for one, other in zip(lods.meshes, back.meshes, strict=True):
        np.testing.assert_array_equal(one.vertices, other.vertices)
        np.testing.assert_array_equal(one.base_color, other.base_color)
