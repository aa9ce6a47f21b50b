from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import trimesh
from PIL import Image

from meshing.joined import join
from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.quality import Reference
from meshing.refine_shape import move
from meshing.render import render

CAMERA = Pinhole(96, 96, 90.0, 90.0, 48.0, 48.0)
N = 12
LookingAt = Callable[[np.ndarray, np.ndarray], np.ndarray]


def sheet() -> Mesh:
    """A square of 2 x 2, 2 before the cameras, that faces them and wears a smooth picture."""
    x, y = np.meshgrid(np.linspace(-1, 1, N + 1), np.linspace(-1, 1, N + 1), indexing="ij")
    vertices = np.stack([x, y, np.full_like(x, 2.0)], axis=-1).reshape(-1, 3).astype(np.float32)
    a = (np.arange(N)[:, None] * (N + 1) + np.arange(N)).ravel()
    b, c, d = a + N + 1, a + N + 2, a + 1
    faces = np.concatenate([np.stack([a, c, b], axis=1), np.stack([a, d, c], axis=1)]).astype(np.int32)
    coarse = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    picture = np.asarray(Image.fromarray(coarse).resize((256, 256), Image.Resampling.BICUBIC))
    return Mesh(vertices, faces, uv=np.ascontiguousarray((vertices[:, :2] + 1) / 2), base_color=picture)


def photos(mesh: Mesh, gain: float = 1.0) -> list[Reference]:
    shots = []
    for x, y in ((-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5)):
        pose = np.eye(4)
        pose[:2, 3] = x, y
        image = render(mesh, CAMERA, pose, samples=3).color
        shots.append(Reference("shot", np.clip(gain * image, 0, 255).astype(np.uint8), CAMERA, pose))
    return shots


def dented(mesh: Mesh, depth: float) -> Mesh:
    """A bump toward the cameras about one vertex beside the middle."""
    place = mesh.vertices[6 * (N + 1) + 7]
    near = np.exp(-((mesh.vertices - place)[:, :2] ** 2).sum(axis=1) / 0.05)
    moved = mesh.vertices.copy()
    moved[:, 2] -= depth * near
    return replace(mesh, vertices=moved)


def moved(mesh: Mesh, photos: list[Reference], rounds: int) -> tuple[Mesh, list[float]]:
    """The mesh after some rounds, and the difference to the photos before each."""
    joined, errors = join(mesh), []
    for _ in range(rounds):
        mesh, error = move(mesh, joined, photos)
        errors.append(error)
    return mesh, errors


@pytest.mark.parametrize("gain", [1.0, 0.8])
def test_a_vertex_that_was_moved_finds_back_to_where_photos_saw_it(gain: float) -> None:
    right = sheet()
    wrong = dented(right, 0.08)
    found, errors = moved(wrong, photos(right, gain), rounds=12)
    error = np.abs(found.vertices - right.vertices)[:, 2]
    assert np.abs(wrong.vertices - right.vertices).max() > 0.07
    assert error.max() < 0.025
    assert error.mean() < 0.004
    assert errors[-1] < 0.8 * errors[0]  # the rest is how photo and texture are sampled


def test_a_bump_that_the_mesh_does_not_have_grows() -> None:
    right = dented(sheet(), 0.08)
    found, _ = moved(sheet(), photos(right), rounds=12)
    place = 6 * (N + 1) + 7
    assert found.vertices[place, 2] == pytest.approx(right.vertices[place, 2], abs=0.025)


def test_a_right_shape_stays_as_it_is() -> None:
    found, _ = moved(sheet(), photos(sheet()), rounds=3)
    assert np.abs(found.vertices - sheet().vertices).max() < 0.005


def test_both_sides_of_a_seam_move_together() -> None:
    mesh = dented(sheet(), 0.08)
    assert mesh.uv is not None
    split = replace(
        mesh,
        vertices=mesh.vertices[mesh.faces].reshape(-1, 3),
        uv=mesh.uv[mesh.faces].reshape(-1, 2),
        faces=np.arange(3 * len(mesh.faces), dtype=np.int32).reshape(-1, 3),
    )
    whole = moved(mesh, photos(sheet()), rounds=3)[0].vertices[mesh.faces].reshape(-1, 3)
    np.testing.assert_allclose(moved(split, photos(sheet()), rounds=3)[0].vertices, whole, atol=1e-5)


def ball_before_a_wall(radius: float) -> Mesh:
    """Both of one colour each, so that nothing but the outline says how large the ball is."""
    ball = trimesh.creation.icosphere(3, radius)
    n = 24
    x, y = np.meshgrid(np.linspace(-8, 8, n + 1), np.linspace(-8, 8, n + 1), indexing="ij")
    wall = np.stack([x, y, np.full_like(x, 3.0)], axis=-1).reshape(-1, 3)
    a = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).ravel()
    squares = [np.stack([a, a + n + 2, a + n + 1], axis=1), np.stack([a, a + 1, a + n + 2], axis=1)]
    faces = np.concatenate([ball.faces, *[len(ball.vertices) + part for part in squares]]).astype(np.int32)
    uv = np.full((len(ball.vertices) + len(wall), 2), 0.5, np.float32)
    uv[:, 0] = np.where(np.arange(len(uv)) < len(ball.vertices), 0.25, 0.75)
    colors = np.array([[[200, 120, 40], [60, 90, 160]]], np.uint8)
    vertices = np.concatenate([ball.vertices, wall]).astype(np.float32)
    return Mesh(vertices, faces, uv=uv, base_color=colors)


def around_the_ball(mesh: Mesh, angles: np.ndarray, looking_at: LookingAt) -> list[Reference]:
    shots = []
    for angle in angles:
        for height in (-1.2, 0.0, 1.2):
            pose = looking_at(np.array([3.5 * np.sin(angle), height, -3.5 * np.cos(angle)]), np.zeros(3))
            image = render(mesh, CAMERA, pose, samples=3).color
            shots.append(Reference("shot", image, CAMERA, pose))
    return shots


@pytest.mark.parametrize("wrong", [0.96, 1.04])
def test_a_ball_of_the_wrong_size_gets_its_outline_from_photos(wrong: float, looking_at: LookingAt) -> None:
    right, mesh = ball_before_a_wall(1.0), ball_before_a_wall(wrong)
    found, _ = moved(mesh, around_the_ball(right, np.linspace(-1.2, 1.2, 5), looking_at), rounds=4)
    held_out = around_the_ball(right, np.array([-0.6, 1.0]), looking_at)
    before, after = (
        np.mean(
            [
                np.abs(render(m, s.camera, s.world_from_camera, samples=3).color - s.image.astype(float))
                for s in held_out
            ]
        )
        for m in (mesh, found)
    )
    assert after < 0.25 * before
    wall = mesh.vertices[:, 2] > 2
    assert np.abs(found.vertices - mesh.vertices)[wall].max() < 0.01
