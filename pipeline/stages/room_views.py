"""A plan seen all around, pictures of a room brought to its measures, completed, and fused into a surface."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from meshing.mesh import Mesh
from meshing.room.model import RoomModel
from meshing.room.pictures import RoomPicture, RoomPictures
from meshing.room.plan import RoomPlan
from meshing.room.proxy import ProxyMaps
from pipeline.stage import Context, InputPath, StageConfig
from pipeline.stages.generate_panorama import GeneratorConfig, painter

if TYPE_CHECKING:
    from meshing.room.estimate import Inverse

WEIGHTS = "photo-depth"


class RenderProxyConfig(StageConfig):
    height: int = Field(256, ge=16, le=2048)
    """Rows of a panorama; it has twice as many columns."""
    places: int = Field(1, ge=1, le=12)
    """From how many places: the middle first, then those that show most of what is unseen."""


def render_proxy(config: RenderProxyConfig, context: Context, *, plan: RoomPlan) -> ProxyMaps:
    """See a plan all around: classes, instances, and from where to where each thing may reach."""
    from meshing.room.proxy import ProxyRenderer

    places = _places(plan, config.places)
    renderer = ProxyRenderer(plan)
    views = tuple(renderer.panorama(np.array(place), config.height) for place in places)
    context.metric("places", [list(place) for place in places])
    return ProxyMaps(plan, places, views)


class PhotographRoomConfig(StageConfig):
    height: int = Field(512, ge=16, le=2048)
    """Rows of a panorama; it has twice as many columns."""
    places: int = Field(1, ge=1, le=12)
    """From how many places: the middle first, then those that show most of what is unseen."""


def photograph_room(config: PhotographRoomConfig, context: Context, *, room: RoomModel) -> RoomPictures:
    """Take panoramas of a room that was built, with distances: what a picture generator would give, without one."""
    from meshing.room.shots import RoomCamera

    camera = RoomCamera(room)
    places = _places(room.plan, config.places)
    pictures = tuple(camera.panorama(np.array(place), config.height) for place in places)
    context.metric("places", [list(place) for place in places])
    return RoomPictures(room.plan, pictures)


class AlignDepthConfig(StageConfig):
    source: Literal["pictures", "network"] = "pictures"
    """Align the distances that the pictures bring, or estimate them from the colours first."""
    weights: InputPath | None = None
    """A folder with a depth network's weights; those that ship when left out."""
    model: InputPath | None = None
    """The folder of a depth model that transformers reads (Depth Anything V2, DPT), in place of our network."""
    views: int = Field(8, ge=4, le=24)
    """How many perspective views around the network looks at, besides those up and down."""


def align_depth(config: AlignDepthConfig, context: Context, *, pictures: RoomPictures) -> RoomPictures:
    """Bring the distances of panoramas to the measures of the plan: walls on walls, things in their boxes."""
    from meshing.room.alignment import align
    from meshing.room.estimate import estimated_distance
    from meshing.room.panorama import directions
    from meshing.room.proxy import ProxyRenderer

    renderer = ProxyRenderer(pictures.plan)
    inverse = _network(config, context) if config.source == "network" else None
    made, violated = [], []
    for number, picture in enumerate(pictures.pictures):
        context.progress(number / len(pictures.pictures), f"panorama {number + 1} of {len(pictures.pictures)}")
        place, height = np.array(picture.position), picture.distance.shape[0]
        guess = picture.distance
        if inverse is not None:
            guess = estimated_distance(picture, renderer, inverse, views=config.views)
        intervals = renderer.intervals(place, directions(height, 2 * height))
        distance = align(guess, renderer.panorama(place, height), intervals)
        made.append(RoomPicture(picture.position, picture.color, distance))
        violated.append(float(intervals.violated(distance).mean()))
    context.metric("not_in_place", round(float(np.mean(violated)), 5))
    return RoomPictures(pictures.plan, tuple(made))


def alignment_sources(config: AlignDepthConfig) -> Sequence[Path]:
    """The weights of the network, where it is asked."""
    from pipeline.weights import SHIPPED, weight_files

    if config.source != "network" or config.model is not None:
        return []
    return [path for path in weight_files(config.weights or SHIPPED / WEIGHTS) if path.is_file()]


class CompleteRoomConfig(GeneratorConfig):
    painter: Literal["telea", "diffusion"] = "telea"
    """What paints holes: the surroundings carried on, or the diffusion model that drew the panorama."""
    text: str = ""
    """How the room looks, in words, for the diffusion model; the plan's style when left out."""
    most: int = Field(6, ge=0, le=24)
    """At most so many further places."""
    least_gain: float = Field(0.015, gt=0, le=1)
    """End where a further place would show less than this share of all that can be seen."""
    voxel: float = Field(0.03, gt=0)
    """The edge of a voxel of the surface that further places look at, in metres."""


def complete_room(config: CompleteRoomConfig, context: Context, *, pictures: RoomPictures) -> RoomPictures:
    """Look at a room from further places and paint what no panorama has shown."""
    from meshing.room.completion import Painter, completed, coverage
    from meshing.room.fusion import fuse_panoramas
    from vision.inpaint_telea import fill_telea

    paint: Painter = lambda color, known, *where: fill_telea(color, known, ~known)  # noqa: E731
    if config.painter == "diffusion":
        paint = painter(config, context, pictures.plan, config.text)
    made = completed(
        pictures,
        lambda given: fuse_panoramas(given, voxel=config.voxel),
        paint,
        most=config.most,
        least_gain=config.least_gain,
        report=context.progress,
    )
    context.metric("places", len(made.pictures))
    context.metric("coverage", round(coverage(made.plan, [picture.position for picture in made.pictures]), 4))
    return made


class FuseRoomConfig(StageConfig):
    voxel: float = Field(0.02, gt=0)
    """The edge of a voxel, in metres."""
    min_component: float = Field(0.002, ge=0, le=1)
    """Loose pieces with less than this share of the largest piece's area are removed."""


def fuse_room(config: FuseRoomConfig, context: Context, *, pictures: RoomPictures) -> Mesh:
    """Fuse panoramas with distances into one coloured surface, in metres, with the floor at height 0."""
    from meshing.clean import remove_small_components
    from meshing.room.adherence import surface_fit
    from meshing.room.fusion import fuse_panoramas

    mesh = fuse_panoramas(pictures.pictures, voxel=config.voxel, name=pictures.plan.name)
    mesh = remove_small_components(mesh, min_share=config.min_component)
    fit = surface_fit(mesh, pictures.plan)
    context.metric("triangles", len(mesh.faces))
    context.metric("in_place", round(fit.in_place, 4))
    context.metric("wall_error_metres", round(fit.wall_error, 4))
    return mesh


def _places(plan: RoomPlan, count: int) -> tuple[tuple[float, float, float], ...]:
    from meshing.room.completion import next_views
    from meshing.room.proxy import best_standpoint

    x, y, z = best_standpoint(plan)
    first = (float(x), float(y), float(z))
    return (first, *next_views(plan, [first], most=count - 1, least_gain=1e-3))


def packages_for_alignment(config: AlignDepthConfig) -> Sequence[str]:
    """What a model of one's own needs."""
    return ["transformers"] if config.source == "network" and config.model is not None else []


def packages_for_completion(config: CompleteRoomConfig) -> Sequence[str]:
    """What a diffusion model needs."""
    return ["diffusers", "transformers"] if config.painter == "diffusion" else []


def _network(config: AlignDepthConfig, context: Context) -> "Inverse":
    if config.model is not None:
        from vision.depth_transformers import TransformersDepth

        model = TransformersDepth(str(config.model), device=context.device)
        return lambda rgb: model.predict(rgb).values
    from pipeline.weights import read_card, weights_folder
    from vision.depth_net import EmbeddedDepth

    folder = weights_folder(config.weights or WEIGHTS)
    context.licence(read_card(folder).licence)
    network = EmbeddedDepth.load(folder / "weights.safetensors")
    return lambda rgb: network.predict(rgb).values
