"""Pictures of an object from any pinhole camera: colour, coverage and depth."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64, UInt8

from nerf.camera import Camera
from nerf.objects.light import brightness
from nerf.objects.model import ObjectModel
from nerf.objects.palette import PATTERNS, paint
from nerf.objects.raycast_embree import Hits, RayCaster

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class View:
    """One picture. `rgb` stands on white; `mask` is the share of a pixel that the object covers, 0 to 255; `depth` is
    along z to what is nearest within a pixel, in unit frames, and 0 where nothing is."""

    rgb: UInt8[Array, "h w 3"]
    mask: UInt8[Array, "h w"]
    depth: Float32[Array, "h w"]


class Renderer:
    """An object ready to be looked at; making one costs about a millisecond, so keep it for several views."""

    def __init__(self, model: ObjectModel) -> None:
        self.model = model
        self.caster = RayCaster(model.vertices, model.faces)

    def view(self, camera: Camera, world_from_camera: Float64[Array, "4 4"], supersampling: int = 3) -> View:
        """The object on white, with `supersampling` squared rays a pixel, boxed down."""
        many = camera.resized(camera.width * supersampling, camera.height * supersampling)
        ahead = many.directions(many.pixel_centres()) @ world_from_camera[:3, :3].T
        length = np.linalg.norm(ahead, axis=1)
        directions = ahead / length[:, None]
        origins = np.broadcast_to(world_from_camera[:3, 3], directions.shape)
        hits = self.caster.cast(origins, directions)
        hit = np.flatnonzero(hits.face >= 0)
        colours = np.ones((len(directions), 3))
        colours[hit] = self._colours(
            hits, hit, origins[hit] + hits.distance[hit, None] * directions[hit], directions[hit]
        )
        depth = hits.distance / length
        nearest = np.minimum.reduce(_strided(depth, camera, supersampling))
        scale = 255 / supersampling**2
        return View(
            np.round(sum(_strided(colours, camera, supersampling)) * scale).astype(np.uint8),
            np.round(sum(_strided(np.isfinite(depth).astype(np.float64), camera, supersampling)) * scale).astype(
                np.uint8
            ),
            np.where(np.isfinite(nearest), nearest, 0).astype(np.float32),
        )

    def _colours(self, hits: Hits, hit: Array, points: Array, directions: Array) -> Array:
        u, v = hits.u[hit, None], hits.v[hit, None]
        corners = self.model.corner_normals[hits.face[hit]]
        normals = (1 - u - v) * corners[:, 0] + u * corners[:, 1] + v * corners[:, 2]
        normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        return self.lit_paint(hits.face[hit], points, normals)

    def lit_paint(
        self, faces: Array, points: Float[Array, "points 3"], normals: Float[Array, "points 3"]
    ) -> Float64[Array, "points 3"]:
        """Colours as seen, of points on faces, the same from everywhere."""
        normals = np.asarray(normals, np.float64)
        colours = self.model.first[faces].astype(np.float64)
        for number in np.unique(self.model.pattern[faces]):
            some = np.flatnonzero(self.model.pattern[faces] == number)
            second = self.model.second[faces[some]].astype(np.float64)
            colours[some] = paint(
                PATTERNS[number], points[some], normals[some], colours[some], second, self.model.patterned
            )
        result: Array = np.clip(colours * brightness(self.caster, points, normals)[:, None], 0, 1)
        return result


def _strided(samples: Array, camera: Camera, many: int) -> list[Array]:
    """One picture for each place within a pixel; adding these up is much faster than a mean over inner axes."""
    grid = samples.reshape(camera.height, many, camera.width, many, *samples.shape[1:])
    return [grid[:, i, :, j] for i in range(many) for j in range(many)]
