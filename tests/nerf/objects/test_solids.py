import math
from collections import Counter

import numpy as np
import pytest

from nerf.objects import solids
from nerf.objects.solids import Solid


def is_closed(solid: Solid) -> bool:
    """Every edge is walked once in each direction."""
    edges = Counter((int(a), int(b)) for face in solid.faces for a, b in zip(face, np.roll(face, -1), strict=True))
    return all(n == 1 and edges[b, a] == 1 for (a, b), n in edges.items())


EXAMPLES = {
    "box": solids.box((1, 2, 3)),
    "bevelled box": solids.box((1, 2, 3), bevel=0.1),
    "frustum": solids.frustum((1, 1), (0.5, 0.2), 1, (0.1, 0)),
    "lathe": solids.lathe([(0.5, 0), (1, 1), (0.3, 2), (0.2, 1.8)]),
    "cylinder": solids.cylinder(0.5, 2, bevel=0.1),
    "ellipsoid": solids.ellipsoid((1, 2, 3)),
    "pillow": solids.ellipsoid((1, 1, 0.5), roundness=0.4),
    "prism": solids.prism([(0, 0), (2, 0), (1, 3)], 0.5),
    "tube": solids.tube([(0, 0, 0), (1, 1, 0), (1, 2, 1)], [0.1, 0.2, 0.05]),
    "vertical tube": solids.tube([(0, 2, 0), (0, 1, 0), (0, 0, 0)], 0.1),
    "ring": solids.ring(1, 0.2),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_solids_are_closed_and_look_outwards(name: str) -> None:
    solid = EXAMPLES[name]
    assert is_closed(solid)
    assert solid.volume() > 0


def test_volumes_are_the_known_ones() -> None:
    assert math.isclose(EXAMPLES["box"].volume(), 6)
    assert math.isclose(EXAMPLES["prism"].volume(), 1.5)
    assert math.isclose(solids.ellipsoid((1, 2, 3), n=96).volume(), 4 / 3 * math.pi * 6, rel_tol=0.01)
    assert math.isclose(solids.cylinder(1, 2, top=0, n=200).volume(), 2 * math.pi / 3, rel_tol=0.01)
    assert math.isclose(solids.ring(1, 0.2, 200).volume(), 2 * math.pi**2 * 0.04, rel_tol=0.1)


def test_turning_is_counter_clockwise_and_mirroring_keeps_the_outside_outside() -> None:
    point = solids.box((0.1, 0.1, 0.1), (1, 0, 0))
    assert np.allclose(point.turned("z", math.pi / 2).vertices.mean(0), (0, 1, 0))
    assert np.allclose(point.turned("y", math.pi / 2).vertices.mean(0), (0, 0, -1))
    assert np.allclose(solids.box((0.1, 0.1, 0.1), (0, 1, 0)).turned("x", math.pi / 2).vertices.mean(0), (0, 0, 1))
    assert np.isclose(EXAMPLES["tube"].mirrored().volume(), EXAMPLES["tube"].volume())


def test_a_smooth_curve_goes_through_its_points() -> None:
    controls = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    curve = solids.smooth(controls, 5)
    assert np.allclose(curve[[0, 2, 4]], controls)
