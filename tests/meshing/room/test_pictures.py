"""Panoramas with distances and their files."""

from pathlib import Path

import numpy as np

from meshing.room.pictures import RoomPicture, RoomPictures
from meshing.room.plan import RoomPlan


def test_points_lie_where_the_rays_end() -> None:
    picture = RoomPicture((1.0, 2.0, 3.0), np.zeros((8, 16, 3), np.uint8), np.full((8, 16), 2.0, np.float32))
    assert np.allclose(np.linalg.norm(picture.points() - [1, 2, 3], axis=-1), 2)
    assert np.allclose(picture.points().mean(axis=(0, 1)), [1, 2, 3])


def test_pictures_survive_the_disk(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    plan = RoomPlan("r", ((-1.0, 1.0), (1.0, 1.0), (1.0, -1.0)), 2.0)
    views = tuple(
        RoomPicture(
            (float(n), 1.0, 0.5), random.integers(0, 255, (4, 8, 3), np.uint8), random.random((4, 8), np.float32)
        )
        for n in range(2)
    )
    RoomPictures(plan, views).save(tmp_path / "a")
    again = RoomPictures.load(tmp_path / "a")
    again.save(tmp_path / "b")
    assert again.plan == plan
    assert [p.position for p in again.pictures] == [(0.0, 1.0, 0.5), (1.0, 1.0, 0.5)]
    assert np.array_equal(again.pictures[1].color, views[1].color)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
