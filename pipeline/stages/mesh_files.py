"""Meshes from files, and into the formats of other programs."""

from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfile
from typing import Literal

from pydantic import Field

from meshing.mesh import Mesh
from pipeline.stage import Context, InputPath, StageConfig


class ImportMeshConfig(StageConfig):
    path: InputPath
    """A GLB, glTF, OBJ, PLY or STL file."""
    metres_per_unit: float | None = Field(None, gt=0)
    """The size of the file's unit; glTF is in metres by definition."""
    licence: str = ""
    """The file's licence; it travels into every file made from it."""


def import_mesh(config: ImportMeshConfig, context: Context) -> Mesh:
    """Read a mesh from a file, with its texture or vertex colours."""
    import numpy as np

    from meshing.files import read_mesh
    from meshing.placement import moved

    mesh = read_mesh(config.path)
    if config.metres_per_unit:
        mesh = replace(moved(mesh, np.diag([*[config.metres_per_unit] * 3, 1.0])), unit="metre")
    if config.licence:
        mesh = replace(mesh, licences=(*mesh.licences, config.licence))
        context.licence(config.licence)
    context.metric("triangles", len(mesh.faces))
    return mesh


@dataclass(frozen=True)
class MeshFiles:
    """A mesh in another format: one file, or several that belong together."""

    files: tuple[Path, ...]

    def save(self, folder: Path) -> None:
        for file in self.files:
            copyfile(file, folder / file.name)

    @classmethod
    def load(cls, folder: Path) -> "MeshFiles":
        return cls(tuple(sorted(path for path in folder.iterdir() if path.is_file())))


class ExportMeshConfig(StageConfig):
    format: Literal["ply", "obj", "stl"] = "ply"
    """PLY holds vertex colours, OBJ a texture as well, STL the shape alone."""


def export_mesh(config: ExportMeshConfig, context: Context, *, mesh: Mesh) -> MeshFiles:
    """Write a mesh as PLY, OBJ or STL, for everyone who does not read glTF."""
    from meshing.files import write_mesh

    for licence in mesh.licences:
        context.licence(licence)
    context.metric("triangles", len(mesh.faces))
    return MeshFiles(tuple(write_mesh(mesh, context.folder / f"mesh.{config.format}")))
