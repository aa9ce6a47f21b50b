"""Three made-up objects photographed all around with alpha, like NeRF's synthetic scenes: bricks, a plant, a table.

Ray-cast meshes with textures from formulas, sun, shadow and a little gloss; 2x2 samples per pixel. Written in the
format of NeRF's synthetic scenes, so that the project's own reader takes them.
"""

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image
from trimesh.creation import box, cylinder, icosphere

FIELD_OF_VIEW = 0.6911112  # of NeRF's synthetic scenes
DISTANCE = 4.0311
SUN = np.array([0.5, 0.8, 0.35]) / np.linalg.norm([0.5, 0.8, 0.35])
Part = tuple[trimesh.Trimesh, tuple[float, float, float], int]  # mesh, base colour, kind of texture


def bricks(rng: np.random.Generator) -> list[Part]:
    """A stack of studded bricks on a plate, with wheels and a mast of fine rungs."""
    parts: list[Part] = [(_box((2.2, 0.08, 2.2), (0, -0.7, 0)), (0.35, 0.4, 0.35), 1)]
    parts += [
        (_cylinder(0.05, 0.06, (x, -0.63, z), 1), (0.35, 0.42, 0.35), 0)
        for x in np.arange(-1, 1.01, 0.25)
        for z in np.arange(-1, 1.01, 0.25)
    ]
    for _ in range(34):
        size = np.array([rng.choice([0.25, 0.5, 0.75]), rng.choice([0.1, 0.2]), rng.choice([0.25, 0.5])])
        place = np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.55, 0.45), rng.uniform(-0.6, 0.6)])
        colour = tuple(rng.uniform(0.1, 0.95, 3))
        parts.append((_box(size, place), colour, int(rng.integers(0, 4))))
        for dx in np.arange(-size[0] / 2 + 0.0625, size[0] / 2, 0.125):
            for dz in np.arange(-size[2] / 2 + 0.0625, size[2] / 2, 0.125):
                stud = place + np.array([dx, size[1] / 2 + 0.02, dz])
                parts.append((_cylinder(0.035, 0.04, stud, 1), colour, 0))
    for x, z in ((-0.8, -0.7), (0.8, -0.7), (-0.8, 0.7), (0.8, 0.7)):
        parts.append((_cylinder(0.2, 0.14, (x, -0.42, z), 2), (0.08, 0.08, 0.09), 2))
        parts.append((_cylinder(0.08, 0.17, (x, -0.42, z), 2), (0.9, 0.75, 0.1), 0))
    for k in range(12):
        parts.append((_box((0.3, 0.015, 0.015), (0.4, -0.1 + 0.09 * k, -0.4)), (0.8, 0.6, 0.1), 0))
    for x in (0.25, 0.55):
        parts.append((_box((0.02, 1.15, 0.02), (x, 0.4, -0.4)), (0.8, 0.6, 0.1), 0))
    return parts


def plant(rng: np.random.Generator) -> list[Part]:
    """A pot with a stem, branches and two hundred thin leaves."""
    parts: list[Part] = [(_cylinder(0.38, 0.5, (0, -0.75, 0), 1), (0.7, 0.33, 0.2), 3)]
    parts.append((_cylinder(0.43, 0.1, (0, -0.5, 0), 1), (0.75, 0.38, 0.25), 1))
    parts.append((_cylinder(0.36, 0.02, (0, -0.44, 0), 1), (0.2, 0.13, 0.08), 2))
    parts.append((_cylinder(0.04, 1.1, (0, 0.05, 0), 1), (0.35, 0.25, 0.15), 3))
    for _ in range(200):
        angle, height = rng.uniform(0, 2 * math.pi), rng.uniform(-0.15, 0.85)
        reach = rng.uniform(0.1, 0.65) * (1.2 - 0.5 * height)
        leaf = icosphere(subdivisions=2, radius=1.0)
        leaf.apply_scale([0.13, 0.012, 0.05])
        leaf.apply_transform(trimesh.transformations.random_rotation_matrix(rng.random(3)))
        leaf.apply_translation([reach * math.cos(angle), height, reach * math.sin(angle)])
        green = rng.uniform(0.3, 0.75)
        parts.append((leaf, (0.35 * green + rng.uniform(0, 0.2), green, 0.25 * green), int(rng.integers(0, 2))))
    for _ in range(24):
        angle, height, tilt = rng.uniform(0, 2 * math.pi), rng.uniform(-0.1, 0.6), rng.uniform(0.5, 1.2)
        branch = cylinder(0.012, 0.6)
        branch.apply_translation([0, 0, 0.3])
        branch.apply_transform(trimesh.transformations.rotation_matrix(tilt, [0, 1, 0]))
        branch.apply_transform(trimesh.transformations.rotation_matrix(-math.pi / 2, [1, 0, 0]))
        branch.apply_transform(trimesh.transformations.rotation_matrix(angle, [0, 1, 0]))
        branch.apply_translation([0, height, 0])
        parts.append((branch, (0.35, 0.25, 0.15), 0))
    return parts


def table(rng: np.random.Generator) -> list[Part]:
    """A round table with a cloth, fruit, a striped vase, books and a plate of beads."""
    parts: list[Part] = [(_cylinder(1.1, 0.08, (0, -0.5, 0), 1), (0.85, 0.85, 0.8), 4)]
    parts += [
        (_box((0.08, 0.6, 0.08), (0.6 * x, -0.8, 0.6 * z)), (0.4, 0.25, 0.15), 3) for x in (-1, 1) for z in (-1, 1)
    ]
    for k in range(9):
        radius = rng.uniform(0.09, 0.2)
        ball = icosphere(subdivisions=4, radius=radius)
        ball.apply_translation([0.75 * math.cos(0.7 * k), -0.46 + radius, 0.75 * math.sin(0.7 * k)])
        parts.append((ball, tuple(rng.uniform(0.2, 0.95, 3)), int(rng.integers(0, 4))))
    heights = np.linspace(-0.46, 0.55, 30)
    profile = np.stack([0.16 + 0.08 * np.sin(5 * heights + 1), heights], -1)
    vase = trimesh.creation.revolve(profile, sections=64)
    vase.apply_transform(trimesh.transformations.rotation_matrix(-math.pi / 2, [1, 0, 0]))
    parts.append((vase, (0.2, 0.35, 0.75), 5))
    for k in range(5):
        book = box((0.45, 0.07, 0.32))
        book.apply_transform(trimesh.transformations.rotation_matrix(rng.uniform(-0.4, 0.4), [0, 1, 0]))
        book.apply_translation([-0.45, -0.42 + 0.072 * k, -0.35])
        parts.append((book, tuple(rng.uniform(0.15, 0.9, 3)), 1))
    for _ in range(60):
        bead = icosphere(subdivisions=2, radius=0.028)
        bead.apply_translation([0.35 + rng.uniform(-0.2, 0.2), -0.43, -0.45 + rng.uniform(-0.2, 0.2)])
        parts.append((bead, tuple(rng.uniform(0.1, 1, 3)), 0))
    return parts


SCENES: dict[str, Callable[[np.random.Generator], list[Part]]] = {"bricks": bricks, "plant": plant, "table": table}


def write_scene(folder: Path, name: str, *, size: int = 400, n_train: int = 100, n_test: int = 25) -> Path:
    """Photos, alpha and poses of a scene in `folder`, and points of its true surface; nothing is done twice."""
    if (folder / "points.npz").is_file():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    parts = SCENES[name](np.random.default_rng(5))
    mesh = trimesh.util.concatenate([part[0] for part in parts])
    owner = np.repeat(np.arange(len(parts)), [len(part[0].faces) for part in parts])
    colours, kinds = np.array([part[1] for part in parts])[owner], np.array([part[2] for part in parts])[owner]
    rng, seen = np.random.default_rng(9), []
    for split, count in (("train", n_train), ("test", n_test)):
        frames = []
        (folder / split).mkdir(exist_ok=True)
        for k in range(count):
            pose = _orbit(rng, k / count * 2 * math.pi if split == "test" else None)
            picture, points = photograph(mesh, colours, kinds, pose, size)
            Image.fromarray(picture).save(folder / split / f"r_{k}.png")
            frames.append({"file_path": f"./{split}/r_{k}", "transform_matrix": pose.tolist()})
            seen.append(points[rng.permutation(len(points))[:4000]])
        content = {"camera_angle_x": FIELD_OF_VIEW, "frames": frames}
        (folder / f"transforms_{split}.json").write_text(json.dumps(content))
    np.savez(folder / "points.npz", xyz=np.concatenate(seen[:n_train]).astype(np.float32))
    return folder


def photograph(
    mesh: trimesh.Trimesh, colours: np.ndarray, kinds: np.ndarray, pose: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """RGBA picture of an OpenGL camera, and the surface points it sees."""
    fine = 2 * size
    focal = 0.5 * fine / math.tan(0.5 * FIELD_OF_VIEW)
    y, x = np.mgrid[0:fine, 0:fine] + 0.5
    directions = (
        np.stack([(x - size) / focal, -(y - size) / focal, -np.ones_like(x)], -1).reshape(-1, 3) @ pose[:3, :3].T
    )
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    origins = np.tile(pose[:3, 3], (len(directions), 1))
    faces = mesh.ray.intersects_first(origins, directions)
    hit = np.flatnonzero(faces >= 0)
    normals = mesh.face_normals[faces[hit]]
    corner = mesh.triangles[faces[hit], 0]
    along = ((corner - origins[hit]) * normals).sum(1) / (directions[hit] * normals).sum(1)
    points = origins[hit] + along[:, None] * directions[hit]
    normals = np.where(((normals * directions[hit]).sum(1) > 0)[:, None], -normals, normals)
    lit = (normals @ SUN).clip(0)
    shadow = mesh.ray.intersects_any(points + 1e-4 * normals, np.tile(SUN, (len(points), 1)))
    lit = np.where(shadow, 0, lit)
    halfway = SUN - directions[hit]
    halfway /= np.linalg.norm(halfway, axis=1, keepdims=True)
    gloss = 0.25 * np.where(shadow, 0, (normals * halfway).sum(1).clip(0) ** 40)
    base = textured(points, colours[faces[hit]], kinds[faces[hit]])
    linear = base * (0.35 + 0.15 * normals[:, 1:2] + 0.6 * lit[:, None]) + gloss[:, None]
    picture = np.zeros((fine * fine, 4))
    picture[hit, :3], picture[hit, 3] = linear.clip(0, 1), 1
    picture = picture.reshape(size, 2, size, 2, 4).sum((1, 3))
    alpha = picture[..., 3:] / 4
    rgb = picture[..., :3] / np.maximum(picture[..., 3:], 1)
    return np.round(np.concatenate([rgb, alpha], -1) * 255).astype(np.uint8), points


def textured(points: np.ndarray, colours: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Base colours under six textures: plain, checkers, speckles, grain, cloth squares, stripes."""
    x, y, z = points.T
    checkers = (np.floor(14 * x) + np.floor(14 * y) + np.floor(14 * z)) % 2
    speckles = np.sin(61 * x + 3 * np.sin(37 * z)) * np.sin(53 * y + 2 * np.sin(41 * x)) * np.sin(47 * z) > 0.25
    grain = 0.5 + 0.5 * np.sin(60 * x + 8 * np.sin(9 * y) + 25 * z)
    cloth = (np.abs((8 * x) % 1 - 0.5) < 0.12) | (np.abs((8 * z) % 1 - 0.5) < 0.12)
    stripes = np.sin(40 * y + 6 * np.arctan2(z, x)) > 0
    strength = np.select(
        [kinds == 1, kinds == 2, kinds == 3, kinds == 4, kinds == 5],
        [0.45 * checkers, 0.6 * speckles, 0.5 * grain, 0.6 * cloth, 0.7 * stripes],
        0.0,
    )
    return colours * (1 - strength[:, None]) + strength[:, None] * (1 - colours) * 0.5


def _orbit(rng: np.random.Generator, turn: float | None) -> np.ndarray:
    """An OpenGL pose on the upper sphere that looks at the origin, y up; `turn` walks around evenly."""
    angle = rng.uniform(0, 2 * math.pi) if turn is None else turn
    rise = math.asin(rng.uniform(0.02, 0.95)) if turn is None else 0.5
    back = np.array([math.cos(angle) * math.cos(rise), math.sin(rise), math.sin(angle) * math.cos(rise)])
    right = np.cross([0, 1, 0], back)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(back, right), back], -1)
    pose[:3, 3] = DISTANCE * back
    return pose


def _box(size: object, place: object) -> trimesh.Trimesh:
    mesh = box(np.asarray(size, float))
    mesh.apply_translation(np.asarray(place, float))
    return mesh


def _cylinder(radius: float, height: float, place: object, axis: int) -> trimesh.Trimesh:
    mesh = cylinder(radius, height, sections=32)
    turns = {1: ([1, 0, 0], math.pi / 2), 2: ([0, 0, 1], 0.0)}
    mesh.apply_transform(trimesh.transformations.rotation_matrix(turns[axis][1], turns[axis][0]))
    mesh.apply_translation(np.asarray(place, float))
    return mesh


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for scene in SCENES:
        print(write_scene(folder / scene, scene))
