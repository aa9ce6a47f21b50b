import io
import json
from pathlib import Path

import numpy as np
import pytest
import trimesh

from meshing.gltf.model import Material, Node, Primitive, Scene, Texture
from meshing.gltf.plain import plain_glb
from meshing.gltf.writer import glb_bytes, write_glb

BALL = trimesh.creation.icosphere(3)
POSITIONS = BALL.vertices.astype(np.float32)
FACES = BALL.faces.astype(np.int32)
UV = (1.7 * POSITIONS[:, :2] + 0.2).astype(np.float32)  # from about -1.5 to 1.9: repeated
COLORS = np.rint(127.5 + 127.5 * POSITIONS).astype(np.uint8)
IMAGE = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)


def textured() -> Scene:
    material = Material(base_color=Texture(IMAGE, repeat=True))
    return Scene((Node("ball", (Primitive(POSITIONS, FACES, uv=UV, material=material),)),))


def colored(factor: float = 1.0) -> Scene:
    material = Material(base_color_factor=(factor, factor, factor, 1.0))
    return Scene((Node("ball", (Primitive(POSITIONS, FACES, colors=COLORS, material=material),)),))


def loaded(path: Path) -> trimesh.Trimesh:
    return trimesh.load(io.BytesIO(plain_glb(path)), file_type="glb", force="mesh", process=False)


def test_quantized_and_transformed_coordinates_come_back(tmp_path: Path) -> None:
    write_glb(tmp_path / "ball.glb", textured(), quantize=True)
    solid = loaded(tmp_path / "ball.glb")
    uv = np.stack([solid.visual.uv[:, 0], 1 - solid.visual.uv[:, 1]], axis=1)
    np.testing.assert_allclose(uv, 1.7 * solid.vertices[:, :2] + 0.2, atol=5e-4)
    assert solid.volume == pytest.approx(BALL.volume, rel=1e-3)


def test_compressed_files_come_back(tmp_path: Path) -> None:
    pytest.importorskip("meshopt", reason="needs the extra: pip install 'scenewright[meshopt]'")
    write_glb(tmp_path / "ball.glb", textured(), quantize=True, compression="meshopt")
    solid = loaded(tmp_path / "ball.glb")
    assert solid.is_watertight
    assert solid.volume == pytest.approx(BALL.volume, rel=1e-3)
    uv = np.stack([solid.visual.uv[:, 0], 1 - solid.visual.uv[:, 1]], axis=1)
    np.testing.assert_allclose(uv, 1.7 * solid.vertices[:, :2] + 0.2, atol=5e-4)


def test_colors_beside_a_material_are_srgb_bytes(tmp_path: Path) -> None:
    write_glb(tmp_path / "ball.glb", colored())
    found = loaded(tmp_path / "ball.glb")
    expected = np.rint(127.5 + 127.5 * found.vertices)
    np.testing.assert_allclose(found.visual.vertex_colors[:, :3], expected, atol=1)


def test_a_material_s_color_darkens_the_vertices_light(tmp_path: Path) -> None:
    """Half the light of sRGB 255 is 188."""
    write_glb(tmp_path / "ball.glb", colored(0.5))
    assert loaded(tmp_path / "ball.glb").visual.vertex_colors[:, :3].max() == 188


def test_a_quarter_turn_of_a_texture_goes_counter_clockwise(tmp_path: Path) -> None:
    """u points right and v down, so (1, 0) goes to (0, -1); then the offset."""
    data = glb_bytes(
        Scene((Node("n", (Primitive(POSITIONS, FACES, uv=UV, material=Material(base_color=Texture(IMAGE))),)),))
    )
    length = int.from_bytes(data[12:16], "little")
    about = json.loads(data[20 : 20 + length])
    transform = {"rotation": np.pi / 2, "offset": [0.5, 2.0]}
    texture = about["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    texture["extensions"] = {"KHR_texture_transform": transform}
    text = json.dumps(about).encode()
    text += b" " * (-len(text) % 4)
    size = (len(text) + len(data) - length).to_bytes(4, "little")
    path = tmp_path / "turned.glb"
    path.write_bytes(data[:8] + size + len(text).to_bytes(4, "little") + data[16:20] + text + data[20 + length :])
    solid = loaded(path)
    uv = np.stack([solid.visual.uv[:, 0], 1 - solid.visual.uv[:, 1]], axis=1)
    before = 1.7 * solid.vertices[:, :2] + 0.2
    np.testing.assert_allclose(uv, np.stack([0.5 + before[:, 1], 2.0 - before[:, 0]], axis=1), atol=1e-5)


def test_a_cut_file_and_one_that_leaves_its_folder_are_said(tmp_path: Path) -> None:
    data = glb_bytes(colored())
    (tmp_path / "cut.glb").write_bytes(data[:-2000])
    with pytest.raises(ValueError, match=r"buffers: end before byte \d+, the file is cut off"):
        plain_glb(tmp_path / "cut.glb")
    (tmp_path / "no.glb").write_bytes(b"PK not a model at all.")
    with pytest.raises(ValueError, match="is no GLB"):
        plain_glb(tmp_path / "no.glb")
    (tmp_path / "up.gltf").write_text(json.dumps({"buffers": [{"uri": "../secret.bin", "byteLength": 4}]}))
    with pytest.raises(ValueError, match=r"'../secret.bin' lies outside of the file's own folder"):
        plain_glb(tmp_path / "up.gltf")
