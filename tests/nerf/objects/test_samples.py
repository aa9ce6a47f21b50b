import numpy as np

from nerf.objects import samples
from nerf.objects.draft import Part
from nerf.objects.library import make
from nerf.objects.model import Coat, Description, assemble
from nerf.objects.render import Renderer
from nerf.objects.solids import Solid, ellipsoid

NOTHING = Description("ball", "ball", "red", "plain", None, None, None, False, (), (), 1.0)
RED = np.array([0.8, 0.1, 0.1], np.float32)


def red(*solids: Solid) -> Renderer:
    return Renderer(assemble(NOTHING, [Part(solid, "main") for solid in solids], {"main": Coat(RED, RED)}))


def test_points_of_a_ball_lie_on_it_and_look_outwards() -> None:
    points = samples.surface(red(ellipsoid((1, 1, 1), n=96)), 500, np.random.default_rng(0))
    assert np.allclose(np.linalg.norm(points.points, axis=1), 0.6, atol=1e-3)
    assert ((points.points * points.normals).sum(1) > 0.59).all()
    assert abs(points.points.mean(0)).max() < 0.06
    assert (points.colours[:, 0] > 4 * points.colours[:, 1]).all()


def test_no_point_is_buried_where_solids_overlap() -> None:
    """Two balls, each with a cap inside the other."""
    renderer = red(ellipsoid((1, 1, 1), (-0.5, 0, 0), 64), ellipsoid((1, 1, 1), (0.5, 0, 0), 64))
    scale = 0.6 / 1.5
    points = samples.surface(renderer, 2000, np.random.default_rng(0)).points / scale
    for x in (-0.5, 0.5):
        assert np.linalg.norm(points - (x, 0, 0), axis=1).min() > 0.985


def test_occupancy_of_a_ball_is_its_inside() -> None:
    renderer, rng = red(ellipsoid((1, 1, 1), n=128)), np.random.default_rng(0)
    found = samples.occupancy(renderer, samples.surface(renderer, 500, rng), 4000, rng)
    radius = np.linalg.norm(found.points, axis=1)
    sure = np.abs(radius - 0.6) > 2e-3
    assert np.array_equal(found.inside[sure], radius[sure] < 0.6)
    assert 0.5 < found.inside.mean() < 0.75


def test_rays_of_three_directions_agree_on_library_objects() -> None:
    for index in range(6):
        renderer, rng = Renderer(make("train", index)), np.random.default_rng(index)
        points = samples.occupancy(renderer, samples.surface(renderer, 200, rng), 1000, rng).points
        direction = np.array([0.4, -0.5, 0.7681])
        alone = renderer.caster.depth_inside(points, direction) > 0
        assert (alone == samples.contains(renderer, points)).mean() > 0.97
