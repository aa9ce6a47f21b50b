"""Rooms modelled elsewhere."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from meshing.room.plan_gltf import read_gltf
from meshing.room.polygon import area


def room(path: Path, *, shell: bool = True) -> Path:
    scene = trimesh.Scene()
    turn = trimesh.transformations.rotation_matrix(0.5, [0, 1, 0])
    parts = [
        ("double_bed.001", (1.6, 0.6, 2.0), (0.0, 1.3, -1.0), None),
        ("window_2", (1.5, 1.2, 0.1), (0.0, 2.5, 2.0), None),
        ("chair", (0.5, 0.9, 0.45), (1.5, 1.45, 1.0), turn),
    ]
    if shell:
        parts.append(("Floor", (5.0, 0.1, 4.0), (0.0, 0.95, 0.0), None))
        parts.append(("walls", (5.0, 2.5, 4.0), (0.0, 2.25, 0.0), None))
    for name, size, center, matrix in parts:
        place = trimesh.transformations.translation_matrix(center)
        matrix = place if matrix is None else place @ matrix
        scene.add_geometry(trimesh.creation.box(size), node_name=name, geom_name=name, transform=matrix)
    scene.export(path)
    return path


def test_named_boxes_become_a_plan_with_its_floor_at_zero(tmp_path: Path) -> None:
    plan = read_gltf(room(tmp_path / "room.glb"))
    assert area(plan.polygon()) == pytest.approx(20, rel=1e-3)
    assert plan.height == pytest.approx(2.5, abs=1e-3)
    bed = next(box for box in plan.boxes if "bed" in box.name)
    assert bed.label == "double_bed"
    assert np.allclose(bed.center, [0, 0.3, -1], atol=1e-4)
    assert np.allclose(bed.size, [1.6, 0.6, 2.0], atol=1e-4)
    (window,) = plan.openings
    assert window.kind == "window"
    assert window.sill == pytest.approx(0.9, abs=1e-3)
    assert plan.wall(window.wall).inward()[2] == pytest.approx(-1), "in the wall at z = 2"


def test_turned_boxes_stay_tight(tmp_path: Path) -> None:
    chair = next(box for box in read_gltf(room(tmp_path / "room.glb")).boxes if box.name == "chair")
    assert sorted(np.round(chair.size, 4)) == [0.45, 0.5, 0.9]
    assert np.round((chair.yaw - 0.5) / (np.pi / 2), 4) % 1 == pytest.approx(0, abs=1e-3)


def test_without_a_shell_the_floor_is_around_everything(tmp_path: Path) -> None:
    plan = read_gltf(room(tmp_path / "room.glb", shell=False))
    assert area(plan.polygon()) > 3
    assert min(box.bottom for box in plan.boxes) == pytest.approx(0, abs=1e-4)


def test_what_is_no_gltf_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.glb").write_bytes(b"glTF nonsense")
    with pytest.raises(ValueError, match=r"bad\.glb: cannot be read as glTF"):
        read_gltf(tmp_path / "bad.glb")
