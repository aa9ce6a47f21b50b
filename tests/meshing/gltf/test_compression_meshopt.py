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

meshopt = pytest.importorskip("meshopt", reason="needs the extra: pip install 'scenewright[meshopt]'")

pytestmark = pytest.mark.extra("meshopt")
SPHERE = trimesh.creation.icosphere(4)


def sphere() -> Scene:
    positions = SPHERE.vertices.astype(np.float32)
    uv = (0.5 + 0.5 * positions[:, :2]).astype(np.float32)
    colors = np.rint(255 * (0.5 + 0.5 * positions)).astype(np.uint8)
    texture = Texture(np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8))
    primitive = Primitive(
        positions,
        SPHERE.faces.astype(np.int32),
        normals=positions,
        uv=uv,
        colors=colors,
        material=Material(base_color=texture, unlit=False),
    )
    return Scene((Node("sphere", (primitive,)),))


def decoded(data: bytes) -> list[np.ndarray]:
    """Every compressed view of a GLB, as rows of bytes."""
    (length,) = struct.unpack("<I", data[12:16])
    about, binary = json.loads(data[20 : 20 + length]), data[28 + length :]
    found = []
    for view in about["bufferViews"]:
        packed = view.get("extensions", {}).get("EXT_meshopt_compression")
        if packed:
            raw = binary[packed["byteOffset"] : packed["byteOffset"] + packed["byteLength"]]
            plain = meshopt.decode_gltf_buffer(raw, packed["count"], packed["byteStride"], packed["mode"])
            found.append(np.frombuffer(plain, np.uint8).reshape(packed["count"], packed["byteStride"]))
    return found


def triangles(positions: np.ndarray, indices: np.ndarray) -> set[tuple[Any, ...]]:
    corners = np.round(positions, 4)[indices.reshape(-1, 3)]
    return {tuple(sorted(map(tuple, triangle.tolist()))) for triangle in corners}


def test_a_compressed_sphere_holds_the_same_triangles() -> None:
    data = glb_bytes(sphere(), compression="meshopt")
    positions, *_, indices = decoded(data)
    vertices = positions.copy().view(np.float32)
    assert triangles(vertices, indices.copy().view(np.uint16)) == triangles(
        SPHERE.vertices.astype(np.float32), SPHERE.faces
    )


def test_compression_pays() -> None:
    assert len(glb_bytes(sphere(), quantize=True, compression="meshopt")) < 0.5 * len(glb_bytes(sphere()))


@pytest.mark.node
def test_the_khronos_validator_finds_no_error(tmp_path: Path, validate_glb: Callable[..., Any]) -> None:
    for quantize in (False, True):
        write_glb(tmp_path / f"{quantize}.glb", sphere(), quantize=quantize, compression="meshopt")
    for report in validate_glb(tmp_path / "False.glb", tmp_path / "True.glb"):
        assert report["issues"]["numWarnings"] == 0
        assert report["info"]["extensionsRequired"][0] == "EXT_meshopt_compression"
