"""Makes assets/models/vase.glb: a striped vase from the project's own solids, for jobs that import something."""

from pathlib import Path

import numpy as np

from meshing.gltf.scene import scene_of
from meshing.gltf.writer import write_glb
from meshing.mesh import Mesh
from meshing.room.patch import triangles_of
from meshing.room.solids import lathe

OUTPUT = Path(__file__).resolve().parents[1] / "assets" / "models" / "vase.glb"
PROFILE = [(0.05, 0.40), (0.04, 0.36), (0.09, 0.27), (0.13, 0.17), (0.115, 0.07), (0.07, 0.0), (0.0, 0.0)]
INSIDE = [(0.0, 0.2), (0.03, 0.3), (0.035, 0.36), (0.05, 0.40)]

if __name__ == "__main__":
    height = np.linspace(0, 1, 40)
    along = np.linspace(0, 1, len(PROFILE))
    radius, level = (np.interp(height, along, np.array(PROFILE)[:, k]) for k in (0, 1))
    patches = lathe(list(zip(radius.tolist(), level.tolist(), strict=True)), "glaze", n=36) + lathe(
        INSIDE, "glaze", n=36
    )
    vertices, faces, count = [], [], 0
    for patch in patches:
        positions, _, triangles = triangles_of(patch)
        vertices.append(positions)
        faces.append(triangles + count)
        count += len(positions)
    points = np.concatenate(vertices)
    striped = np.sin(points[:, 1] * 90 + 2 * np.sin(3 * np.arctan2(points[:, 0], points[:, 2]))) > 0.2
    colors = np.where(striped[:, None], (205, 96, 52), (240, 226, 198)).astype(np.uint8)
    mesh = Mesh(points.astype(np.float32), np.concatenate(faces).astype(np.int32), vertex_colors=colors, name="vase")
    OUTPUT.parent.mkdir(exist_ok=True)
    print(OUTPUT, write_glb(OUTPUT, scene_of(mesh, unlit=False)))
