import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from meshing.gltf.model import Material, Node, Primitive, Scene, Texture
from meshing.gltf.writer import glb_bytes, write_glb

DracoPy = pytest.importorskip("DracoPy", reason="needs the extra: pip install 'scenewright[draco]'")

pytestmark = pytest.mark.extra("draco")
SPHERE = trimesh.creation.icosphere(4)
POSITIONS = SPHERE.vertices.astype(np.float32)
UV = (0.5 + 0.5 * POSITIONS[:, :2]).astype(np.float32)
COLORS = np.rint(255 * (0.5 + 0.5 * POSITIONS)).astype(np.uint8)


def sphere() -> Scene:
    texture = Texture(np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8))
    material = Material(base_color=texture, unlit=False)
    faces = SPHERE.faces.astype(np.int32)
    primitive = Primitive(POSITIONS, faces, normals=POSITIONS, uv=UV, colors=COLORS, material=material)
    return Scene((Node("sphere", (primitive,)),))


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray], np.ndarray]:
    """The primitive's JSON, its attributes by glTF's names and its faces, as Draco's own decoder gives them."""
    (length,) = struct.unpack("<I", data[12:16])
    about, binary = json.loads(data[20 : 20 + length]), data[28 + length :]
    (primitive,) = about["meshes"][0]["primitives"]
    packed = primitive["extensions"]["KHR_draco_mesh_compression"]
    view = about["bufferViews"][packed["bufferView"]]
    back = DracoPy.decode(binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]])
    by_id = {one["unique_id"]: one["data"] for one in back.attributes}
    for name, number in packed["attributes"].items():
        assert about["accessors"][primitive["attributes"][name]]["count"] == len(by_id[number])
    assert about["accessors"][primitive["indices"]]["count"] == back.faces.size
    return about, {name: by_id[number] for name, number in packed["attributes"].items()}, back.faces


def test_what_draco_gives_back_is_what_was_packed() -> None:
    about, attributes, faces = unpacked(glb_bytes(sphere(), compression="draco"))
    assert about["extensionsRequired"] == ["KHR_draco_mesh_compression"]
    points = attributes["POSITION"]
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(attributes["TEXCOORD_0"], 0.5 + 0.5 * points[:, :2], atol=2e-4)
    np.testing.assert_allclose(attributes["NORMAL"], points, atol=5e-3)
    light = attributes["COLOR_0"] / 65535
    srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(srgb, 0.5 + 0.5 * points, atol=1 / 255)
    assert trimesh.Trimesh(points, faces).is_watertight
    assert trimesh.Trimesh(points, faces).volume == pytest.approx(SPHERE.volume, rel=1e-3)


def test_the_validator_takes_it_and_it_is_far_smaller(
    tmp_path: Path, validate_glb: Callable[..., list[dict[str, Any]]]
) -> None:
    small = write_glb(tmp_path / "draco.glb", sphere(), compression="draco", quantize=True)
    assert small < 0.25 * len(glb_bytes(sphere()))
    validate_glb(tmp_path / "draco.glb")


def test_the_same_scene_gives_the_same_bytes() -> None:
    assert glb_bytes(sphere(), compression="draco") == glb_bytes(sphere(), compression="draco")
