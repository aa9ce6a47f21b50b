"""A GLB as an artifact says what lies in it."""

import numpy as np

from meshing.gltf.file import GlbFile
from meshing.gltf.model import Node, Primitive, Scene
from meshing.gltf.writer import glb_bytes


def test_triangles_are_those_that_the_file_shows() -> None:
    positions = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 0, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 1, 3]], np.int32)  # the second has no area and is not written
    children = tuple(Node(name, (Primitive(positions, faces),)) for name in ("left", "right"))
    assert GlbFile(glb_bytes(Scene((Node("both", children=children),)))).triangles == 2
