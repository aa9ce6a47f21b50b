"""A surface and a texture that are both wrong come right together."""

from dataclasses import replace

import numpy as np
import pytest

from meshing.bake import bake_photos
from meshing.joined import join
from meshing.mesh import Mesh
from meshing.quality import Reference, measure
from meshing.refine import refine_texture
from meshing.refine_mesh import refine_mesh
from meshing.refine_shape import move
from meshing.unwrap import unwrap
from meshing.views import Photo


@pytest.fixture(scope="module")
def bumpy(painted_sphere: Mesh, sphere_photos: list[Photo]) -> Mesh:
    """The sphere with bumps and dents of 4 %, which all photos but two painted."""
    vertices = painted_sphere.vertices
    radius = 1 + 0.04 * np.prod(np.sin(4 * vertices + np.array([0.3, 0.8, 1.4])), axis=1, keepdims=True) / 0.5
    wrong = unwrap(replace(painted_sphere, vertices=(vertices * radius).astype(np.float32)), 256)
    return bake_photos(wrong.mesh, wrong.width, wrong.height, sphere_photos[:-2]).mesh


def off(mesh: Mesh) -> float:
    """How far the surface lies from the sphere, on average."""
    return float(np.abs(np.linalg.norm(mesh.vertices, axis=1) - 1).mean())


def test_photos_that_had_no_part_in_it_see_more_of_both_than_of_either(
    bumpy: Mesh, references: list[Reference]
) -> None:
    taken, held_out = references[:-2], references[-2:]
    texture = refine_texture(bumpy, taken, rounds=6)
    shape, joined = bumpy, join(bumpy)
    for _ in range(8):
        shape, _ = move(shape, joined, taken)
    after_shape = refine_texture(shape, taken, rounds=6)
    both = refine_mesh(bumpy, taken, rounds=8)
    psnr = [measure(mesh, held_out).psnr for mesh in (bumpy, texture.mesh, after_shape.mesh, both.mesh)]
    assert psnr[3] > psnr[1] + 3
    assert psnr[3] > psnr[2] + 0.5
    assert off(both.mesh) < 0.3 * off(bumpy)
    assert off(both.mesh) < 0.7 * off(after_shape.mesh)
    assert both.after < 0.2 * both.before


def test_it_tells_how_far_it_has_come(bumpy: Mesh, references: list[Reference]) -> None:
    told: list[float] = []
    refine_mesh(bumpy, references[:2], rounds=2, progress=told.append)
    assert told == [0.5, 1.0]


def test_what_is_missing_is_said(bumpy: Mesh, references: list[Reference]) -> None:
    with pytest.raises(ValueError, match=r"at least one of each is needed \(got 0, 8\)"):
        refine_mesh(bumpy, [])
    with pytest.raises(ValueError, match=r"mesh.base_color: there is no texture"):
        refine_mesh(replace(bumpy, base_color=None), references)
