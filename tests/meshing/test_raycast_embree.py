import numpy as np
import trimesh

from meshing.raycast_embree import RayCaster

SPHERE = trimesh.creation.icosphere(5)
CASTER = RayCaster(SPHERE.vertices.astype(np.float32), SPHERE.faces.astype(np.int32))


def test_hits_lie_where_rays_meet_a_sphere() -> None:
    rng = np.random.default_rng(0)
    offsets = rng.uniform(-0.6, 0.6, (500, 2))
    origins = np.column_stack([offsets, np.full(500, -3.0)])
    hits = CASTER.cast(origins, np.tile([0.0, 0.0, 2.0], (500, 1)))  # distances count in lengths of the direction
    np.testing.assert_allclose(hits.distance, (3 - np.sqrt(1 - (offsets**2).sum(axis=1))) / 2, atol=2e-3)
    corners = SPHERE.vertices[SPHERE.faces[hits.face]]
    weights = np.stack([1 - hits.u - hits.v, hits.u, hits.v], axis=1)
    points = (weights[..., None] * corners).sum(axis=1)
    np.testing.assert_allclose(points[:, :2], offsets, atol=1e-4)


def test_a_miss_is_infinitely_far() -> None:
    hits = CASTER.cast(np.array([[0.0, 3.0, -3.0]]), np.array([[0.0, 0.0, 1.0]]))
    assert hits.face.tolist() == [-1]
    assert np.isinf(hits.distance).all()


def test_the_sphere_hides_its_far_side_but_not_its_near_one() -> None:
    eye = np.tile([0.0, 0.0, -3.0], (2, 1))
    targets = np.array([[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]])
    assert CASTER.is_free(eye, targets, slack=0.01).tolist() == [True, False]
