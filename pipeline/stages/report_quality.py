"""How well a mesh looks like the photos."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import numpy as np
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
    perceptual: bool = False
    """Also say how different the pictures look to people: ST-LPIPS (extra `perceptual`)."""


def report_quality(config: ReportQualityConfig, context: Context, *, mesh: Mesh, views: PosedImages) -> QualityReport:
    """Render a mesh from the photos' cameras and compare: PSNR, SSIM, coverage and pictures of the error.

    Photos that took part in making the mesh score better than others would; give views of their own where that
    matters.
    """
    from meshing.quality import measure
    from pipeline.stages.handover import PinholePhotos

    distance = _perceptual_distance() if config.perceptual else None
    photos = PinholePhotos(views)
    references = [photos[view] for view in range(0, len(views), config.every)]
    folder = context.folder / "report"
    quality = measure(mesh, references, folder=folder, distance=distance)
    for name in ("psnr", "psnr_exposed", "ssim", "coverage", "perceptual"):
        if getattr(quality, name) is not None:
            context.metric(name, getattr(quality, name))
    context.metric("photos", len(references))
    return QualityReport(folder)


def packages_for_report(config: ReportQualityConfig) -> Sequence[str]:
    """What the perceptual distance needs, where it is asked for."""
    return ["stlpips_pytorch"] if config.perceptual else []


def _perceptual_distance() -> Callable[[np.ndarray, np.ndarray], float]:
    from vision.perceptual import distance

    return distance
