"""Pictures of a room that was built."""

import numpy as np

from meshing.room.model import RoomModel, RoomPart
from meshing.room.plan import Box, RoomPlan
from meshing.room.proxy import ProxyRenderer, proxy_mesh
from meshing.room.shots import RoomCamera

PLAN = RoomPlan(
    "room",
    ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5), (-2.0, -1.5)),
    2.4,
    (),
    (Box("crate", "box", (1.0, 0.5, -0.7), (0.8, 1.0, 0.8)),),
)


def model() -> RoomModel:
    """The plan's own boxes: the shell red in one corner of the texture, the crate blue in the opposite one."""
    mesh = proxy_mesh(PLAN)
    page = np.zeros((8, 8, 3), np.uint8)
    page[:4, :4], page[4:, 4:] = (200, 0, 0), (0, 0, 200)
    parts = []
    for name, mine, at in (("shell", mesh.instance == 0, 0.2), ("crate", mesh.instance == 1, 0.8)):
        uv = np.full((len(mesh.vertices), 2), at, np.float32)
        parts.append(RoomPart(name, name, 0, name == "shell", mesh.vertices, mesh.faces[mine], uv))
    return RoomModel(PLAN, tuple(parts), (page,), (page,), (), (0.0, 0.0), 0.0, ())


def test_a_panorama_shows_colours_distances_and_owners() -> None:
    eye = np.array([-0.8, 1.4, 0.5])
    camera = RoomCamera(model())
    picture, owners = camera.panorama(eye, 48), camera.owners(eye, 48)
    view = ProxyRenderer(PLAN).panorama(eye, 48)
    assert np.allclose(picture.distance, view.near, atol=1e-4)
    assert np.array_equal(owners, view.instance)
    assert (picture.color[owners == 1] == (0, 0, 200)).all()
    assert (picture.color[owners == 0] == (200, 0, 0)).all()
    assert (owners == 1).sum() > 50
