"""A plan becomes a furnished, lit room, and the room a file that a headset opens."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from meshing.gltf.file import GlbFile
from meshing.mesh import Mesh
from meshing.room.model import PlacedObject, RoomModel
from meshing.room.plan import RoomPlan
from pipeline.stage import Context, InputPath, StageConfig

if TYPE_CHECKING:
    from meshing.room.style import Similar
    from meshing.room.wording import Alike


class BuildRoomConfig(StageConfig):
    style: str = ""
    """Words about the looks, such as "rustic, brick wall, red sofa"; the plan's own when left out."""
    texture: Literal[512, 1024, 2048, 4096] = 2048
    """The side of a texture page in texels; the shell has one, the furniture another."""
    light_spacing: float = Field(0.045, ge=0.01, le=1.0)
    """How far apart light is computed on walls, in metres; on furniture three fifths of it."""
    rays: int = Field(64, ge=4, le=4096)
    """Rays that each place sends for the light from other surfaces; more take out noise and take time."""
    encoder: InputPath | None = None
    """A folder with a text encoder that compares the words of styles, CLIP or SigLIP; the one that ships when left
    out."""


def build_room(
    config: BuildRoomConfig, context: Context, *, plan: RoomPlan, objects: list[PlacedObject] | None = None
) -> RoomModel:
    """Furnish a room from its boxes, paint it in a style, and bake the light of windows and lamps into it."""
    from dataclasses import replace

    from meshing.room.build import BuildSettings
    from meshing.room.build import build_room as build

    if config.style:
        plan = replace(plan, style=config.style)
    settings = BuildSettings(config.texture, config.light_spacing, (max(4, config.rays // 3), config.rays))
    similar, alike = reader_of(config.encoder)
    room = build(
        plan,
        settings,
        seed=context.seed,
        objects=objects or (),
        similar=similar,
        alike=alike,
        report=context.progress,
    )
    for note in room.notes:
        context.log(note)
    for thing in objects or ():
        for licence in thing.mesh.licences:
            context.licence(licence)
    context.metric("parts", len(room.parts))
    context.metric("triangles", sum(len(part.faces) for part in room.parts))
    context.metric("notes", list(room.notes))
    return room


def reader_of(own: Path | None) -> "tuple[Similar, Alike | None]":
    """How a style's words are compared with looks, and with each other: by the text encoder.

    The one that ships knows the meanings of single words; others compare whole texts.
    """
    import numpy as np

    from meshing.room.style import by_meaning
    from pipeline.stages.object_weights import ENCODER, encoder_of
    from pipeline.weights import weights_folder
    from vision.text_meanings import Meanings

    if own is None or (own / "words.safetensors").is_file():
        meanings = Meanings.load(weights_folder(own or ENCODER))
        return by_meaning(meanings.alike), meanings.alike
    encoder, _ = encoder_of(own)

    def similar(entries: Sequence[str], text: str) -> list[float]:
        if not text.strip():
            return [0.0] * len(entries)
        cosine = encoder.text([f"a {entry} room" for entry in entries]) @ encoder.text([f"a {text} room"])[0]
        return [float(value) for value in np.exp((cosine - cosine.max()) / 0.02)]

    return similar, None


def style_sources(config: BuildRoomConfig) -> Sequence[Path]:
    """The files of the encoder that reads the style."""
    from pipeline.stages.object_weights import ENCODER, files_of

    return files_of(ENCODER, config.encoder)


class PlaceObjectConfig(StageConfig):
    box: str
    """The name of the box in the plan."""
    turn: float | None = None
    """Degrees about the vertical before it is set down (a mesh's front is +z); the quarter turn that fills the box best
    when left out."""
    fit: Literal["inside", "height", "keep", "stretch"] = "inside"
    """Scale until it just fits inside, to the box's height, not at all, or each direction by itself."""


def place_object(config: PlaceObjectConfig, context: Context, *, plan: RoomPlan, mesh: Mesh) -> PlacedObject:
    """Stand a mesh in a box of a plan: turned, scaled, on the floor, under the ceiling or against the wall."""
    from meshing.room.place import place_in_box

    placed = place_in_box(plan, mesh, config.box, turn=config.turn, fit=config.fit)
    size = placed.mesh.vertices.max(axis=0) - placed.mesh.vertices.min(axis=0)
    for licence in mesh.licences:
        context.licence(licence)
    context.metric("size", [round(float(edge), 4) for edge in size])
    return placed


class ExportRoomConfig(StageConfig):
    material: Literal["unlit", "matte"] = "unlit"
    """Unlit shows the light that was baked in; matte has bare colours, for renderers with lights of their own."""
    texture: Literal["jpeg", "png", "webp"] = "jpeg"
    """How the pages are stored."""
    most_bytes: int = Field(4_000_000, ge=10_000)
    """The size that the file may have; the quality of the textures is lowered until it fits."""


def export_room(config: ExportRoomConfig, context: Context, *, room: RoomModel) -> GlbFile:
    """Write a room as binary glTF: a node for each thing and wall, colliders, a teleport floor and a place to begin."""
    from meshing.room.scene import fitted_glb

    data, quality = fitted_glb(
        room,
        config.most_bytes,
        lit=config.material == "unlit",
        encoding=config.texture,
        provenance={"made_by": "scenewright", "stage": "export_room", "material": config.material},
    )
    for thing in room.objects:
        for licence in thing.placed.mesh.licences:
            context.licence(licence)
    context.metric("bytes", len(data))
    context.metric("quality", quality)
    file = GlbFile(data)
    context.metric("triangles", file.triangles)
    return file
