"""Made-up scenes with exact depth for training: rooms, streets, landscapes, people close up, things near and on tables.

Owns the pictures and their inverse depth. `scene_layouts` says what stands where, `scene_shapes` of what,
`scene_cast_numba` what each ray meets, `scene_surfaces` what colour is there, `scene_light` how it looks on a
photograph. Does not own any network.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from vision.scene_cast_numba import cast
from vision.scene_layouts import KINDS, LAYOUTS
from vision.scene_light import aired, lit, photographed, sky_behind
from vision.scene_shapes import Shapes
from vision.scene_surfaces import paint

_SKY = 0.0


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture and its inverse depth along z in 1/metre; 0 is the sky."""

    rgb: UInt8[np.ndarray, "h w 3"]
    inverse: Float32[np.ndarray, "h w"]
    kind: str


def make_scene(
    rng: np.random.Generator,
    *,
    height: int = 192,
    width: int = 256,
    kind: str | None = None,
    textures: Sequence[UInt8[np.ndarray, "h2 w2 3"]] = (),
) -> Scene:
    """One random scene; `textures` are photographs that some of the surfaces show."""
    kind = kind or str(rng.choice(KINDS, p=(0.32, 0.14, 0.12, 0.14, 0.14, 0.14)))
    if kind not in KINDS:
        raise ValueError(f"kind: must be one of {', '.join(KINDS)} (got {kind!r})")
    shapes = Shapes()
    eye, direction = LAYOUTS[kind](rng, shapes)
    yaw, pitch = direction[0] + rng.normal() * 0.15, direction[1] + rng.normal() * 0.06
    focal = width / (2 * np.tan(np.radians(rng.uniform(38, 78)) / 2))
    rays = _rays(height, width, focal, yaw, pitch, rng.normal() * 0.03)
    arrays = [np.array(values, np.float64) for values in (shapes.middle, shapes.half, shapes.turn)]
    distance, which, point, normal = cast(rays, eye, np.array(shapes.kind, np.int64), *arrays)
    inverse = np.where(which >= 0, 1 / np.maximum(distance, 1e-3), _SKY)  # rays have z = 1: distances are depths
    image = paint(rng, which, point, normal, np.array(shapes.texture), textures=textures, kind=kind)
    image = lit(rng, image, inverse, normal, kind)
    sky = sky_behind(rng, height, width)
    image = np.where((which >= 0)[..., None], image, sky)
    image = aired(rng, image, inverse, sky, kind)
    return Scene(photographed(rng, image, inverse, kind), inverse.astype(np.float32), kind)


def _rays(height: int, width: int, focal: float, yaw: float, pitch: float, roll: float) -> Float64[np.ndarray, "h w 3"]:
    """World directions (y up, z ahead) with one unit of depth each."""
    u, v = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
    x = (u * np.cos(roll) - v * np.sin(roll)) / focal
    y = -(u * np.sin(roll) + v * np.cos(roll)) / focal
    up, ahead = y * np.cos(pitch) + np.sin(pitch), np.cos(pitch) - y * np.sin(pitch)
    return np.stack([x * np.cos(yaw) + ahead * np.sin(yaw), up, -x * np.sin(yaw) + ahead * np.cos(yaw)], axis=-1)
