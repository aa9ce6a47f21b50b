"""Posed photos become a radiance field."""

from typing import Literal

from pydantic import Field, model_validator

from nerf.ngp.radiance_field import RadianceField
from nerf.point_cloud import PointCloud
from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig


class StopConfig(StageConfig):
    steps: int | None = Field(None, ge=1)
    """After so many steps; the same seed then gives the same bytes."""
    seconds: float | None = Field(None, gt=0)
    """After so many seconds of training."""
    psnr: float | None = Field(None, gt=0)
    """Once held-out photos reach this PSNR in dB."""
    plateau: float | None = Field(None, gt=0)
    """Once held-out photos gain less than this many dB between looks."""

    @model_validator(mode="after")
    def _stops(self) -> "StopConfig":
        if self.steps is None and self.seconds is None and self.psnr is None and self.plateau is None:
            raise ValueError("needs at least one of steps, seconds, psnr, plateau")
        return self


class ReconstructConfig(StageConfig):
    stop: StopConfig = StopConfig(steps=2500, seconds=None, psnr=None, plateau=None)
    """When training ends: at the first of these."""
    long_side: int = Field(960, ge=16, le=8192)
    """Photos are reduced to this many pixels on their long side."""
    unbounded: Literal["auto", "yes", "no"] = "auto"
    """Whether what lies far behind the scene is kept, contracted; "auto" looks at the cameras."""
    table: int = Field(17, ge=10, le=24)
    """The hash table of each level has 2 to the power of this many entries."""
    finest: int = Field(1024, ge=32, le=16384)
    """The resolution of the finest level."""
    box: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """Two corners of the box that holds the scene, in the scene's coordinates, where it is known; left out, it is found
    from the cameras, the geometry, and the photos' alpha."""
    refine_poses: bool = False
    """Move and turn each photo to where it fits best, for poses that are a little off."""
    refine_focal: bool = False
    """Learn one zoom for each camera, for focal lengths that are a little off."""
    distortion: float | None = Field(None, ge=0)
    """How strongly fog is drawn together into surfaces; left out, 0.01 for unbounded scenes and 0 for others."""
    look_where_wrong: float = Field(0.0, ge=0, lt=1)
    """The share of rays that look where the field still errs most."""
    backend: Literal["auto", "numba", "cuda", "tinycudann"] = "auto"
    """Which kernels train: those of the CPU, those of an NVIDIA GPU (extra `cuda`), or there with tiny-cuda-nn."""
    cuda_graphs: bool = False
    """Record each size of step once and replay it; for the backend cuda."""
    exposure: bool = False
    """Give each photo a gain of its own for each colour."""
    appearance: Literal[0, 4, 8, 12, 16] = 0
    """How many numbers describe each photo's own light and colours, for photos of different hours or cameras; the field
    shows what they have in common, and held-out photos are also scored in the light of their left halves."""
    smoothness: float = Field(0.0, ge=0)
    """How much neighbouring places of a surface should face the same way; 0.001 to 0.01 smooths plain walls."""
    depth_weight: float = Field(0.0, ge=0)
    """How much measured depth counts beside the photos; 0 leaves it out."""


def reconstruct(
    config: ReconstructConfig, context: Context, *, views: PosedImages, geometry: PointCloud | None = None
) -> RadianceField:
    """Fit a hash-grid radiance field to posed photos, starting from noisy geometry when there is some.

    Every eighth photo is held out and scores the result, unless the capture brings a split of its own. A training that
    was killed goes on from its checkpoint. Instant-NGP (Müller et al. 2022) with INGeo's priors (Li et al. 2022).
    """
    from nerf.ngp.fit import Progress, fit
    from nerf.ngp.levels import Levels
    from nerf.ngp.prior import Prior
    from nerf.ngp.settings import Stop, Training

    training = Training(
        levels=Levels(log2_size=config.table, finest=config.finest),
        stop=Stop(**config.stop.model_dump()),
        seed=context.seed,
        unbounded={"auto": "auto", "yes": True, "no": False}[config.unbounded],  # type: ignore[arg-type]
        long_side=config.long_side,
        backend="numba" if config.backend == "auto" else config.backend,
        cuda_graphs=config.cuda_graphs and config.backend == "cuda",
        bounds=config.box,
        refine_poses=config.refine_poses,
        refine_focal=config.refine_focal,
        distortion="auto" if config.distortion is None else config.distortion,
        guided=config.look_where_wrong,
        exposure=config.exposure,
        appearance=config.appearance,
        smoothness=config.smoothness,
        depth_weight=config.depth_weight,
    )

    def tell(at: Progress) -> None:
        if at.step % 25 == 0:
            quality = f", {at.psnr:.1f} dB" if at.psnr else ""
            context.progress(at.share, f"step {at.step}{quality}")

    prior = None if geometry is None else Prior(geometry.points)
    field = fit(views, training, folder=context.folder, prior=prior, progress=tell)
    said = field.facts.get("prior", {}).get("ignored")
    if said:
        context.log(f"geometry: left out, because {said}")
    for name in ("steps", "seconds", "split", "prior"):
        if name in field.facts:
            context.metric(name, field.facts[name])
    score = field.facts.get("score", {})
    for name in ("psnr", "ssim", "protocol"):
        if name in score:
            context.metric(name, score[name])
    if "score_appearance" in field.facts:
        context.metric("psnr_appearance", field.facts["score_appearance"]["psnr"])
    context.licence(views.source.licence)
    return field


def packages_for_training(config: ReconstructConfig) -> list[str]:
    """What training on a GPU needs."""
    return ["numba_cuda"] if config.backend in ("cuda", "tinycudann") else []
