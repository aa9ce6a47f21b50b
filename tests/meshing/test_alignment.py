from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from meshing.alignment import Alignment, align_photos, zoomed
from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.views import Photo, pixels_of


def moved(photo: Photo, turn: np.ndarray, shift: np.ndarray) -> Photo:
    step = np.eye(4)
    step[:3, :3] = Rotation.from_rotvec(turn).as_matrix()
    step[:3, 3] = shift
    return replace(photo, view=replace(photo.view, world_from_camera=photo.view.world_from_camera @ step))


def error(mesh: Mesh, truth: list[Photo], guess: list[Photo]) -> float:
    """Median distance in pixels between where the surface is in the photos and where it is thought to be."""
    found = []
    for a, b in zip(truth, guess, strict=True):
        points = mesh.vertices[(mesh.vertices @ a.view.position) > 2.0].astype(np.float64)
        found.append(np.linalg.norm(pixels_of(a.view, points)[0] - pixels_of(b.view, points)[0], axis=1))
    return float(np.median(np.concatenate(found)))


def aligned(photos: list[Photo], alignment: Alignment) -> list[Photo]:
    return [alignment.applied(photo, number) for number, photo in enumerate(photos)]


def test_each_photo_finds_its_place_again(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    rng = np.random.default_rng(0)
    wrong = [moved(photo, 0.015 * rng.normal(size=3), 0.02 * rng.normal(size=3)) for photo in sphere_photos]
    alignment = align_photos(painted_sphere, wrong, shared=False, n_points=4000)
    assert alignment.zoom == 1.0
    assert alignment.after < 0.5 * alignment.before
    assert error(painted_sphere, sphere_photos, wrong) > 3
    assert error(painted_sphere, sphere_photos, aligned(wrong, alignment)) < 0.7


def test_a_mount_and_a_focal_length_that_all_share_are_found(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    camera = Pinhole(160, 120, 165.0, 165.0, 80.0, 60.0)  # the photos were taken with 150
    wrong = [moved(photo, np.array([0.0, 0.02, 0.0]), np.array([0.03, 0, 0])) for photo in sphere_photos]
    wrong = [replace(photo, view=replace(photo.view, project=camera.project)) for photo in wrong]
    alignment = align_photos(painted_sphere, wrong, n_points=4000)
    assert 0.85 < alignment.zoom < 0.95
    assert error(painted_sphere, sphere_photos, wrong) > 4
    assert error(painted_sphere, sphere_photos, aligned(wrong, alignment)) < 1.0


def test_photos_that_fit_stay_where_they_are(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    alignment = align_photos(painted_sphere, sphere_photos, n_points=4000)
    assert error(painted_sphere, sphere_photos, aligned(sphere_photos, alignment)) < 0.3
    assert abs(alignment.zoom - 1) < 0.01


def test_a_photo_without_anything_to_hold_on_to_stays(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    blank = replace(sphere_photos[3], image=np.full_like(sphere_photos[3].image, 128))
    photos = [*sphere_photos[:3], blank, *sphere_photos[4:]]
    alignment = align_photos(painted_sphere, photos, shared=False, n_points=2000)
    np.testing.assert_allclose(alignment.world_from_camera[3], blank.view.world_from_camera, atol=1e-9)


def test_a_photo_held_out_finds_its_place_and_has_no_say_in_that_of_others(
    painted_sphere: Mesh, sphere_photos: list[Photo]
) -> None:
    wrong = moved(sphere_photos[0], np.array([0.0, 0.02, 0.0]), np.array([0.03, 0, 0]))
    spoilt = replace(wrong, image=255 - wrong.image)
    others, taken = sphere_photos[1:], range(1, len(sphere_photos))
    one, other = (
        align_photos(painted_sphere, [first, *others], n_points=2000, trusted=taken) for first in (wrong, spoilt)
    )
    np.testing.assert_array_equal(one.world_from_camera[1:], other.world_from_camera[1:])
    assert one.zoom == other.zoom
    assert error(painted_sphere, sphere_photos[:1], [wrong]) > 3
    assert error(painted_sphere, sphere_photos[:1], aligned([wrong], one)) < 0.7


def test_zooming_keeps_the_center() -> None:
    project = zoomed(lambda points: points[:, :2], 2.0, (10.0, 20.0))
    np.testing.assert_allclose(project(np.array([[10.0, 20.0, 1], [11, 20, 1]])), [[10, 20], [12, 20]])
