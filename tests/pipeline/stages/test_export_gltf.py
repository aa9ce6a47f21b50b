from pathlib import Path

import numpy as np
import trimesh

from meshing.mesh import Mesh
from pipeline.stage import Context
from pipeline.stages.export_gltf import ExportGltfConfig, export_gltf


def test_the_triangles_that_are_told_are_those_of_the_file(tmp_path: Path) -> None:
    solid = trimesh.creation.icosphere(6)
    mesh = Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32), unit="metre")
    context = Context(seed=0, checkpoint=tmp_path)
    file = export_gltf(ExportGltfConfig(target="planner-item"), context, mesh=mesh)
    assert len(mesh.faces) > 40_000
    assert context.metrics["triangles"] == context.metrics["asks"]["triangles"] == file.triangles <= 40_000
