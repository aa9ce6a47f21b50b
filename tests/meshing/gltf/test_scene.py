import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from meshing.clean import keep_faces
from meshing.gltf.scene import scene_of, with_collider, with_viewpoint
from meshing.gltf.writer import glb_bytes, write_glb
from meshing.lods import Lods
from meshing.mesh import Mesh, ViewingVolume
from meshing.viewpoint import Viewpoint

SOLID = trimesh.creation.box((1, 2, 3))
MESH = Mesh(
    SOLID.vertices.astype(np.float32),
    SOLID.faces.astype(np.int32),
    vertex_colors=np.random.default_rng(0).integers(0, 256, (8, 3), np.uint8),
    normals=SOLID.vertex_normals.astype(np.float32),
    name="crate",
    unit="metre",
    gravity="known",
    licences=("CC-BY-4.0", "MIT"),
    capture_from_mesh=np.diag([2.0, 2.0, 2.0, 1.0]),
)
IMAGE = np.random.default_rng(0).integers(0, 256, (64, 32, 3), np.uint8)
TEXTURED = replace(MESH, uv=np.random.default_rng(0).random((8, 2), np.float32), base_color=IMAGE)


def asset(data: bytes) -> dict[str, object]:
    (length,) = struct.unpack("<I", data[12:16])
    found: dict[str, object] = json.loads(data[20 : 20 + length])["asset"]
    return found


def test_licence_origin_and_the_way_back_travel_in_the_file() -> None:
    about = asset(glb_bytes(scene_of(MESH, provenance={"job": "fox"})))
    assert about["copyright"] == "CC-BY-4.0; MIT"
    assert about["extras"] == {
        "unit": "metre",
        "gravity": "known",
        "licences": ["CC-BY-4.0", "MIT"],
        "capture_from_asset": np.diag([2.0, 2.0, 2.0, 1.0]).tolist(),
        "provenance": {"job": "fox"},
    }


def test_a_texture_replaces_vertex_colors() -> None:
    (plain,) = scene_of(MESH).nodes[0].primitives
    assert plain.colors is MESH.vertex_colors
    assert plain.uv is None
    (textured,) = scene_of(TEXTURED).nodes[0].primitives
    assert textured.colors is None
    assert textured.uv is TEXTURED.uv


def test_normals_are_kept_only_where_light_falls() -> None:
    assert scene_of(MESH).nodes[0].primitives[0].normals is None
    assert scene_of(MESH, unlit=False).nodes[0].primitives[0].normals is MESH.normals


def test_another_reader_sees_the_texture_the_right_way_up(tmp_path: Path) -> None:
    write_glb(tmp_path / "crate.glb", scene_of(TEXTURED, encoding="png", unlit=False))
    loaded = trimesh.load(tmp_path / "crate.glb", force="mesh", process=False)
    assert TEXTURED.uv is not None
    np.testing.assert_allclose(
        loaded.visual.uv, np.stack([TEXTURED.uv[:, 0], 1 - TEXTURED.uv[:, 1]], axis=1), atol=1e-6
    )
    np.testing.assert_array_equal(np.asarray(loaded.visual.material.baseColorTexture.convert("RGB")), IMAGE)


def test_transparency_is_not_lost_to_jpeg() -> None:
    transparent = replace(TEXTURED, base_color=np.dstack([IMAGE, IMAGE[..., 0]]))
    texture = scene_of(transparent, encoding="jpeg").nodes[0].primitives[0].material.base_color
    assert texture is not None
    assert texture.encoding == "png"


def test_a_broken_mesh_is_refused() -> None:
    with pytest.raises(ValueError, match="every index must be in"):
        scene_of(replace(MESH, faces=np.array([[0, 1, 99]], np.int32)))


def test_what_is_made_to_be_seen_from_within_a_ball_says_so() -> None:
    scene = scene_of(replace(MESH, viewing=ViewingVolume((0.0, 0.0, 4.0), 0.3)))
    assert scene.extras["spawn"] == {"position": [0, 0, 4], "facing": [0, 0, -1]}
    volume = scene.extras["safe_volume"]
    assert isinstance(volume, dict)
    corners = np.array([volume["min"], volume["max"]], np.float64)
    np.testing.assert_allclose(np.linalg.norm(corners - [0, 0, 4], axis=1), 0.3, atol=1e-3)


def test_levels_are_named_and_hold_one_texture() -> None:
    mesh = replace(TEXTURED, uv=TEXTURED.uv)
    scene = scene_of(Lods((mesh, keep_faces(mesh, np.arange(12) < 6)), (0.1, 0.0)))
    (node,) = scene.nodes
    assert [node.name, *(level.name for level in node.levels)] == ["crate_lod0", "crate_lod1"]
    assert node.coverages == (0.1, 0.0)
    assert node.primitives[0].material is node.levels[0].primitives[0].material
    assert len(node.levels[0].primitives[0].faces) == 6


def test_colliders_are_told_by_extras_and_by_name() -> None:
    scene = scene_of(MESH)
    (node,) = with_collider(scene, MESH, "box").nodes
    assert node.extras == {"collider": {"shape": "box", "center": [0, 0, 0], "size": [1, 2, 3]}}
    (node,) = with_collider(scene, MESH, "mesh").nodes
    assert node.name == "crate-col"
    ball = trimesh.creation.icosphere(5)
    many = Mesh(ball.vertices.astype(np.float32), ball.faces.astype(np.int32), name="ball")
    seen, unseen = with_collider(scene_of(many), many, "simple").nodes
    assert (seen.name, unseen.name) == ("ball", "ball-colonly")
    assert len(unseen.primitives[0].faces) == 2000
    material = unseen.primitives[0].material
    assert (material.alpha_mode, material.base_color_factor[3]) == ("BLEND", 0.0)


def test_the_visitor_s_place_stands_in_the_scene_s_extras() -> None:
    place = Viewpoint((1.0, 1.6, 2.0), (0.0, 0.0, -1.0), (0.0, 1.0, 1.0), (2.0, 2.0, 3.0))
    data = glb_bytes(with_viewpoint(scene_of(MESH), place))
    (length,) = struct.unpack("<I", data[12:16])
    assert json.loads(data[20 : 20 + length])["scenes"][0]["extras"] == {
        "spawn": {"position": [1, 1.6, 2], "facing": [0, 0, -1]},
        "safe_volume": {"min": [0, 1, 1], "max": [2, 2, 3]},
    }
