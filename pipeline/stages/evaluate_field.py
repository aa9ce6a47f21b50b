"""How good a radiance field is."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from nerf.ngp.radiance_field import RadianceField
from nerf.ngp.report import FieldReport
from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig


class EvaluateFieldConfig(StageConfig):
    photos: Literal["held_out", "all"] = "held_out"
    """Which photos to compare with: those that `reconstruct` held out, or all of the views given, for a capture that
    took no part in training."""
    long_side: int = Field(960, ge=16, le=8192)
    """Photos are reduced to this many pixels on their long side."""
    background: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """What photos with alpha and the field's pictures are laid over, red, green and blue from 0 to 1."""
    perceptual: bool = False
    """Also say how different the pictures look to people: ST-LPIPS (extra `perceptual`)."""


def evaluate_field(
    config: EvaluateFieldConfig, context: Context, *, field: RadianceField, views: PosedImages
) -> FieldReport:
    """Compare a radiance field with photos that training never saw: PSNR, SSIM, ST-LPIPS, the errors, the curve.

    The report states its protocol: which photos, at which size, over which background.
    """
    from nerf.ngp.evaluation import split
    from nerf.ngp.report import report

    perceptual = _perceptual_distance() if config.perceptual else None
    parts = split(views)
    trained = set(field.facts.get("train", ()))
    chosen = range(len(views)) if config.photos == "all" else parts.held_out
    seen = [views.names[view] for view in chosen if views.names[view] in trained]
    rule = "all photos given" if config.photos == "all" else parts.rule
    if config.photos == "held_out" and not chosen:
        raise ValueError(f"views: {len(views)} photos are too few to hold any out; give photos: all")
    if seen:
        rule += f", {len(seen)} of which trained the field"
    found = report(
        field, views, list(chosen), context.folder / "report", long_side=config.long_side,
        background=config.background, split=rule, perceptual=perceptual,
        progress=lambda done: context.progress(done / len(chosen), f"{done} of {len(chosen)} photos"),
    )  # fmt: skip
    for name in ("psnr", "ssim", "perceptual", "protocol"):
        if name in found:
            context.metric(name, found[name])
    curve = field.facts.get("curve", [])
    if len(curve) > 2:
        context.metric("curve", [[point["step"], point["psnr"]] for point in curve])
    return FieldReport(context.folder / "report")


def _perceptual_distance() -> Callable[[np.ndarray, np.ndarray], float]:
    from vision.perceptual import distance

    return distance


def packages_for_perceptual(config: EvaluateFieldConfig) -> list[str]:
    """What the perceptual distance needs."""
    return ["stlpips_pytorch"] if config.perceptual else []
