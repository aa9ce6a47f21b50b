"""Meshes that nobody wants go through every stage of meshes to a result that holds, or to a sentence."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from meshing.lods import Lods
from meshing.mesh import Mesh, check_mesh
from pipeline.stage import Context
from pipeline.stages.export_gltf import ExportGltfConfig, export_gltf
from pipeline.stages.export_usdz import ExportUsdzConfig, export_usdz
from pipeline.stages.make_lods import MakeLodsConfig, make_lods
from pipeline.stages.mesh_files import ExportMeshConfig, ImportMeshConfig, export_mesh, import_mesh
from pipeline.stages.simplify_mesh import SimplifyMeshConfig, simplify_mesh

BALL = trimesh.creation.icosphere(3)


def mesh_of(vertices: Any, faces: Any) -> Mesh:
    return Mesh(np.asarray(vertices, np.float32).reshape(-1, 3), np.asarray(faces, np.int32).reshape(-1, 3))


def holed_by_nan() -> Mesh:
    vertices = np.array(BALL.vertices)
    vertices[7] = np.nan
    return mesh_of(vertices, BALL.faces)


def flat_faces() -> Mesh:
    """Half of the faces have no area: their corners are one point or lie in a row."""
    faces = np.array(BALL.faces)
    faces[::4, 1] = faces[::4, 0]
    middle = (BALL.vertices[faces[1::4, 0]] + BALL.vertices[faces[1::4, 1]]) / 2
    faces[1::4, 2] = len(BALL.vertices) + np.arange(len(middle))
    return mesh_of(np.concatenate([BALL.vertices, middle]), faces)


def crossed() -> Mesh:
    """Two balls that share one face's edges, and every fourth face three times."""
    other = BALL.vertices * [1, 1, -1]
    faces = np.concatenate([BALL.faces, BALL.faces[::4], BALL.faces[::4, ::-1], BALL.faces + len(BALL.vertices)])
    return mesh_of(np.concatenate([BALL.vertices, other]), faces)


def half_flipped() -> Mesh:
    faces = np.array(BALL.faces)
    faces[::2] = faces[::2, ::-1]
    return mesh_of(BALL.vertices, faces)


def loose_triangles() -> Mesh:
    rng = np.random.default_rng(0)
    return mesh_of(rng.random((6000, 1, 3)) + 0.01 * rng.normal(size=(6000, 3, 3)), np.arange(18_000))


def out_of_range() -> Mesh:
    faces = np.array(BALL.faces)
    faces[5, 1] = len(BALL.vertices)
    return mesh_of(BALL.vertices, faces)


def all_in_one_point() -> Mesh:
    return mesh_of(np.ones((30, 3)), np.arange(30))


def huge_and_tiny() -> Mesh:
    """A ball of 1e18 beside one of 1e-12: their squares leave 32-bit numbers."""
    vertices = np.concatenate([1e18 * BALL.vertices, 1e-12 * BALL.vertices])
    return mesh_of(vertices, np.concatenate([BALL.faces, BALL.faces + len(BALL.vertices)]))


USABLE = (flat_faces, crossed, half_flipped, loose_triangles, huge_and_tiny)
UNUSABLE = {
    holed_by_nan: r"mesh.vertices: must be finite \(got \[nan, nan, nan\] in row 7, 1 such rows\)",
    out_of_range: r"mesh.faces: every index must be in 0 ... 641 \(got 642\)",
    lambda: mesh_of([], []): r"mesh: is empty \(0 vertices, 0 faces\)",
}


def context(tmp_path: Path) -> Context:
    return Context(seed=0, checkpoint=tmp_path / "stage")


def stages(tmp_path: Path) -> dict[str, Callable[[Mesh], Any]]:
    given = context(tmp_path)
    found: dict[str, Callable[[Mesh], Any]] = {
        "simplify_mesh": lambda mesh: simplify_mesh(SimplifyMeshConfig(triangles=300), given, mesh=mesh),
        "make_lods": lambda mesh: make_lods(MakeLodsConfig(shares=(0.5,)), given, mesh=mesh),
        "export_gltf": lambda mesh: export_gltf(ExportGltfConfig(quantize=True), given, mesh=mesh),
        "export_mesh": lambda mesh: export_mesh(ExportMeshConfig(format="ply"), given, mesh=mesh),
    }
    try:
        import pxr  # noqa: F401

        found["export_usdz"] = lambda mesh: export_usdz(ExportUsdzConfig(), given, mesh=mesh)
    except ImportError:
        pass
    return found


@pytest.mark.parametrize("make", USABLE)
def test_what_can_be_used_comes_through_every_stage(make: Callable[[], Mesh], tmp_path: Path) -> None:
    mesh = make()
    made = {name: stage(mesh) for name, stage in stages(tmp_path).items()}
    check_mesh(made["simplify_mesh"])
    assert 0 < len(made["simplify_mesh"].faces) <= 300
    lods: Lods = made["make_lods"]
    for level in lods.meshes:
        check_mesh(level)
    (length,) = struct.unpack("<I", made["export_gltf"].data[12:16])
    about = json.loads(made["export_gltf"].data[20 : 20 + length])
    count = about["accessors"][about["meshes"][0]["primitives"][0]["indices"]]["count"] // 3
    assert 0.4 * len(mesh.faces) <= count <= len(mesh.faces)


@pytest.mark.parametrize("make", UNUSABLE)
def test_what_cannot_is_said_by_every_stage(make: Callable[[], Mesh], tmp_path: Path) -> None:
    mesh = make()
    for stage in stages(tmp_path).values():
        with pytest.raises(ValueError, match=UNUSABLE[make]):
            stage(mesh)


def test_a_mesh_in_one_point_is_no_mesh(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"nothing of the mesh is left at 4 faces; no face has an area"):
        simplify_mesh(SimplifyMeshConfig(triangles=4), context(tmp_path), mesh=all_in_one_point())
    with pytest.raises(ValueError, match=r"no face with an area"):
        export_gltf(ExportGltfConfig(), context(tmp_path), mesh=all_in_one_point())


@pytest.mark.node
def test_what_is_written_of_broken_meshes_is_valid(tmp_path: Path, validate_glb: Callable[..., Any]) -> None:
    paths = []
    for make in USABLE:
        paths.append(tmp_path / f"{make.__name__}.glb")
        paths[-1].write_bytes(export_gltf(ExportGltfConfig(), context(tmp_path), mesh=make()).data)
    validate_glb(*paths)


def test_a_file_that_holds_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "empty.ply"
    path.write_text("ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nend_header\n")
    with pytest.raises(ValueError, match=r"empty.ply: is empty \(0 vertices, 0 faces\)"):
        import_mesh(ImportMeshConfig(path=path), context(tmp_path))
