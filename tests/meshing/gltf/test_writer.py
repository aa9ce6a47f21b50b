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

CUBE = trimesh.creation.box((1, 1, 1))
POSITIONS = (CUBE.vertices + np.array([0, 0.5, 0])).astype(np.float32)
FACES = CUBE.faces.astype(np.int32)
IMAGE = np.random.default_rng(0).integers(0, 256, (8, 16, 3), np.uint8)


def cube(**values: Any) -> Primitive:
    return Primitive(**{"positions": POSITIONS, "faces": FACES} | values)


def scene(*primitives: Primitive, **values: Any) -> Scene:
    return Scene((Node("cube", primitives, **values),))


def document(data: bytes) -> tuple[dict[str, Any], bytes]:
    magic, version, size, length, kind = struct.unpack("<IIIII", data[:20])
    assert (magic, version, size, kind) == (0x46546C67, 2, len(data), 0x4E4F534A)
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def accessor(data: bytes, index: int) -> np.ndarray:
    """An accessor's numbers, read by the letter of the specification."""
    about, binary = document(data)
    entry = about["accessors"][index]
    view = about["bufferViews"][entry["bufferView"]]
    dtype = np.dtype(
        {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}[entry["componentType"]]
    )
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}[entry["type"]]
    stride = view.get("byteStride", width * dtype.itemsize)
    raw = np.frombuffer(binary, np.uint8, view["byteLength"], view["byteOffset"]).reshape(entry["count"], stride)
    return raw[:, : width * dtype.itemsize].copy().view(dtype)


def attribute(data: bytes, name: str) -> np.ndarray:
    return accessor(data, document(data)[0]["meshes"][0]["primitives"][0]["attributes"][name])


def test_a_cube_of_one_metre_measures_one_metre_and_stands_upright(tmp_path: Path) -> None:
    write_glb(tmp_path / "cube.glb", scene(cube()))
    loaded = trimesh.load(tmp_path / "cube.glb", force="scene")
    np.testing.assert_allclose(loaded.bounds, [[-0.5, 0, -0.5], [0.5, 1, 0.5]])
    solid = loaded.to_mesh()
    assert solid.is_watertight
    assert solid.volume == pytest.approx(1.0)


def test_photographed_colors_are_unlit_and_nothing_is_ever_metal_unless_asked() -> None:
    about, _ = document(glb_bytes(scene(cube())))
    (material,) = about["materials"]
    assert material["extensions"] == {"KHR_materials_unlit": {}}
    assert about["extensionsUsed"] == ["KHR_materials_unlit"]
    assert "extensionsRequired" not in about
    (material,) = document(glb_bytes(scene(cube(material=Material(unlit=False)))))[0]["materials"]
    assert material["pbrMetallicRoughness"] == {"metallicFactor": 0.0, "roughnessFactor": 1.0}
    assert "extensions" not in material


def test_vertex_colors_are_written_linear_and_fine_enough_to_come_back() -> None:
    gray = np.arange(256, dtype=np.uint8).repeat(3).reshape(-1, 3)
    positions = np.random.default_rng(0).random((256, 3), np.float32)
    faces = np.arange(255, dtype=np.int32).reshape(-1, 3)
    faces = np.concatenate([faces, [[253, 254, 255]]]).astype(np.int32)
    data = glb_bytes(scene(Primitive(positions, faces, colors=gray)))
    light = attribute(data, "COLOR_0")[:, 0] / 65535
    assert light[188] == pytest.approx(0.5029, abs=1e-3)  # sRGB 188 is half the light
    back = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    np.testing.assert_array_equal(np.rint(back), gray[:, 0])


def test_bounds_are_those_of_the_positions() -> None:
    about, _ = document(glb_bytes(scene(cube())))
    entry = about["accessors"][about["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    assert (entry["min"], entry["max"]) == ([-0.5, 0.0, -0.5], [0.5, 1.0, 0.5])


def grid_primitive(n: int) -> Primitive:
    vertices = np.random.default_rng(0).random((n, 3), np.float32)
    start = np.arange(n - 2, dtype=np.int32)
    return Primitive(vertices, np.stack([start, start + 1, start + 2], axis=1))


@pytest.mark.parametrize(("n", "kind"), [(65535, 5123), (65536, 5125)])
def test_indices_take_two_bytes_while_they_fit(n: int, kind: int) -> None:
    data = glb_bytes(scene(grid_primitive(n)))
    index = document(data)[0]["meshes"][0]["primitives"][0]["indices"]
    assert document(data)[0]["accessors"][index]["componentType"] == kind
    np.testing.assert_array_equal(accessor(data, index).reshape(-1, 3), grid_primitive(n).faces)


def test_faces_without_area_and_unused_vertices_are_left_out() -> None:
    positions = np.concatenate([POSITIONS, [[9, 9, 9], [1, 1, 1], [2, 2, 2], [3, 3, 3]]]).astype(np.float32)
    faces = np.concatenate([FACES, [[0, 0, 1], [9, 10, 11]]]).astype(np.int32)  # a repeated corner, three in a row
    data = glb_bytes(scene(Primitive(positions, faces)))
    np.testing.assert_array_equal(attribute(data, "POSITION"), POSITIONS)
    assert document(data)[0]["accessors"][1]["count"] == FACES.size


def test_a_scene_keeps_its_tree_names_matrices_and_extras() -> None:
    matrix = np.eye(4)
    matrix[:3, 3] = [1, 2, 3]
    child = Node("leg", (cube(),), matrix=matrix, extras={"collider": "box"})
    root = Node("table", (), (child,))
    about, _ = document(glb_bytes(Scene((root,), "room", "CC0", {"spawn": [0, 0, 1]}, {"licences": ["CC0"]})))
    assert about["scenes"] == [{"name": "room", "nodes": [0], "extras": {"spawn": [0, 0, 1]}}]
    assert about["nodes"][0] == {"name": "table", "children": [1]}
    assert about["nodes"][1]["matrix"][12:] == [1, 2, 3, 1]
    assert about["nodes"][1]["extras"] == {"collider": "box"}
    assert about["asset"]["copyright"] == "CC0"
    assert about["asset"]["extras"] == {"licences": ["CC0"]}
    assert about["asset"]["generator"].startswith("Scenewright")


def test_what_is_used_twice_is_written_once() -> None:
    uv = np.random.default_rng(0).random((8, 2), np.float32)
    material = Material(base_color=Texture(IMAGE))
    about, _ = document(glb_bytes(scene(cube(uv=uv, material=material), cube(uv=uv, material=material))))
    assert [len(about[key]) for key in ("materials", "textures", "images", "samplers")] == [1, 1, 1, 1]


def test_the_same_scene_gives_the_same_bytes() -> None:
    uv = np.random.default_rng(0).random((8, 2), np.float32)

    def once() -> bytes:
        return glb_bytes(scene(cube(uv=uv, material=Material(base_color=Texture(IMAGE, "jpeg")))))

    assert once() == once()


def test_quantized_positions_stay_within_half_a_step() -> None:
    rng = np.random.default_rng(0)
    positions = (rng.random((300, 3), np.float32) * [4, 1, 2] + [100, -3, 0]).astype(np.float32)
    primitive = Primitive(positions, np.arange(300, dtype=np.int32).reshape(-1, 3))
    data = glb_bytes(scene(primitive), quantize=True)
    about, _ = document(data)
    assert about["extensionsRequired"] == ["KHR_mesh_quantization"]
    matrix = np.array(about["nodes"][0]["matrix"]).reshape(4, 4).T
    stored = attribute(data, "POSITION")
    assert stored.dtype == np.uint16
    restored = stored @ matrix[:3, :3].T + matrix[:3, 3]
    np.testing.assert_allclose(restored, positions, atol=0.5001 * 4 / 65535)


def test_quantizing_does_not_move_the_children() -> None:
    child = Node("child", (cube(),))
    about, _ = document(glb_bytes(Scene((Node("parent", (cube(),), (child,)),)), quantize=True))
    by_name = {node["name"]: node for node in about["nodes"]}
    assert "matrix" not in by_name["parent"]
    assert by_name["parent"]["children"] == [1, 2]
    assert by_name["parent_mesh"]["matrix"] == by_name["child"]["matrix"]


@pytest.mark.parametrize(
    ("primitive", "message"),
    [
        (cube(positions=np.full((8, 3), np.nan, np.float32)), r"nodes.cube.positions: must be finite"),
        (
            cube(faces=np.array([[0, 1, 8]], np.int32)),
            r"nodes.cube.faces: every index must be in 0 ... 7 \(got 0 ... 8\)",
        ),
        (
            cube(
                uv=np.zeros((8, 2), np.float32),
                material=Material(base_color=Texture(np.zeros((4, 4, 4), np.uint8), "jpeg")),
            ),
            r"textures.base_color: JPEG has no transparency; use png or webp",
        ),
    ],
)
def test_what_no_file_can_hold_is_said(primitive: Primitive, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        glb_bytes(scene(primitive))


def full_primitive(texture: Texture) -> Primitive:
    rng = np.random.default_rng(0)
    return cube(
        normals=CUBE.vertex_normals.astype(np.float32),
        uv=rng.random((8, 2), np.float32),
        colors=rng.integers(0, 256, (8, 3), np.uint8),
        material=Material(base_color=texture, unlit=False, double_sided=True, alpha_mode="MASK"),
    )


@pytest.mark.node
def test_the_khronos_validator_finds_nothing(tmp_path: Path, validate_glb: Callable[..., list[dict[str, Any]]]) -> None:
    turned = trimesh.transformations.rotation_matrix(0.3, [1, 2, 3])
    scenes = {
        "plain": scene(cube()),
        "empty": Scene((Node("nothing"),)),
        "flat": scene(cube(faces=np.array([[0, 0, 0]], np.int32))),
        "tree": Scene((Node("a", (cube(),), (Node("b", (cube(), cube()), matrix=turned, extras={"x": 1}),)),)),
        "large": scene(grid_primitive(70000)),
        "no_normal": scene(cube(normals=np.zeros((8, 3), np.float32), material=Material(unlit=False))),
    }
    for encoding in ("png", "jpeg", "webp"):
        scenes[encoding] = scene(full_primitive(Texture(IMAGE, encoding)))  # type: ignore[arg-type]
    scenes["rgba"] = scene(full_primitive(Texture(np.dstack([IMAGE, IMAGE[..., 0]]), "png", repeat=True)))
    paths = []
    for quantize in (False, True):
        for name, content in scenes.items():
            paths.append(tmp_path / f"{name}_{quantize}.glb")
            write_glb(paths[-1], content, quantize=quantize)
    for path, report in zip(paths, validate_glb(*paths), strict=True):
        assert report["issues"]["numWarnings"] == 0, f"{path.name}: {report['issues']['messages']}"


def test_coarser_levels_wait_outside_of_the_scene_and_share_its_material(
    tmp_path: Path, validate_glb: Callable[..., list[dict[str, Any]]]
) -> None:
    uv = np.random.default_rng(0).random((8, 2), np.float32)
    material = Material(base_color=Texture(IMAGE))
    coarse = Node("cube_lod1", (cube(uv=uv, material=material, faces=FACES[:8]),))
    fine = Node("cube_lod0", (cube(uv=uv, material=material),), levels=(coarse,), coverages=(0.25, 0.0))
    write_glb(tmp_path / "lods.glb", Scene((fine,)), quantize=True)
    about, _ = document((tmp_path / "lods.glb").read_bytes())
    (root,) = about["scenes"][0]["nodes"]
    assert about["nodes"][root]["name"] == "cube_lod0"
    (other,) = about["nodes"][root]["extensions"]["MSFT_lod"]["ids"]
    assert about["nodes"][other]["name"] == "cube_lod1"
    assert about["nodes"][root]["extras"] == {"MSFT_screencoverage": [0.25, 0.0]}
    assert "MSFT_lod" not in about["extensionsRequired"]
    assert [len(about[key]) for key in ("meshes", "materials", "textures")] == [2, 1, 1]
    assert trimesh.load(tmp_path / "lods.glb", force="scene").to_mesh().faces.shape == (12, 3)
    validate_glb(tmp_path / "lods.glb")


def test_repeated_textures_are_quantized_through_a_transform(
    tmp_path: Path, validate_glb: Callable[..., list[dict[str, Any]]]
) -> None:
    uv = (np.random.default_rng(0).random((8, 2)) * [3.5, 1] - [1.25, 0]).astype(np.float32)
    primitive = cube(uv=uv, material=Material(base_color=Texture(IMAGE, repeat=True)))
    write_glb(tmp_path / "tiles.glb", scene(primitive), quantize=True)
    data = (tmp_path / "tiles.glb").read_bytes()
    about, _ = document(data)
    info = about["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    transform = info["extensions"]["KHR_texture_transform"]
    stored = attribute(data, "TEXCOORD_0")
    assert stored.dtype == np.uint16
    restored = stored / 65535 * transform["scale"] + transform["offset"]
    np.testing.assert_allclose(restored, uv, atol=4 / 65535)
    assert "KHR_texture_transform" in about["extensionsRequired"]
    validate_glb(tmp_path / "tiles.glb")
