"""A painted sphere and exact photographs of it, for everything that lays photographs on meshes."""

from collections.abc import Callable

import numpy as np
import pytest
import trimesh

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.quality import Reference
from meshing.views import Photo, View

CAMERA = Pinhole(160, 120, 150.0, 150.0, 80.0, 60.0)


def sphere_mesh(subdivisions: int) -> Mesh:
    solid = trimesh.creation.icosphere(subdivisions)
    return Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32))


def paint(points: np.ndarray) -> np.ndarray:
    """sRGB 0 ... 255 of points on the unit sphere: stripes about 20 degrees wide over a gradient."""
    stripes = np.sin(np.stack([9 * points[:, 0], 9 * points[:, 1] + 2, 9 * points[:, 2] + 4], axis=1))
    colors: np.ndarray = 128 + 60 * stripes + 40 * points
    return colors


def pose_looking_at(position: np.ndarray, target: np.ndarray) -> np.ndarray:
    forward = (target - position) / np.linalg.norm(target - position)
    side = np.cross(forward, [0.1, 1.0, 0.2])
    side /= np.linalg.norm(side)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([side, np.cross(forward, side), forward], axis=1)
    pose[:3, 3] = position
    return pose


def photo_of_sphere(position: np.ndarray) -> Photo:
    """What a camera that looks at the painted unit sphere sees, computed from the ray equation."""
    pose = pose_looking_at(position, np.zeros(3))
    rays = CAMERA.rays().reshape(-1, 3) @ pose[:3, :3].T
    a, b, c = (rays**2).sum(-1), rays @ position, position @ position - 1
    root = b * b - a * c
    hit = root > 0
    points = position + rays * ((-b - np.sqrt(np.maximum(root, 0))) / a)[:, None]
    image = np.where(hit[:, None], paint(points), 0).clip(0, 255)
    image = np.rint(image).astype(np.uint8).reshape(CAMERA.height, CAMERA.width, 3)
    return Photo(image, View(CAMERA.width, CAMERA.height, CAMERA.project, pose))


@pytest.fixture(scope="session")
def painted_sphere() -> Mesh:
    return sphere_mesh(4)


@pytest.fixture(scope="session")
def paint_of_sphere() -> Callable[[np.ndarray], np.ndarray]:
    return paint


@pytest.fixture(scope="session")
def looking_at() -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """The pose of a camera at one place that looks at another."""
    return pose_looking_at


@pytest.fixture(scope="session")
def sphere_photos() -> list[Photo]:
    """From the corners of a cube and, the last six, through its sides."""
    corners = np.stack(np.meshgrid(*[[-1.0, 1.0]] * 3), axis=-1).reshape(-1, 3)
    sides = np.concatenate([np.eye(3), -np.eye(3)])
    directions = np.concatenate([corners / np.sqrt(3), sides])
    return [photo_of_sphere(3.0 * direction) for direction in directions]


@pytest.fixture(scope="session")
def references(sphere_photos: list[Photo]) -> list[Reference]:
    """The same photos, to compare renders with."""
    return [
        Reference(str(k), photo.image, CAMERA, photo.view.world_from_camera) for k, photo in enumerate(sphere_photos)
    ]
