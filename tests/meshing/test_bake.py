from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from meshing.bake import Baked, bake_function, bake_photos, bake_vertex_colors
from meshing.mesh import Mesh, check_mesh
from meshing.pinhole import Pinhole
from meshing.render import render, sample_bilinear
from meshing.unwrap import Unwrapped, unwrap
from meshing.views import Photo

CAMERA = Pinhole(160, 120, 150.0, 150.0, 80.0, 60.0)
Paint = Callable[[np.ndarray], np.ndarray]


@pytest.fixture(scope="module")
def unwrapped(painted_sphere: Mesh) -> Unwrapped:
    return unwrap(painted_sphere, 256)


def psnr(mesh: Mesh, photo: Photo) -> float:
    picture = render(mesh, CAMERA, photo.view.world_from_camera)
    hit = picture.face >= 0
    error = picture.color[hit].astype(np.float64) - photo.image[hit]
    return float(-10 * np.log10((error**2).mean() / 255**2))


def dimmed(photo: Photo, by: float) -> Photo:
    return replace(photo, image=np.rint(photo.image * by).astype(np.uint8))


def test_a_view_that_was_held_out_looks_like_its_photo(unwrapped: Unwrapped, sphere_photos: list[Photo]) -> None:
    baked = bake_photos(unwrapped.mesh, unwrapped.width, unwrapped.height, sphere_photos[1:])
    check_mesh(baked.mesh)
    assert psnr(baked.mesh, sphere_photos[0]) > 33
    assert baked.report.filled_share < 0.01
    assert baked.report.n_views == 13


def test_texel_density_is_counted_along_a_line(unwrapped: Unwrapped, sphere_photos: list[Photo]) -> None:
    report = bake_photos(unwrapped.mesh, unwrapped.width, unwrapped.height, sphere_photos).report
    assert report.texels_per_unit == pytest.approx(np.sqrt(report.covered / (4 * np.pi)), rel=0.01)
    assert 0.5 * 256**2 < report.covered < 256**2


def test_levelling_takes_the_step_out_of_seams(unwrapped: Unwrapped, sphere_photos: list[Photo]) -> None:
    photos = [dimmed(photo, by) for photo, by in zip(sphere_photos, np.linspace(0.8, 1.0, 14), strict=True)]
    level = bake_photos(unwrapped.mesh, unwrapped.width, unwrapped.height, photos).report
    plain = bake_photos(unwrapped.mesh, unwrapped.width, unwrapped.height, photos, level=False).report
    assert plain.seam_before == plain.seam_after == level.seam_before
    assert level.seam_before > 5
    assert level.seam_after < 0.3 * level.seam_before


def test_what_no_photo_shows_continues_its_surroundings(unwrapped: Unwrapped, sphere_photos: list[Photo]) -> None:
    """Photos from one side, all grey: the other side is grey too, and is counted."""
    gray = [replace(photo, image=np.full_like(photo.image, 90)) for photo in sphere_photos[8:9]]
    baked = bake_photos(unwrapped.mesh, unwrapped.width, unwrapped.height, gray)
    assert 0.5 < baked.report.filled_share < 0.8
    assert baked.mesh.base_color is not None
    assert (np.abs(baked.mesh.base_color.astype(int) - 90) <= 1).all()


def test_a_hidden_surface_is_not_painted_with_what_hides_it(sphere_photos: list[Photo]) -> None:
    """A small ball stands between the camera and the sphere; the camera sees black where the ball is."""
    from meshing.raycast_embree import RayCaster

    photo = sphere_photos[8]
    sphere, ball = sphere_mesh_at(0.0, 1.0), sphere_mesh_at(1.8, 0.12)
    both = Mesh(
        np.concatenate([sphere.vertices, ball.vertices]),
        np.concatenate([sphere.faces, ball.faces + len(sphere.vertices)]).astype(np.int32),
    )
    rays = CAMERA.rays().reshape(-1, 3) @ photo.view.world_from_camera[:3, :3].T
    hits = RayCaster(ball.vertices, ball.faces).cast(np.broadcast_to(photo.view.position, rays.shape), rays)
    image = photo.image.copy().reshape(-1, 3)
    image[hits.face >= 0] = 0
    seen = replace(photo, image=image.reshape(photo.image.shape))
    done = unwrap(both, 256)
    baked = bake_photos(done.mesh, done.width, done.height, [seen, *sphere_photos[:8]])
    for other in sphere_photos[:4]:
        picture = render(baked.mesh, CAMERA, other.view.world_from_camera)
        on_sphere = hit_sphere(picture.depth, other)
        error = np.abs(picture.color.astype(int) - other.image).max(axis=2)
        assert (error[on_sphere] > 100).mean() < 0.003


def sphere_mesh_at(x: float, radius: float) -> Mesh:

    solid = trimesh.creation.icosphere(4, radius=radius).apply_translation([x, 0, 0])
    return Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32))


def hit_sphere(depth: np.ndarray, photo: Photo) -> np.ndarray:
    pose = photo.view.world_from_camera
    points = (CAMERA.rays() * depth[..., None]) @ pose[:3, :3].T + pose[:3, 3]
    on: np.ndarray = (depth > 0) & (np.abs(np.linalg.norm(points, axis=-1) - 1) < 0.01)
    return on


def test_a_function_is_painted_where_it_is_asked(
    unwrapped: Unwrapped, paint_of_sphere: Paint, sphere_photos: list[Photo]
) -> None:
    def color(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        np.testing.assert_allclose((points * normals).sum(axis=1), 1, atol=0.02)
        found = paint_of_sphere(points)
        found[points[:, 2] > 0.9] = np.nan
        return found

    baked = bake_function(unwrapped.mesh, unwrapped.width, unwrapped.height, color)
    assert 0.03 < baked.report.filled_share < 0.07  # the cap above 0.9 is a twentieth of the sphere
    assert np.mean([psnr(baked.mesh, photo) for photo in sphere_photos[:8]]) > 30


def test_gutters_hold_the_colors_of_their_charts(unwrapped: Unwrapped) -> None:
    baked = bake_function(
        unwrapped.mesh, unwrapped.width, unwrapped.height, lambda points, normals: np.full((len(points), 3), 200.0)
    )
    assert baked.mesh.base_color is not None
    assert (baked.mesh.base_color == 200).all()


def test_the_same_photos_give_the_same_texture_in_numpy_and_compiled(
    unwrapped: Unwrapped, sphere_photos: list[Photo]
) -> None:
    def texture(backend: str) -> Baked:
        return bake_photos(
            unwrapped.mesh,
            100,
            90,
            sphere_photos,
            backend=backend,  # type: ignore[arg-type]
        )

    one, two, plain = texture("numba"), texture("numba"), texture("numpy")
    assert one.mesh.base_color is not None
    assert two.mesh.base_color is not None
    assert plain.mesh.base_color is not None
    assert one.mesh.base_color.tobytes() == two.mesh.base_color.tobytes()
    np.testing.assert_allclose(one.mesh.base_color, plain.mesh.base_color, atol=1)


def test_what_cannot_be_baked_is_said(painted_sphere: Mesh, unwrapped: Unwrapped, sphere_photos: list[Photo]) -> None:
    with pytest.raises(ValueError, match=r"mesh.uv: a texture needs coordinates; unwrap the mesh first"):
        bake_photos(painted_sphere, 64, 64, sphere_photos)
    with pytest.raises(ValueError, match=r"texture: must be 1 to 16384 texels a side \(got 0 by 64\)"):
        bake_photos(unwrapped.mesh, 0, 64, sphere_photos)
    with pytest.raises(ValueError, match=r"photos: at least one is needed \(got none\)"):
        bake_photos(unwrapped.mesh, 64, 64, [])


def test_vertex_colors_become_a_texture_that_looks_the_same() -> None:
    solid = trimesh.creation.icosphere(3)
    colors = np.rint(127.5 + 120 * solid.vertices).astype(np.uint8)
    mesh = Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32), vertex_colors=colors)
    unwrapped = unwrap(mesh, 256)
    baked = bake_vertex_colors(unwrapped.mesh, unwrapped.width, unwrapped.height)
    assert baked.report.filled_share == 0
    image = baked.mesh.base_color
    assert image is not None
    assert baked.mesh.uv is not None
    found = sample_bilinear(image, baked.mesh.uv[baked.mesh.faces].mean(axis=1).astype(np.float64) * image.shape[1::-1])
    middle = baked.mesh.vertices[baked.mesh.faces].mean(axis=1)
    np.testing.assert_allclose(found, 127.5 + 120 * middle, atol=4)
