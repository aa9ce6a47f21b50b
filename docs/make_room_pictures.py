"""Makes docs/pictures/rooms.webp: six rooms in six styles, each from three places.

`python docs/make_room_pictures.py` builds the rooms; it takes a few minutes.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from meshing.pinhole import Pinhole
from meshing.raycast_embree import RayCaster
from meshing.render import render
from meshing.room.build import BuildSettings, build_room
from meshing.room.model import RoomModel, mesh_of
from meshing.room.plan import Box, Opening, RoomPlan

PICTURES = Path(__file__).resolve().parent / "pictures"
WIDTH, HEIGHT, VIEW, QUALITY = 480, 320, 80.0, 78
STYLES = (
    ("bedroom", "scandinavian"),
    ("living", "rustic, brick wall, red sofa"),
    ("bedroom", "art deco with gold and emerald"),
    ("living", "mid-century modern"),
    ("bedroom", "japanese ryokan"),
    ("living", "cyberpunk hacker den at night"),
)


def thing(
    label: str,
    place: tuple[float, float],
    size: tuple[float, float, float],
    turn: float = 0.0,
    bottom: float = 0.0,
    *,
    name: str = "",
) -> Box:
    """A box by its middle on the floor, its size, its turn in degrees and its height over the floor."""
    center = (place[0], bottom + size[1] / 2, place[1])
    return Box(name or label, label, center, size, float(np.radians(turn)))


def bedroom(style: str) -> RoomPlan:
    """Bed, wardrobe, desk by the window."""
    floor = ((0.0, 0.0), (0.0, 4.8), (4.4, 4.8), (4.4, 0.0))
    openings = (Opening("window", 2, 1.4, 1.8, 1.4, 0.85), Opening("door", 1, 0.4, 0.9, 2.05))
    boxes = (
        thing("bed", (1.9, 1.06), (1.7, 1.05, 2.1)),
        thing("nightstand", (0.78, 0.25), (0.45, 0.5, 0.4)),
        thing("nightstand", (3.02, 0.25), (0.45, 0.5, 0.4), name="nightstand_2"),
        thing("lamp", (0.78, 0.25), (0.26, 0.42, 0.26), bottom=0.5),
        thing("wardrobe", (0.32, 3.2), (1.9, 2.15, 0.6), 90),
        thing("desk", (4.05, 3.9), (1.3, 0.75, 0.65), -90),
        thing("chair", (3.45, 3.9), (0.46, 0.88, 0.48), 90),
        thing("rug", (2.2, 2.9), (2.2, 0.012, 1.5)),
        thing("picture", (1.9, 0.02), (1.2, 0.7, 0.035), bottom=1.45),
        thing("plant", (4.0, 0.5), (0.6, 1.25, 0.6)),
        thing("ceiling_lamp", (2.2, 2.4), (0.5, 0.4, 0.5), bottom=2.3),
    )
    return RoomPlan("bedroom", floor, 2.7, openings, boxes, style)


def living(style: str) -> RoomPlan:
    """Sofa, armchair, shelf with books, television."""
    floor = ((0.0, 0.0), (0.0, 4.6), (5.4, 4.6), (5.4, 0.0))
    openings = (
        Opening("window", 2, 1.2, 2.0, 1.45, 0.8),
        Opening("door", 0, 3.2, 0.9, 2.05),
        Opening("window", 1, 3.2, 1.4, 1.45, 0.8),
    )
    boxes = (
        thing("sofa", (2.3, 0.52), (2.2, 0.84, 0.95)),
        thing("armchair", (4.4, 2.9), (0.82, 0.85, 0.85), -125),
        thing("coffee_table", (2.4, 1.75), (1.1, 0.42, 0.6)),
        thing("shelf", (0.17, 1.9), (1.6, 2.05, 0.32), 90),
        thing("lamp", (3.85, 0.4), (0.42, 1.6, 0.42)),
        thing("plant", (4.95, 0.5), (0.7, 1.3, 0.7)),
        thing("rug", (2.4, 1.9), (2.5, 0.012, 1.8)),
        thing("picture", (2.3, 0.02), (1.5, 0.75, 0.04), bottom=1.35),
        thing("tv_stand", (1.9, 4.38), (1.6, 0.48, 0.4), 180),
        thing("screen", (1.9, 4.56), (1.2, 0.7, 0.06), 180, 0.75),
        thing("vase", (1.25, 4.38), (0.18, 0.26, 0.18), bottom=0.48),
    )
    return RoomPlan("living room", floor, 2.75, openings, boxes, style)


PLANS = {"bedroom": bedroom, "living": living}
EYES = {"bedroom": ((4.0, 4.5), (0.9, 4.5), (4.0, 1.3)), "living": ((5.0, 4.2), (0.5, 4.2), (4.6, 0.35))}


def shots(room: RoomModel, places: tuple[tuple[float, float], ...]) -> list[np.ndarray]:
    """The room from places at eye height, each looking across its middle."""
    mesh = mesh_of(room)
    caster = RayCaster(mesh.vertices, mesh.faces)
    focal = WIDTH / 2 / np.tan(np.radians(VIEW) / 2)
    camera = Pinhole(WIDTH, HEIGHT, focal, focal, WIDTH / 2, HEIGHT / 2)
    middle = room.plan.polygon().mean(axis=0)
    pictures = []
    for place in places:
        beyond = middle + 0.25 * (middle - place)
        forward = np.array([beyond[0] - place[0], -0.75, beyond[1] - place[1]])
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        pose = np.eye(4)
        pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
        pose[:3, 3] = place[0], 1.55, place[1]
        pictures.append(render(mesh, camera, pose, caster=caster, samples=2).color)
    return pictures


def main() -> None:
    """Build the rooms and lay their views out as a sheet, one row a room."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("-o", "--output", type=Path, default=PICTURES / "rooms.webp")
    output = parser.parse_args().output
    rows = []
    for name, style in STYLES:
        room = build_room(PLANS[name](style), BuildSettings(texture=1024, rays=(16, 36)))
        rows.append(np.concatenate(shots(room, EYES[name]), axis=1))
        print(style, "|", *room.notes, flush=True)
    Image.fromarray(np.concatenate(rows, axis=0)).save(output, quality=QUALITY, method=6)
    print(output, output.stat().st_size)


if __name__ == "__main__":
    main()
