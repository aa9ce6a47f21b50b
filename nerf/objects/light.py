"""How bright a surface is: soft light from above that does not depend on where one looks from."""

import math

import numpy as np
from jaxtyping import Float, Float64

from nerf.objects.raycast_embree import RayCaster

Array = np.ndarray

AMBIENT, SKY = 0.42, 0.16
OFFSET = 3e-3


def lamps() -> tuple[Float64[Array, "lamps 3"], Float64[Array, "lamps"]]:
    """Directions towards five lamps that together make a soft shadow, and their strengths: a key light and a dome."""
    turns = [(0.62, 0.95, 0.34), (-0.9, 0.8, 0.13), (2.2, 0.9, 0.11), (3.9, 0.75, 0.09), (0.0, 0.2, 0.0)]
    directions = [
        (math.sin(turn) * math.cos(height), math.sin(height), math.cos(turn) * math.cos(height))
        for turn, height, _ in turns[:4]
    ]
    directions.append((0.0, 1.0, 0.0))
    return np.array(directions), np.array([strength for *_, strength in turns[:4]] + [0.10])


def brightness(
    caster: RayCaster, points: Float[Array, "points 3"], normals: Float[Array, "points 3"]
) -> Float64[Array, "points"]:
    """Light that falls on points of a surface with these outward normals; about 1 where the key light shines."""
    directions, strengths = lamps()
    light = AMBIENT + SKY * (0.5 + 0.5 * normals[:, 1])
    starts = points + OFFSET * normals
    for direction, strength in zip(directions, strengths, strict=True):
        facing = np.clip(normals @ direction, 0, None)
        lit = np.flatnonzero(facing > 0)
        free = caster.is_free(starts[lit], np.broadcast_to(direction, (len(lit), 3)))
        light[lit] += 1.25 * strength * facing[lit] * free
    result: Array = light
    return result
