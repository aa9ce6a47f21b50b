"""How well a mesh looks like the photos."""

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from pydantic import Field

from meshing.mesh import Mesh
from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig


@dataclass(frozen=True)
class QualityReport:
    """A page with pictures, and its numbers as JSON."""

    folder: Path

    def save(self, folder: Path) -> None:
        for file in sorted(self.folder.iterdir()):
            copyfile(file, folder / file.name)

    @classmethod
    def load(cls, folder: Path) -> "QualityReport":
        return cls(folder)


class ReportQualityConfig(StageConfig):
    every: int = Field(8, ge=1)
    """Compare with every n-th photo, beginning with the first: those that `reconstruct` holds out."""


def report_quality(config: ReportQualityConfig, context: Context, *, mesh: Mesh, views: PosedImages) -> QualityReport:
    """Render a mesh from the photos' cameras and compare: PSNR, SSIM, coverage and pictures of the error.

    Photos that took part in making the mesh score better than others would; give views of their own where that
    matters.
    """
    from meshing.pinhole import Pinhole
    from meshing.quality import Reference, measure
    from nerf.undistort import pinhole_view

    references = []
    for view in range(0, len(views), config.every):
        image, _, camera = pinhole_view(views, view)
        pinhole = Pinhole(camera.width, camera.height, camera.fx, camera.fy, camera.cx, camera.cy)
        references.append(Reference(views.names[view], image, pinhole, views.world_from_camera[view]))
    folder = context.folder / "report"
    quality = measure(mesh, references, folder=folder)
    for name in ("psnr", "psnr_exposed", "ssim", "coverage"):
        context.metric(name, getattr(quality, name))
    context.metric("photos", len(references))
    return QualityReport(folder)
