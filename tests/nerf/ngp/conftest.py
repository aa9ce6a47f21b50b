"""A small capture that any machine can make: a ball whose colour follows its normal, photographed all around."""

import math

import numpy as np
import pytest
from PIL import Image

from nerf.camera import from_field_of_view
from nerf.frame import identity_frame
from nerf.posed_images import Photo, PosedImages, Source

SIZE, VIEWS, DISTANCE, RADIUS, ANGLE = 40, 24, 3.0, 0.8, 0.8


def _pose(k: int) -> np.ndarray:
    """An OpenGL pose on a spiral around the origin, looking at it."""
    height = 0.9 - 1.8 * (k + 0.5) / VIEWS
    across, turn = math.sqrt(1 - height**2), 2.4 * k
    back = np.array([across * math.cos(turn), across * math.sin(turn), height])
    right = np.cross([0.0, 0, 1], back)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(back, right), back], -1)
    pose[:3, 3] = DISTANCE * back
    return pose


def photograph_ball(pose: np.ndarray) -> np.ndarray:
    """RGBA picture of the ball."""
    focal = 0.5 * SIZE / math.tan(0.5 * ANGLE)
    y, x = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    local = np.stack([(x - SIZE / 2) / focal, -(y - SIZE / 2) / focal, -np.ones_like(x)], -1)
    direction = local @ pose[:3, :3].T
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    toward = (direction * pose[:3, 3]).sum(-1)
    inside = toward**2 - (DISTANCE**2 - RADIUS**2)
    point = pose[:3, 3] + (-toward - np.sqrt(np.maximum(inside, 0)))[..., None] * direction
    picture = np.zeros((SIZE, SIZE, 4))
    picture[..., :3] = 0.5 + 0.5 * point / RADIUS
    picture[..., 3] = 1
    picture[inside <= 0] = 0
    return np.round(picture.clip(0, 1) * 255).astype(np.uint8)


@pytest.fixture(scope="session")
def ball(tmp_path_factory: pytest.TempPathFactory) -> PosedImages:
    """24 photos with alpha, three of them for tests; the ball stands at the origin."""
    folder, photos, poses = tmp_path_factory.mktemp("ball"), [], []
    for k in range(VIEWS):
        Image.fromarray(photograph_ball(_pose(k))).save(folder / f"{k}.png")
        photos.append(Photo(str(k), folder / f"{k}.png", camera=0, split="train" if k % 8 else "test"))
        poses.append(_pose(k) @ np.diag([1.0, -1, -1, 1]))
    camera = from_field_of_view(SIZE, SIZE, ANGLE)
    return PosedImages((camera,), tuple(photos), np.stack(poses), identity_frame(), Source("made up"))
