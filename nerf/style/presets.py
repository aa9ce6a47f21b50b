"""Sizes and lengths that belong together: `tiny` for tests, `default` for hours on a core, `gpu` for half an hour."""

from dataclasses import dataclass, field

from nerf.style.autoencoder import AutoencoderConfig
from nerf.style.codes import CodesConfig
from nerf.style.examples import Recipe
from nerf.style.generator import GeneratorConfig
from nerf.style.losses import PatchBatch, PointBatch
from nerf.style.training import TrainingConfig
from nerf.style.tuning import Tuning


@dataclass(frozen=True)
class Preset:
    """A model, a run, the objects that it learns from and is measured on, and how long these are tuned."""

    model: AutoencoderConfig
    training: TrainingConfig
    codes: CodesConfig
    recipe: Recipe
    objects: int
    held_out: int
    tuning: Tuning = field(default_factory=Tuning)


def preset(name: str) -> Preset:
    """The preset of this name."""
    presets = {"tiny": _tiny, "default": _default, "gpu": _gpu}
    if name not in presets:
        raise ValueError(f"preset: must be one of {', '.join(presets)} (got {name!r})")
    return presets[name]()


def _tiny() -> Preset:
    sizes = GeneratorConfig(z=32, w=48, mapping_depth=2, width=32, depth=3, features=16, octaves=4, shift=True)
    return Preset(
        AutoencoderConfig(sizes, (16, 24, 24, 32)),
        TrainingConfig(
            point_steps=150, patch_steps=60, points=PointBatch(12, 64, 96), patches=PatchBatch(8, 8, 8, 4), average=0.95
        ),
        CodesConfig(
            steps=60, encoder_steps=40, points=PointBatch(8, 32, 32), patches=PatchBatch(8, 8, 8, 4), average=0.95
        ),
        Recipe(views=5, size=32, points=256, captions=2, supersampling=1),
        objects=48,
        held_out=8,
        tuning=Tuning(steps=30),
    )


def _default() -> Preset:
    return Preset(
        AutoencoderConfig(GeneratorConfig(width=96, depth=5, shift=True)),
        TrainingConfig(point_steps=9101, patch_steps=13552, half=True),
        CodesConfig(steps=17500, encoder_steps=1200, code_rate=0.05, half=True),
        Recipe(views=8),
        objects=6000,
        held_out=100,
    )


def _gpu() -> Preset:
    sizes = GeneratorConfig(width=160, depth=7, octaves=8, features=48, doublings=2, shift=True)
    return Preset(
        AutoencoderConfig(sizes, (64, 128, 160, 192)),
        TrainingConfig(
            point_steps=15000,
            patch_steps=25000,
            points=PointBatch(64, 256, 512),
            patches=PatchBatch(64, 16, 16, 8),
            average=0.999,
        ),
        CodesConfig(
            steps=25000, points=PointBatch(64, 128, 128), patches=PatchBatch(64, 16, 16, 8), encoded=128, average=0.999
        ),
        Recipe(views=16, size=128, points=2048),
        objects=10000,
        held_out=500,
    )
