import numpy as np

from nerf.objects.raycast_embree import RayCaster
from nerf.objects.solids import Solid, box, ring


def caster(*solids: Solid) -> RayCaster:
    starts = np.cumsum([0, *(len(solid.vertices) for solid in solids)])
    vertices = np.concatenate([solid.vertices for solid in solids]).astype(np.float32)
    faces = np.concatenate([solid.faces + start for solid, start in zip(solids, starts, strict=False)])
    return RayCaster(vertices, faces.astype(np.int32))


def test_a_ray_hits_the_near_side_of_a_box() -> None:
    hits = caster(box((1, 1, 1))).cast(np.array([[0, 0, 3.0], [0, 2, 3]]), np.array([[0, 0, -1.0], [0, 0, -1]]))
    assert np.allclose(hits.distance, [2.5, np.inf])
    assert hits.face[1] == -1


def test_a_box_casts_a_shadow() -> None:
    origins, up = np.array([[0, -2, 0.0], [3, -2, 0]]), np.array([[0, 1.0, 0], [0, 1, 0]])
    assert caster(box((1, 1, 1))).is_free(origins, up).tolist() == [False, True]


def test_overlapping_boxes_are_counted() -> None:
    points = np.array([[0.25, 0, 0.0], [0.8, 0, 0], [2, 0, 0]])
    direction = np.array([0.6, 0.48, 0.64])
    assert caster(box((1, 1, 1)), box((1, 1, 1), (0.5, 0, 0))).depth_inside(points, direction).tolist() == [2, 1, 0]


def test_depth_inside_is_the_winding_number() -> None:
    """Against solid angles (van Oosterom and Strackee 1983)."""
    solid = ring(0.4, 0.15)
    points = np.random.default_rng(0).uniform(-0.6, 0.6, (500, 3))
    a, b, c = (solid.vertices[solid.faces[:, i]][None] - points[:, None] for i in range(3))
    la, lb, lc = (np.linalg.norm(x, axis=-1) for x in (a, b, c))
    triple = (a * np.cross(b, c)).sum(-1)
    rest = la * lb * lc + (a * b).sum(-1) * lc + (b * c).sum(-1) * la + (c * a).sum(-1) * lb
    winding = np.arctan2(triple, rest).sum(1) / (2 * np.pi)
    found = caster(solid).depth_inside(points, np.array([0.6, 0.48, 0.64]))
    assert np.array_equal(found, np.round(winding).astype(int))
    assert 10 < found.sum() < 400
