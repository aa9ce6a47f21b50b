from dataclasses import replace

import numpy as np

from meshing.mesh import Mesh
from meshing.raycast_embree import RayCaster
from meshing.view_choice import Choice, choose_views
from meshing.views import Photo, smooth


def chosen(mesh: Mesh, photos: list[Photo]) -> Choice:
    vertices, faces = mesh.vertices.astype(np.float64), mesh.faces.astype(np.int64)
    return choose_views(vertices, faces, photos, RayCaster(mesh.vertices, mesh.faces), slack=0.01)


def test_each_face_gets_a_photo_that_looks_at_it(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    choice = chosen(painted_sphere, sphere_photos)
    assert (choice.label >= 0).all()
    center = painted_sphere.vertices[painted_sphere.faces].mean(axis=1)
    way = np.stack([photo.view.position for photo in sphere_photos])[choice.label]
    cosine = (center * way).sum(axis=1) / 3
    assert np.percentile(cosine, 5) > 0.75
    taken = choice.score[choice.label, np.arange(len(center))]
    assert (taken > 0).all()


def test_a_far_side_has_no_photo(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    choice = chosen(painted_sphere, sphere_photos[8:9])  # from +x alone
    center = painted_sphere.vertices[painted_sphere.faces].mean(axis=1)
    assert (choice.label[center[:, 0] < 0.3] == -1).all()
    assert (choice.label[center[:, 0] > 0.6] == 0).all()


def test_a_shaken_photo_is_avoided(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    plain = chosen(painted_sphere, sphere_photos)
    shaken = replace(sphere_photos[8], image=smooth(sphere_photos[8].image, 41).astype(np.uint8))
    choice = chosen(painted_sphere, [*sphere_photos[:8], shaken, *sphere_photos[9:]])
    assert (plain.label == 8).sum() > 200
    assert (choice.label == 8).sum() < 0.3 * (plain.label == 8).sum()


def test_what_only_one_photo_saw_is_not_believed(painted_sphere: Mesh, sphere_photos: list[Photo]) -> None:
    """Something green stands before one camera."""
    image = sphere_photos[8].image.copy()
    image[45:75, 65:95] = (0, 255, 0)
    photos = [*sphere_photos[:8], replace(sphere_photos[8], image=image), *sphere_photos[9:], *sphere_photos[:8]]
    choice = chosen(painted_sphere, photos)
    center = painted_sphere.vertices[painted_sphere.faces].mean(axis=1)
    before = (center @ [1, 0, 0]) > 0.995
    assert (chosen(painted_sphere, sphere_photos).label[before] == 8).all()
    assert (choice.label[before] != 8).all()
