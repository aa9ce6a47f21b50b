import numpy as np

from nerf.objects.light import brightness
from nerf.objects.raycast_embree import RayCaster
from nerf.objects.solids import box


def test_tops_are_brighter_than_sides_and_shadows_are_darker() -> None:
    floor, roof = box((2, 0.1, 2)), box((1, 0.1, 1), (0, 0.5, 0))
    vertices = np.concatenate([floor.vertices, roof.vertices]).astype(np.float32)
    faces = np.concatenate([floor.faces, roof.faces + len(floor.vertices)]).astype(np.int32)
    points = np.array([[0.9, 0.05, 0.9], [0, 0.05, 0], [1, 0, 0]])
    normals = np.array([[0, 1.0, 0], [0, 1, 0], [1, 0, 0]])
    open_air, shadow, side = brightness(RayCaster(vertices, faces), points, normals)
    assert 0.9 < open_air < 1.4
    assert shadow < 0.75 * open_air
    assert side < open_air
