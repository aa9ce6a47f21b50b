"""A plan seen all around becomes a picture: drawn by a diffusion model, or by our own generator."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from meshing.room.pictures import RoomPicture, RoomPictures
from meshing.room.plan import RoomPlan
from meshing.room.proxy import ProxyMaps, ProxyView
from pipeline.stage import Context, InputPath, StageConfig
from vision.panorama import KnownPixels, PanoramaGenerator, PanoramaGuide

if TYPE_CHECKING:
    from meshing.room.completion import Painter
    from meshing.room.shots import RoomCamera

PARTS = ("base", "depth", "semantic")


class GeneratorConfig(StageConfig):
    """Which generator draws, and how; stages that draw share these settings."""

    models: InputPath | None = None
    """A folder with `base` (a Stable Diffusion), `depth` and `semantic` (its ControlNets), saved by diffusers."""
    base: str = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    """The hub name of a Stable Diffusion, where there is no folder; it must have been downloaded before."""
    depth_control: str = "lllyasviel/control_v11f1p_sd15_depth"
    """The hub name of a ControlNet for depth."""
    semantic_control: str = "lllyasviel/control_v11p_sd15_seg"
    """The hub name of a ControlNet for classes in ADE20K's colours."""
    revisions: tuple[str, str, str] = ("", "", "")
    """Commits that pin the three hub names, so that they always mean the same."""
    steps: int = Field(30, ge=1, le=1000)
    """How many steps a diffusion model takes."""
    guidance: float = Field(7.5, ge=1, le=30)
    """How closely it follows the words."""
    control: tuple[float, float] = (1.0, 0.8)
    """How closely it follows depth and classes."""
    views: int = Field(8, ge=4, le=24)
    """How many views around it draws together, besides those up and down."""
    degrees: float = Field(100.0, gt=60, lt=150)
    """The angle of each view."""
    size: int = Field(512, ge=8, le=2048)
    """The side of a view in pixels."""
    batch: int = Field(5, ge=1, le=64)
    """How many views it draws at a time; fewer take less memory."""
    together: float = Field(0.8, ge=0, le=1)
    """The share of the steps in which views are brought to agree where they overlap."""
    cache: float = Field(0.0, ge=0, le=10)
    """How much a block of the network may change before it is computed anew; 0 computes all, 0.5 is the paper's."""
    precision: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    """The numbers that the network computes with; half precision on CUDA when automatic."""


class GeneratePanoramaConfig(GeneratorConfig):
    generator: Literal["embedded", "diffusion"] = "embedded"
    """Our own, which builds the room and looks at it, or Stable Diffusion with depth and segmentation control."""
    text: str = ""
    """How the room looks, in words; the plan's style when left out."""


def generate_panorama(config: GeneratePanoramaConfig, context: Context, *, proxy: ProxyMaps) -> RoomPictures:
    """Draw what is seen around a place from the plan's maps and words; distances are for `align_depth` to find."""
    from meshing.room.adherence import seam_error

    text = config.text or proxy.plan.style
    generator: PanoramaGenerator
    if config.generator == "diffusion":
        generator, text = diffusion(config, context.device), prompt(proxy.plan, text)
    else:
        generator = BuiltPanorama(proxy.plan)
    places = list(zip(proxy.positions, proxy.panoramas, strict=True))
    if config.generator == "diffusion" and len(places) > 1:
        context.log(f"draws the first of {len(places)} places, from which complete_room draws the others")
        places = places[:1]
    context.log(f"draws: {text}")
    made = []
    for number, (position, view) in enumerate(places):
        context.progress(number / len(places), f"panorama {number + 1} of {len(places)}")
        color = generator.generate(guide_of(view, position), text, seed=context.seed)
        made.append(RoomPicture(position, color, np.zeros(view.near.shape, np.float32)))
    context.metric("text", text)
    context.metric("seam_error", round(float(np.mean([seam_error(picture.color) for picture in made])), 3))
    return RoomPictures(proxy.plan, tuple(made))


class BuiltPanorama(PanoramaGenerator):
    """The embedded generator behind the same interface: it builds the room in the words' style and looks at it."""

    def __init__(self, plan: RoomPlan) -> None:
        self._plan = plan
        self._built: dict[tuple[str, int], RoomCamera] = {}

    def generate(
        self, guide: PanoramaGuide, text: str, *, seed: int = 0, start: KnownPixels | None = None
    ) -> np.ndarray:
        color = self._camera(text, seed).panorama(np.array(guide.position), guide.distance.shape[0]).color
        return color if start is None else np.where(start.known[..., None], start.color, color)

    def _camera(self, text: str, seed: int) -> "RoomCamera":
        from meshing.room.build import BuildSettings, build_room
        from meshing.room.shots import RoomCamera

        if (text, seed) not in self._built:
            small = BuildSettings(texture=1024, spacing=0.1, rays=(9, 16))
            self._built[text, seed] = RoomCamera(build_room(replace(self._plan, style=text), small, seed=seed))
        return self._built[text, seed]


def diffusion(config: GeneratorConfig, device: str) -> PanoramaGenerator:
    """Stable Diffusion and its ControlNets as the settings say."""
    from vision.panorama_diffusers import DiffusionModels, DiffusionPanorama, DiffusionSettings

    if config.models is None:
        models = DiffusionModels(config.base, config.depth_control, config.semantic_control, config.revisions)
    else:
        lacking = [part for part in PARTS if not (config.models / part).is_dir()]
        if lacking:
            raise ValueError(f"models: {config.models} must hold folders {', '.join(PARTS)} (lacks {lacking[0]})")
        base, depth, semantic = (str(config.models / part) for part in PARTS)
        models = DiffusionModels(base, depth, semantic)
    chosen = {name: getattr(config, name) for name in DiffusionSettings.__dataclass_fields__ if name != "negative"}
    return DiffusionPanorama(models, DiffusionSettings(**chosen), device=device)


def guide_of(view: ProxyView, position: tuple[float, float, float]) -> PanoramaGuide:
    """What the maps of a place say to a generator."""
    from meshing.room.classes import painted

    return PanoramaGuide(painted(view.semantic.astype(np.int64)), view.near, position)


def prompt(plan: RoomPlan, style: str) -> str:
    """The words for a generator that knows no plan: the style and what stands there."""
    things = list(dict.fromkeys(box.label.replace("_", " ") for box in plan.boxes))
    said = f"{style} room interior" if style else "room interior"
    return f"{said} with {', '.join(things[:8])}, photograph" if things else f"{said}, photograph"


def painter(config: GeneratorConfig, context: Context, plan: RoomPlan, text: str) -> "Painter":
    """A generator that draws what is missing of further panoramas."""
    generator, words = diffusion(config, context.device), prompt(plan, text or plan.style)

    def paint(
        color: np.ndarray, known: np.ndarray, view: ProxyView, position: tuple[float, float, float]
    ) -> np.ndarray:
        return generator.generate(guide_of(view, position), words, seed=context.seed, start=KnownPixels(color, known))

    return paint


def packages_for_drawing(config: GeneratePanoramaConfig) -> Sequence[str]:
    """What a diffusion model needs."""
    return ["diffusers", "transformers"] if config.generator == "diffusion" else []
