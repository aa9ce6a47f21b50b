"""On a room of plain boxes, whose surface and colours are known."""

from dataclasses import replace

import numpy as np
import pytest

from meshing.mesh import Mesh
from meshing.room.fusion import fuse_panoramas
from meshing.room.panorama import directions
from meshing.room.pictures import RoomPicture, RoomPictures
from meshing.room.plan import Box, RoomPlan
from meshing.room.proxy import ProxyRenderer
from meshing.room.texture import owners, photos_of, textured_room

PLAN = RoomPlan(
    "test",
    ((-2.0, 2.0), (2.0, 2.0), (2.0, -2.0), (-2.0, -2.0)),
    2.5,
    (),
    (
        Box("table", "table", (0.9, 0.4, -1.0), (0.8, 0.8, 0.6)),
        Box("rug", "rug", (-0.8, 0.01, 0.5), (1.0, 0.02, 1.2)),
    ),
)
COLORS = np.array([(200, 60, 60), (240, 240, 240), (60, 60, 200), (60, 200, 60)], np.uint8)  # shell, table, rug


def test_faces_belong_to_what_they_lie_on() -> None:
    """The table's sides are its own, the floor beneath it is the floor's, the rug lies on it."""
    quads = {
        "floor under the table": ((0.9, 0.002, -1.0), (0, 1, 0), 0),
        "floor": ((0.0, -0.01, 1.5), (0, 1, 0), 0),
        "ceiling": ((0.0, 2.49, 0.0), (0, -1, 0), 1),
        "wall 0, at z = 2": ((0.3, 1.0, 1.99), (0, 0, -1), 2),
        "wall 2, at z = -2": ((0.3, 1.0, -1.99), (0, 0, 1), 4),
        "table's top": ((0.9, 0.8, -1.0), (0, 1, 0), 6),
        "table's side, 3 cm out": ((0.47, 0.4, -1.0), (-1, 0, 0), 6),
        "rug": ((-0.8, 0.02, 0.5), (0, 1, 0), 7),
    }
    vertices, faces = [], []
    for center, normal, _ in quads.values():
        n = np.array(normal, float)
        one = np.array([n[1], n[2], n[0]])
        two = np.cross(n, one)
        faces.append(len(vertices) + np.arange(3))
        vertices += [np.array(center) + 0.01 * a for a in (-one - two, one - two, 2 * two)]
    mesh = Mesh(np.array(vertices, np.float32), np.array(faces, np.int32))
    found = dict(zip(quads, owners(mesh, PLAN).tolist(), strict=True))
    assert found == {name: owner for name, (_, _, owner) in quads.items()}


@pytest.fixture(scope="module")
def pictures() -> RoomPictures:
    """Two panoramas in which each thing has a colour of its own."""
    renderer, made = ProxyRenderer(PLAN), []
    for place in ((-1.0, 1.5, -1.0), (0.5, 1.4, 1.2)):
        view = renderer.panorama(np.array(place), 128)
        color = COLORS[np.where(view.instance > 0, view.instance + 1, np.where(view.semantic == 3, 1, 0))]
        made.append(RoomPicture(place, color, view.near))
    return RoomPictures(PLAN, tuple(made))


def test_photos_show_what_the_panorama_shows(pictures: RoomPictures) -> None:
    picture = pictures.pictures[0]
    photos = photos_of(picture)
    assert len(photos) == 6
    points = picture.points()[::8, ::8].reshape(-1, 3)
    colors = picture.color[::8, ::8].reshape(-1, 3).astype(int)
    seen = np.zeros(len(points), bool)
    for photo in photos:
        inverse = np.linalg.inv(photo.view.world_from_camera)
        pixel = photo.view.project(points @ inverse[:3, :3].T + inverse[:3, 3])
        inside = np.all(np.nan_to_num(pixel, nan=-1) >= 1, axis=1) & np.all(np.nan_to_num(pixel) < 89, axis=1)
        x, y = pixel[inside].astype(int).T
        off = np.abs(photo.image[y, x].astype(int) - colors[inside]).max(axis=1)
        assert (off < 40).mean() > 0.85
        seen |= inside
    assert seen.all()
    assert np.allclose(np.linalg.norm(directions(4, 8), axis=-1), 1)


def test_a_room_is_painted_and_cut_up_by_its_plan(pictures: RoomPictures) -> None:
    mesh = fuse_panoramas(pictures.pictures, voxel=0.1)
    room, report = textured_room(mesh, pictures, triangles=100_000, size=512)
    by_name = {part.name: part for part in room.parts}
    assert set(by_name) - {"rug"} == {"floor", "ceiling", "wall_0", "wall_1", "wall_2", "wall_3", "table"}
    assert sum(len(part.faces) for part in room.parts) == len(mesh.faces)
    page = room.lit[0]
    for name, color in (("table", COLORS[2]), ("ceiling", COLORS[1]), ("wall_1", COLORS[0])):
        part = by_name[name]
        uv = part.uv[part.faces].mean(axis=1)
        x, y = (uv * (page.shape[1], page.shape[0])).astype(int).T
        off = np.abs(page[y, x].astype(int) - color).max(axis=1)
        assert np.median(off) < 30, name
    assert report.n_views >= 5
    assert report.filled_share < 0.4
    assert room.spawn == replace(room).spawn
