"""Any file that describes a room."""

import json
from pathlib import Path

import pytest
import trimesh

from meshing.room.arrange import problems
from meshing.room.read import read_plan


def test_each_kind_of_file_is_known_by_its_content(tmp_path: Path, shared_data: Path) -> None:
    own = tmp_path / "mine.json"
    own.write_text(json.dumps({"floor": {"width": 4, "depth": 5}, "boxes": [{"label": "bed", "center": [0, -1.2]}]}))
    glb = tmp_path / "mine.glb"
    scene = trimesh.Scene()
    scene.add_geometry(trimesh.creation.box((3, 2.5, 3)), node_name="room")
    scene.export(glb)
    quest = shared_data / "quest_rooms" / "office_small.json"
    layouts = shared_data / "layoutgpt" / "gpt4.bedroom.json"
    for path, n_boxes in ((own, 1), (glb, 0), (quest, 4), (layouts, 6)):
        plan = read_plan(path)
        assert len(plan.boxes) == n_boxes, path
        assert {opening.kind for opening in plan.openings} == {"door", "window"}, path
        assert problems(plan) == []


def test_openings_are_added_only_where_wanted(tmp_path: Path) -> None:
    own = tmp_path / "mine.json"
    own.write_text('\ufeff{"floor": {"width": 4, "depth": 5}}')
    assert len(read_plan(own).openings) == 2
    assert read_plan(own, openings=False).openings == ()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[]", b"3", b'{"a": 1}', b"[" * 100_000])
def test_other_files_are_refused_with_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.json: is n"):
        read_plan(path)


def test_a_missing_file_says_what_a_room_is_read_from(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="LayoutGPT"):
        read_plan(tmp_path / "none.json")
