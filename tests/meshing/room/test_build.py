"""A small room from plan to file: everything is there, lit, the same each time, and opens everywhere."""

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meshing.mesh import Mesh, ViewingVolume
from meshing.room.build import BuildSettings, build_room, lamp_where_dark
from meshing.room.classes import CLASSES
from meshing.room.model import RoomModel, mesh_of
from meshing.room.place import place_in_box
from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.scene import fitted_glb, room_scene

FAST = BuildSettings(256, 0.25, (4, 9))
PLAN = RoomPlan(
    "study",
    ((0.0, 0.0), (0.0, 3.0), (3.2, 3.0), (3.2, 0.0)),
    2.5,
    (Opening("window", 2, 0.8, 1.4, 1.2, 0.9), Opening("door", 1, 0.3, 0.9, 2.0)),
    (
        Box("desk", "desk", (2.7, 0.375, 1.5), (1.3, 0.75, 0.6), -np.pi / 2),
        Box("chair", "chair", (2.0, 0.44, 1.5), (0.45, 0.88, 0.48), np.pi / 2),
        Box("mirror", "mirror", (1.2, 1.4, 0.03), (0.6, 0.9, 0.04)),
        Box("lamp", "lamp", (0.4, 0.8, 0.4), (0.4, 1.6, 0.4)),
    ),
    "scandinavian",
)


@pytest.fixture(scope="module")
def room() -> RoomModel:
    return build_room(PLAN, FAST, seed=4)


def pixels(room: RoomModel, name: str, *, lit: bool = True) -> np.ndarray:
    """The texels at the vertices of a part."""
    part = next(part for part in room.parts if part.name == name)
    page = (room.lit if lit else room.albedo)[part.page]
    x, y = np.clip((part.uv * page.shape[1::-1]).astype(int), 0, np.array(page.shape[1::-1]) - 1).T
    found: np.ndarray = page[y, x].astype(np.float64)
    return found


def test_every_box_wall_and_opening_is_a_part(room: RoomModel) -> None:
    names = {part.name for part in room.parts}
    assert names == {
        "floor",
        "ceiling",
        "wall_0",
        "wall_1",
        "wall_2",
        "wall_3",
        "window_0",
        "door_0",
        "desk",
        "chair",
        "mirror",
        "lamp",
    }
    assert {part.name for part in room.parts if not part.is_shell} == {box.name for box in PLAN.boxes}


def test_things_keep_to_their_boxes_and_the_floor_is_at_zero(room: RoomModel) -> None:
    boxes = {box.name: box for box in PLAN.boxes}
    for part in room.parts:
        if part.name in boxes:
            box = boxes[part.name]
            local = np.abs((part.vertices - np.array(box.center)) @ box.axes().T) - np.array(box.size) / 2
            assert local.max() < 1e-3
    floor = next(part for part in room.parts if part.name == "floor")
    assert np.abs(floor.vertices[:, 1]).max() == 0


def test_light_falls_from_the_window(room: RoomModel) -> None:
    assert pixels(room, "window_0").max() > 200
    assert pixels(room, "floor").mean() > 30
    lit, bare = (
        np.concatenate([page.reshape(-1, 3) for page in room.lit]),
        np.concatenate([page.reshape(-1, 3) for page in room.albedo]),
    )
    assert (lit == 255).all(axis=1).mean() < 0.1
    assert np.abs(lit.astype(int) - bare).mean() > 5


def test_the_same_seed_gives_the_same_room_and_another_seed_another(room: RoomModel) -> None:
    again, other = build_room(PLAN, FAST, seed=4), build_room(PLAN, FAST, seed=5)
    assert fitted_glb(again, 4_000_000) == fitted_glb(room, 4_000_000)
    assert fitted_glb(other, 4_000_000)[0] != fitted_glb(room, 4_000_000)[0]


def test_it_survives_the_disk_byte_for_byte(room: RoomModel, tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        room.save(folder)
        room = RoomModel.load(folder)
    names = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(names) >= 6
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_dark_plan_gets_a_lamp_and_says_so() -> None:
    dark = replace(PLAN, openings=(), boxes=PLAN.boxes[:1])
    assert lamp_where_dark(PLAN) is None
    room = build_room(dark, FAST)
    assert any("ceiling lamp was added" in note for note in room.notes)
    assert "added_lamp" in {part.name for part in room.parts}
    assert pixels(room, "floor").mean() > 25


def test_the_style_of_the_plan_is_followed_and_told() -> None:
    red = build_room(replace(PLAN, style="modern, red chair, blue walls"), FAST)
    assert red.notes[0] == "style: look modern, fabric red, walls blue"
    part = next(part for part in red.parts if part.name == "wall_0")
    first, second, third = (part.vertices[part.faces[:, k]].astype(np.float64) for k in range(3))
    largest = int(np.argmax(np.linalg.norm(np.cross(second - first, third - first), axis=1)))  # not the skirting
    page = red.albedo[part.page]
    x, y = (part.uv[part.faces[largest]].mean(axis=0) * page.shape[1::-1]).astype(int)
    assert page[y, x, 2] > int(page[y, x, 0]) + 60


def test_words_about_one_thing_colour_it_alone() -> None:
    boxes = tuple(replace(box, style="green") if box.name == "desk" else box for box in PLAN.boxes)
    green = build_room(replace(PLAN, boxes=boxes), FAST, seed=4)
    desk, chair = (pixels(green, name, lit=False).mean(axis=0) for name in ("desk", "chair"))
    assert desk[1] > desk[0]
    assert chair[0] > chair[1]


@pytest.mark.parametrize("is_inside_out", [False, True])
def test_a_mesh_stands_in_a_box_with_the_rooms_light_on_it(is_inside_out: bool) -> None:
    corners = np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, -1).T.astype(np.float32)
    faces = np.array(
        [
            [0, 1, 3],
            [0, 3, 2],
            [4, 6, 7],
            [4, 7, 5],
            [0, 4, 5],
            [0, 5, 1],
            [2, 3, 7],
            [2, 7, 6],
            [0, 2, 6],
            [0, 6, 4],
            [1, 5, 7],
            [1, 7, 3],
        ]
    )
    faces = faces if is_inside_out else faces[:, ::-1].copy()
    cube = Mesh(corners, faces.astype(np.int32), vertex_colors=np.full((8, 3), 200, np.uint8), licences=("CC0-1.0",))
    placed = place_in_box(PLAN, cube, "chair")
    room = build_room(PLAN, FAST, objects=[placed])
    assert "chair" not in {part.name for part in room.parts}
    assert len(room.objects) == 1
    assert room.objects[0].light.max() > 60
    assert np.ptp(room.objects[0].light.mean(axis=1)) > 10
    scene = room_scene(room)
    (node,) = [node for node in scene.nodes[0].children if node.name == "chair"]
    assert node.primitives[0].colors is not None
    assert scene.copyright == "CC0-1.0"


def test_a_photo_with_depth_on_the_wall_is_lit_as_a_flat_print_is() -> None:
    """A folded surface: lit by each corner's own light, its folds would be shaded twice."""
    x = np.repeat(np.arange(9.0), 2)
    y, z = np.tile([0.0, 6.0], 9), -4.0 - (x % 2)
    strip = np.array([[0, 2, 1], [1, 2, 3]])
    faces = (strip + 2 * np.arange(8)[:, None, None]).reshape(-1, 3).astype(np.int32)
    colors = np.full((18, 3), 200, np.uint8)
    folded = Mesh(
        np.stack([x - 4, y - 3, z], axis=1).astype(np.float32),
        faces,
        vertex_colors=colors,
        viewing=ViewingVolume((0.0, 0.0, 0.0), 0.1),
    )
    photo = place_in_box(PLAN, folded, "mirror", fit="stretch")
    assert photo.is_picture
    light = build_room(PLAN, FAST, objects=[photo]).objects[0].light
    assert np.ptp(light, axis=0).max() == 0
    assert light.min() > 40


def document(data: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from("<I", data, 12)
    found: dict[str, Any] = json.loads(data[20 : 20 + length])
    return found


def test_the_file_says_where_to_stand_walk_and_bump(room: RoomModel) -> None:
    data, quality = fitted_glb(room, 4_000_000)
    assert quality == 92
    file = document(data)
    about = file["scenes"][0]["extras"]
    assert about["spawn"]["position"][1] == 1.6
    assert about["teleport_floor"]["node"] == "floor"
    nodes = {node["name"]: node for node in file["nodes"]}
    assert nodes["desk"]["extras"]["collider"] == {"shape": "box", "center": [0.0, 0.0, 0.0], "size": [1.3, 0.75, 0.6]}
    assert "collider" not in nodes["mirror"]["extras"]
    assert nodes["wall_0"]["extras"]["collider"]["size"] == [3.0, 2.5, 0.1]
    assert all("KHR_materials_unlit" in material["extensions"] for material in file["materials"])
    matte = document(fitted_glb(room, 4_000_000, lit=False)[0])
    assert not any("extensions" in material for material in matte["materials"])


def test_quality_falls_until_the_file_fits_or_an_error_says_what_helps(room: RoomModel) -> None:
    best, _ = fitted_glb(room, 4_000_000)
    data, quality = fitted_glb(room, len(best) - 5000)
    assert len(data) <= len(best) - 5000
    assert quality < 92
    with pytest.raises(ValueError, match="smaller texture"):
        fitted_glb(room, 50_000)


def test_a_mirror_shows_the_room(room: RoomModel) -> None:
    part = next(part for part in room.parts if part.name == "mirror")
    page = room.lit[part.page]
    low, high = (
        (part.uv * page.shape[1::-1]).min(axis=0).astype(int),
        (part.uv * page.shape[1::-1]).max(axis=0).astype(int),
    )
    area = page[low[1] : high[1], low[0] : high[0]]
    assert area.reshape(-1, 3).std(axis=0).max() > 8


def test_as_one_mesh_it_has_one_texture_of_all_pages(room: RoomModel) -> None:
    mesh = mesh_of(room)
    assert mesh.base_color is not None
    assert mesh.uv is not None
    assert len(mesh.faces) == sum(len(part.faces) for part in room.parts)
    assert mesh.base_color.shape[0] == sum(page.shape[0] for page in room.lit)
    assert mesh.uv.max() <= 1
    assert mesh_of(room, lit=False).base_color is not None


@pytest.mark.node
def test_the_validator_finds_no_error_in_a_room_with_every_class(validate_glb: Any, tmp_path: Path) -> None:
    boxes, x = [], 0.0
    for kind in CLASSES:
        w, h, d = kind.typical
        boxes.append(Box(kind.name, kind.name, (x + w / 2, h / 2, d / 2 + 0.2), kind.typical))
        x += w + 0.1
    plan = RoomPlan(
        "all",
        ((0.0, 0.0), (0.0, 4.0), (x, 4.0), (x, 0.0)),
        2.6,
        (Opening("window", 1, 2.0, 3.0, 1.4, 0.8),),
        tuple(boxes),
        "rustic",
    )
    room = build_room(plan, BuildSettings(512, 0.4, (4, 4)))
    assert {part.label for part in room.parts} >= {kind.name for kind in CLASSES}
    path = tmp_path / "all.glb"
    path.write_bytes(fitted_glb(room, 8_000_000)[0])
    (report,) = validate_glb(path)
    assert report["issues"]["numWarnings"] == 0
