"""From a plan to a room: furniture into the boxes, materials from the style, light from windows and lamps, two
textures.

The steps: patches (`furniture.py`, `shell.py`), light on samples (`surfels.py`, `lighting.py`), texture pages
(`pages.py`).
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from meshing.mesh import Mesh
from meshing.room.denoise import smooth
from meshing.room.furniture import furniture_in
from meshing.room.lighting import (
    Day,
    Emitter,
    Light,
    direct_light,
    emitter_of,
    gather,
    light_room,
    sun_color,
    sunlight,
)
from meshing.room.model import LitObject, PlacedObject, RoomModel
from meshing.room.pages import Painting, make_pages, parts_of, pictures
from meshing.room.patch import sampled
from meshing.room.pieces import Piece, Pieces
from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.shell import shell_parts
from meshing.room.spawn import standing_place
from meshing.room.style import Similar, Style, lexical_similarity, style_for_box, style_of
from meshing.room.surfels import Surfels, Tracer, surfels_of
from meshing.room.tone import Tone, shown, srgb, tone_for
from meshing.room.wording import Alike

_POWERS: Mapping[str, tuple[float, float, float]] = {
    "bulb": (0.150, 0.112, 0.066),
    "shade": (0.075, 0.056, 0.033),
    "embers": (0.10, 0.04, 0.012),
    "neon_pink": (0.16, 0.015, 0.10),
    "neon_blue": (0.012, 0.10, 0.16),
    "screen": (0.02, 0.025, 0.03),
}
"""Radiant intensity of a whole thing in such a material; an overcast sky has radiance 1 at the horizon."""
_SAMPLES = {"pane": 30, "bulb": 6, "shade": 8, "embers": 4, "neon_pink": 26, "neon_blue": 26, "screen": 4}
_SUN_HEIGHT, _SUN_ASIDE = np.radians(36), np.radians(28)


@dataclass(frozen=True)
class BuildSettings:
    """`texture` is the side of a texture page, `spacing` the distance in metres between light samples on the shell
    (three
    fifths of it on furniture), `rays` how many each sample sends for the two bounces."""

    texture: int = 2048
    spacing: float = 0.045
    rays: tuple[int, int] = (25, 64)


_DEFAULT = BuildSettings()


def build_room(
    plan: RoomPlan,
    settings: BuildSettings = _DEFAULT,
    *,
    seed: int = 0,
    objects: Sequence[PlacedObject] = (),
    similar: Similar = lexical_similarity,
    alike: Alike | None = None,
    report: Callable[[float, str], None] = lambda share, what: None,
) -> RoomModel:
    """A furnished, lit room that keeps to the plan; the same plan and seed give the same room.

    `objects` stand in boxes of the plan, in whose place no furniture is made. `similar` compares the style's words with
    looks, `alike` two words with each other.
    """
    random = np.random.default_rng([seed, zlib.crc32(plan.name.encode())])
    style = style_of(plan.style, similar, alike)
    notes = [f"style: {', '.join(style.chosen)}"]
    lamp = lamp_where_dark(plan)
    if lamp is not None:
        notes.append("light: the plan has neither window nor lamp, so a ceiling lamp was added")
    report(0.02, "makes furniture")
    pieces = Pieces(make_pieces(plan, lamp, style, seed, {thing.box for thing in objects}, random))
    report(0.08, "lights the room")
    lighting = _Lighting(plan, pieces, style, settings, objects, random)
    light = lighting.light()
    report(0.65, "paints")
    arriving = light.direct + light.sun + light.indirect
    leaving = lighting.albedo * arriving
    visible = ~np.logical_and.reduceat(light.blind, lighting.surfels.first)
    tone = _tone(lighting.surfels, pieces, leaving, arriving, light, dark=style.look.night)
    spot, yaw = standing_place(plan)
    eye = np.array([spot[0], 1.6, spot[1]])
    painting = Painting(
        pieces,
        lighting.surfels,
        light.direct + light.indirect,
        light.sun,
        lighting.sun_at,
        lighting.tracer,
        tone,
        leaving,
        eye,
    )
    pages = make_pages(painting, visible, settings.texture)
    lit, albedo = pictures(pages)
    lit_objects = tuple(lighting.on_object(thing, leaving, tone) for thing in objects)
    report(1.0, "done")
    return RoomModel(plan, parts_of(painting, pages), lit, albedo, lit_objects, spot, yaw, tuple(notes))


def make_pieces(
    plan: RoomPlan, lamp: Box | None, style: Style, seed: int, taken: set[str], random: np.random.Generator
) -> list[Piece]:
    """Shell and furniture as patches with their materials; boxes in `taken` stay empty."""
    pieces = []
    for name, patches in shell_parts(plan, random, neon=style.look.name == "cyberpunk").items():
        pieces.append(Piece(name, name.split("_")[0], tuple(patches), style.surfaces, _seed(name, seed), True))
    for thing in (*plan.boxes, *([lamp] if lamp else [])):
        if thing.name not in taken:
            surfaces = style_for_box(style, thing.style)
            patches = furniture_in(thing, seed)
            pieces.append(Piece(thing.name, thing.label, tuple(patches), surfaces, _seed(thing.name, seed), False))
    return pieces


def lamp_where_dark(plan: RoomPlan) -> Box | None:
    """A ceiling lamp for a plan that has no light at all."""
    if any(opening.kind == "window" for opening in plan.openings):
        return None
    if any(thing.label in ("lamp", "ceiling_lamp") for thing in plan.boxes):
        return None
    middle = plan.polygon().mean(axis=0)
    height = min(0.35, 0.15 * plan.height)
    size = (min(0.5, 0.2 * plan.height), height, min(0.5, 0.2 * plan.height))
    return Box("added_lamp", "ceiling_lamp", (float(middle[0]), plan.height - height / 2, float(middle[1])), size)


def _seed(name: str, seed: int) -> float:
    return (zlib.crc32(f"{name}:{seed}".encode()) % 99991) / 99991


class _Lighting:
    """What is needed to ask for light: samples, rays, emitters, colours."""

    def __init__(
        self,
        plan: RoomPlan,
        pieces: Pieces,
        style: Style,
        settings: BuildSettings,
        objects: Sequence[PlacedObject],
        random: np.random.Generator,
    ) -> None:
        self.random, self.settings = random, settings
        self.boxes = {box.name: box for box in plan.boxes}
        self.day = Day(style.look.kelvin, style.look.sun, style.look.night)
        shell = [pieces.pieces[owner].is_shell for owner in pieces.piece_of]
        spacing = [settings.spacing * (1.0 if is_shell else 0.6) for is_shell in shell]
        self.surfels: Surfels = surfels_of(pieces.patches, spacing)
        solid = [(thing.mesh.vertices.astype(np.float64), thing.mesh.faces) for thing in objects]
        self.tracer = Tracer(pieces.patches, self.surfels, solid)
        uv = np.concatenate(
            [
                sampled(patch, patch.uv, self.surfels.shares[self.surfels.rows(k)].astype(np.float64))
                for k, patch in enumerate(pieces.patches)
            ]
        )
        self.albedo = np.minimum(pieces.colors(self.surfels.patch, self.surfels.position, uv), 0.88).astype(np.float32)
        self.panes = [k for k, patch in enumerate(pieces.patches) if patch.material == "pane"]
        glowing = np.array([bool(np.any(pieces.surface(k).glow)) for k in range(len(pieces.patches))])
        self.albedo[glowing[self.surfels.patch]] = 0  # their light is sampled by itself
        self.emitters = _emitters(pieces, random)
        self.sun = _sun_direction(plan) if self.day.sun > 0 and not self.day.night else None

    def light(self) -> Light:
        return light_room(
            self.surfels,
            self.tracer,
            self.emitters,
            self.albedo,
            day=self.day,
            sun_direction=self.sun,
            panes=self.panes,
            smooth=lambda values, blind, error: smooth(self.surfels, values, blind, error),
            rays=self.settings.rays,
            random=self.random,
        )

    def sun_at(
        self, position: Float32[np.ndarray, "n 3"], normal: Float32[np.ndarray, "n 3"], pitch: float
    ) -> Float32[np.ndarray, "n 3"]:
        """The sun's light on squares of side `pitch`."""
        if self.sun is None:
            return np.zeros_like(position)
        pitches = np.full(len(position), pitch, np.float32)
        shine = sunlight(position, normal, pitches, self.tracer, self.sun, self.panes, self.random, n=9)
        return shine * np.asarray(sun_color(self.day), np.float32)

    def on_object(self, thing: PlacedObject, leaving: Float32[np.ndarray, "surfels 3"], tone: Tone) -> LitObject:
        """The room's light on the vertices of a mesh."""
        if thing.is_picture:
            position, normal = _before(self.boxes[thing.box])
            even = self._arriving(position, normal, leaving).mean(axis=0, keepdims=True)
            arriving = np.repeat(even, len(thing.mesh.vertices), axis=0)
            return LitObject(thing, srgb(shown(0.5 * arriving, tone) / 0.5))
        position, normal = thing.mesh.vertices, _vertex_normals(thing.mesh)
        arriving = self._arriving(position, normal, leaving)
        dark = np.flatnonzero(arriving.max(axis=1) < 1e-5)  # files turn some faces inside out: look the other way, too
        if len(dark):
            arriving[dark] = self._arriving(position[dark], -normal[dark], leaving)
        # Colours multiply after the curve here, before it elsewhere: the curve is taken at a middle grey.
        factor = shown(0.5 * arriving, tone) / 0.5
        return LitObject(thing, srgb(factor))

    def _arriving(
        self,
        position: Float32[np.ndarray, "n 3"],
        normal: Float32[np.ndarray, "n 3"],
        leaving: Float32[np.ndarray, "surfels 3"],
    ) -> Float32[np.ndarray, "n 3"]:
        direct, _ = direct_light(position, normal, self.tracer, self.emitters, self.day, self.random)
        bounced = gather(position, normal, self.tracer, leaving, 49, self.random)[0]
        return np.asarray(direct + self.sun_at(position, normal, 0.01) + bounced)


def _before(box: Box) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, "n 3"]]:
    """Places just before a box's front, and the way that it looks."""
    across = np.linspace(-0.45, 0.45, 6)
    x, y = (axis.ravel() for axis in np.meshgrid(across * box.size[0], across * box.size[1]))
    local = np.stack([x, y, np.full(len(x), box.size[2] / 2 + 0.01)], axis=1)
    front = np.repeat(box.axes()[2:], len(x), axis=0)
    return (np.array(box.center) + local @ box.axes()).astype(np.float32), front.astype(np.float32)


def _emitters(pieces: Pieces, random: np.random.Generator) -> list[Emitter]:
    """Every patch that gives light, the power of a thing shared out over its patches of one material by area."""
    found: dict[tuple[int, str], list[int]] = {}
    for index, patch in enumerate(pieces.patches):
        if patch.material in _SAMPLES:
            found.setdefault((int(pieces.piece_of[index]), patch.material), []).append(index)
    emitters = []
    for (_, material), indexes in found.items():
        areas = np.array([np.prod(pieces.patches[index].size) for index in indexes])
        for index, area in zip(indexes, areas, strict=True):
            if area < 0.05 * areas.max():
                continue  # rims
            samples = max(2, round(_SAMPLES[material] * area / areas.sum()))
            patch, is_pane = pieces.patches[index], material == "pane"
            emitter = emitter_of(patch, (1.0, 1.0, 1.0), samples, pane=is_pane, random=random)
            if not is_pane:
                total = float(emitter.areas.mean(axis=1).sum()) * areas.sum() / area  # of the whole thing
                radiance = np.array(_POWERS[material]) * 4 / max(total, 1e-9)
                emitter = replace(emitter, radiance=radiance.astype(np.float32))
            emitters.append(emitter)
    return emitters


def _sun_direction(plan: RoomPlan) -> Float32[np.ndarray, "3"] | None:
    """Towards a sun that shines into the largest window, aslant."""
    windows = [opening for opening in plan.openings if opening.kind == "window"]
    if not windows:
        return None
    largest: Opening = max(windows, key=lambda opening: opening.width * opening.height)
    out = -plan.wall(largest.wall).inward()
    c, s = np.cos(_SUN_ASIDE), np.sin(_SUN_ASIDE)
    flat = np.array([c * out[0] + s * out[2], 0.0, c * out[2] - s * out[0]])
    return np.asarray(flat * np.cos(_SUN_HEIGHT) + np.array([0.0, np.sin(_SUN_HEIGHT), 0.0]), np.float32)


def _tone(
    surfels: Surfels,
    pieces: Pieces,
    leaving: Float32[np.ndarray, "surfels 3"],
    arriving: Float32[np.ndarray, "surfels 3"],
    light: Light,
    *,
    dark: bool,
) -> Tone:
    counts = surfels.width * surfels.height
    areas = np.array([np.prod(patch.size) for patch in pieces.patches]) / counts
    weight = np.where(light.blind | (leaving.sum(axis=1) <= 0), 0, areas[surfels.patch])
    return tone_for(leaving, arriving, weight, key=0.1 if dark else 0.24)


def _outward(mesh: Mesh) -> float:
    """-1 where a mesh as a whole is turned inside out, else 1: the sign of the volume that it encloses."""
    corners = (mesh.vertices - mesh.vertices.mean(axis=0)).astype(np.float64)[mesh.faces]
    volume = np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    return -1.0 if volume < 0 else 1.0


def _vertex_normals(mesh: Mesh) -> Float32[np.ndarray, "vertices 3"]:
    if mesh.normals is not None:
        return mesh.normals
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros(mesh.vertices.shape)
    for k in range(3):
        np.add.at(total, mesh.faces[:, k], normal)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    unit = _outward(mesh) * total / np.maximum(length, 1e-20)
    return np.where(length > 1e-20, unit, (0.0, 1.0, 0.0)).astype(np.float32)
