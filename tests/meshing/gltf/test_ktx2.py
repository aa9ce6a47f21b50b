import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from meshing.files import read_mesh
from meshing.gltf.model import Material, Node, Primitive, Scene, Texture
from meshing.gltf.writer import glb_bytes, write_glb

pytest.importorskip("zstandard", reason="needs the extra: pip install 'scenewright[ktx2]'")
from meshing.gltf import ktx2

pytestmark = pytest.mark.extra("ktx2")
TRANSCODE = Path(__file__).resolve().parents[2] / "node" / "transcode.mjs"


def picture(h: int = 64, w: int = 96, channels: int = 3) -> np.ndarray:
    y, x = np.mgrid[:h, :w] / 25
    return np.stack([127 + 100 * np.sin(x + 2 * k) * np.cos(y - k) for k in range(channels)], axis=2).astype(np.uint8)


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / ((a.astype(np.float64) - b) ** 2).mean()))


def test_a_picture_comes_back_nearly_the_same() -> None:
    data = ktx2.encode(picture())
    assert data.startswith(b"\xabKTX 20\xbb\r\n\x1a\n")
    assert psnr(ktx2.decode(data)[..., :3], picture()) > 42
    assert len(data) < 64 * 96 * 4 / 3
    assert ktx2.encode(picture()) == data


def test_sides_are_stretched_to_multiples_of_four() -> None:
    assert ktx2.decode(ktx2.encode(picture(5, 7))).shape == (8, 8, 4)


def test_mip_levels_halve_down_to_one_texel_and_average_light() -> None:
    image = np.zeros((4, 8, 4), np.uint8)
    image[:, ::2], image[..., 3] = 255, 255
    levels = ktx2.mip_levels(image)
    assert [level.shape[:2] for level in levels] == [(4, 8), (2, 4), (1, 2), (1, 1)]
    assert (levels[1][..., :3] == 188).all()  # half the light, not half the number
    assert (levels[3] == [188, 188, 188, 255]).all()


@pytest.mark.node
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("level", [0, 2])
def test_the_reference_transcoder_reads_the_very_texels(tmp_path: Path, channels: int, level: int) -> None:
    """Basis Universal's own code, as three.js ships it."""
    image = picture(64, 96, channels)
    (tmp_path / "in.ktx2").write_bytes(ktx2.encode(image))
    command = ["node", str(TRANSCODE), str(tmp_path / "in.ktx2"), str(tmp_path / "out.rgba"), str(level)]
    about = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert about == {"width": 96, "height": 64, "levels": 7, "alpha": channels == 4}
    read = np.fromfile(tmp_path / "out.rgba", np.uint8).reshape(64 >> level, 96 >> level, 4)
    if level == 0:
        np.testing.assert_array_equal(read, ktx2.decode(ktx2.encode(image)))
    whole = image if channels == 4 else np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    assert psnr(read, ktx2.mip_levels(whole)[level]) > 30


def test_what_is_no_uastc_is_said() -> None:
    data = ktx2.encode(picture(8, 8))
    with pytest.raises(ValueError, match=r"ktx2: is no KTX2 file"):
        ktx2.decode(b"PNG")
    with pytest.raises(ValueError, match=r"only flat pictures in UASTC can be read \(got one ETC1S\); store it as PNG"):
        ktx2.decode(data[:44] + struct.pack("<I", 1) + data[48:])
    with pytest.raises(ValueError, match=r"ktx2: its finest level cannot be unpacked"):
        ktx2.decode(data[:-8])


@pytest.mark.parametrize("channels", [3, 4])
def test_a_mesh_is_read_with_its_texture(tmp_path: Path, channels: int) -> None:
    """Repeated and quantised, so that the coordinates are moved too."""
    solid = trimesh.creation.box()
    uv = np.ascontiguousarray(0.5 + 2 * solid.vertices[:, :2]).astype(np.float32)
    material = Material(base_color=Texture(picture(32, 48, channels), "ktx2", repeat=True))
    primitive = Primitive(solid.vertices.astype(np.float32), solid.faces.astype(np.int32), uv=uv, material=material)
    write_glb(tmp_path / "box.glb", Scene((Node("box", (primitive,)),)), quantize=True)
    mesh = read_mesh(tmp_path / "box.glb")
    assert mesh.base_color is not None
    assert mesh.base_color.shape == (32, 48, channels)
    assert psnr(mesh.base_color, picture(32, 48, channels)) > 40
    assert mesh.uv is not None
    np.testing.assert_allclose(np.sort(np.unique(mesh.uv.round(3))), [-0.5, 1.5], atol=2e-3)


def test_a_file_asks_for_the_extension_and_is_valid(tmp_path: Path, validate_glb: Callable[..., Any]) -> None:
    solid = trimesh.creation.box()
    uv = np.ascontiguousarray(0.5 + 0.5 * solid.vertices[:, :2]).astype(np.float32)
    material = Material(base_color=Texture(picture(), "ktx2"))
    primitive = Primitive(solid.vertices.astype(np.float32), solid.faces.astype(np.int32), uv=uv, material=material)
    scene = Scene((Node("box", (primitive,)),))
    data = glb_bytes(scene)
    (length,) = struct.unpack("<I", data[12:16])
    about = json.loads(data[20 : 20 + length])
    assert about["images"][0]["mimeType"] == "image/ktx2"
    assert about["textures"][0]["extensions"] == {"KHR_texture_basisu": {"source": 0}}
    assert "source" not in about["textures"][0]
    assert about["extensionsRequired"] == ["KHR_texture_basisu"]
    write_glb(tmp_path / "plain.glb", scene)
    write_glb(tmp_path / "small.glb", scene, quantize=True)
    for report in validate_glb(tmp_path / "plain.glb", tmp_path / "small.glb"):
        codes = {message["code"] for message in report["issues"]["messages"] if message["severity"] == 1}
        assert codes <= {"VALUE_NOT_IN_LIST", "IMAGE_UNRECOGNIZED_FORMAT"}  # the validator does not know KTX2
