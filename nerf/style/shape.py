"""What a style means in space, as functions of points: a density, a colour, and pictures from any side."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, UInt8

from nerf.camera import Camera
from nerf.objects import viewpoints
from nerf.style.generator import Rendered, StyleGenerator
from nerf.style.tuning import with_layers
from nerf.style.volume import BALL, SLAB, density

Array = np.ndarray

SURFACE = float(np.log(2) / SLAB)
"""The density at which a thin slab takes half of the light: where training draws the surface."""
UNDER_SURFACE = 0.01
"""How far under the surface its colour is taught best, in units of the generator's frame."""
LEVELS = 7
SOLID = 0.3
"""Share of the light that a ray loses where silhouettes end. Half of it cut the legs of chairs, which fields are less
sure of, off their seats."""
BATCH = 1 << 13  # points: what their layers give stays in a core's cache


class VisibleShape(ABC):
    """One object of a generator, asked with arrays: y up, front +z, around the origin.

    Matter lies within `radius`; cameras look at the origin from `distance`.
    """

    radius: float
    distance: float

    @property
    def bounds(self) -> tuple[Float64[Array, "3"], Float64[Array, "3"]]:
        """The box around the ball in which there may be matter."""
        return np.full(3, -self.radius), np.full(3, self.radius)

    @property
    def surface(self) -> float:
        """The density of which a slab, as thin for this ball as `SLAB` is for ours, takes half of the light."""
        return SURFACE * (BALL / self.radius)

    @abstractmethod
    def density(self, points: Float[Array, "points 3"]) -> Float32[Array, " points"]:
        """Density per unit; 0 outside of the ball, where training never looked."""

    @abstractmethod
    def colour(self, points: Float[Array, "points 3"], normals: Float[Array, "points 3"]) -> Float32[Array, "points 3"]:
        """sRGB from 0 to 1 of a surface with these outward unit normals."""

    @abstractmethod
    def camera(self, size: int) -> Camera:
        """The camera of all views."""

    @abstractmethod
    def poses(self, views: int) -> Float64[Array, "views 4 4"]:
        """Cameras from all the sides that the generator knows, at changing heights."""

    @abstractmethod
    def picture(
        self, camera: Camera, world_from_camera: Float64[Array, "4 4"]
    ) -> tuple[UInt8[Array, "h w 3"], Float32[Array, "h w"], Float32[Array, "h w"]]:
        """What the camera sees, how opaque the object is, and depth along z where it is (else 0)."""

    def surface_level(self, views: int = 3, side: int = 40, samples: int = 48) -> float:
        """The density at whose surface silhouettes agree best with what the field itself shows as solid.

        That is `surface` for a field that is sure of itself; one that is not spreads thin parts over more room, where
        they still take the light but no slab takes half of it. Halves of `surface` are tried; ties take the larger.
        """
        eye = self.camera(side)
        eye = eye if eye.width == side else eye.resized(side, side)
        lengths = np.linspace(self.distance - self.radius, self.distance + self.radius, samples)
        ahead = eye.directions(eye.pixel_centres())
        ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
        most, opaque = [], []
        for pose in self._asked_from(views):
            along = ahead @ pose[:3, :3].T
            points = pose[:3, 3] + lengths[None, :, None] * along[:, None]  # (rays, samples, 3)
            found = self.density(points.reshape(-1, 3)).reshape(len(along), samples)
            most.append(found.max(1))
            opaque.append(found.sum(1) * (lengths[1] - lengths[0]) > -np.log(1 - SOLID))
        greatest, solid = np.concatenate(most), np.concatenate(opaque)
        levels = self.surface * 0.5 ** np.arange(LEVELS)
        inside = greatest > levels[:, None]
        return float(levels[np.argmax((inside & solid).sum(1) / np.maximum((inside | solid).sum(1), 1))])

    def _asked_from(self, views: int) -> Float64[Array, "views 4 4"]:
        """Cameras whose silhouettes settle the level of the surface."""
        return self.poses(views)


class StyledShape(VisibleShape):
    """One style of our own generator, for all layers or one for each. Objects lie within a ball of radius 0.6."""

    radius, distance = BALL, viewpoints.DISTANCE

    def __init__(self, generator: StyleGenerator, w: Float32[Array, "*layers style"]) -> None:
        self._generator = generator
        given = torch.from_numpy(np.ascontiguousarray(w))[None]
        self._styles = generator.styles(given) if given.ndim == 2 else given
        with torch.no_grad():
            self._shape = generator.prepare(self._styles)

    def density(self, points: Float[Array, "points 3"]) -> Float32[Array, " points"]:
        """Density per unit; 0 outside of the ball, where training never looked."""
        found = np.concatenate([found for found, _ in self._asked(points)])
        inside = (np.asarray(points) ** 2).sum(1) < BALL**2
        result: Array = np.where(inside, found, 0).astype(np.float32)
        return result

    def colour(self, points: Float[Array, "points 3"], normals: Float[Array, "points 3"]) -> Float32[Array, "points 3"]:
        """sRGB from 0 to 1 of a surface with these outward unit normals."""
        under = np.asarray(points) - UNDER_SURFACE * np.asarray(normals)
        found: Array = np.concatenate([rgb for _, rgb in self._asked(under)])
        return found.astype(np.float32)

    def camera(self, size: int) -> Camera:
        """The square camera of the training, with as many pixels as wanted."""
        return viewpoints.camera(size)

    def poses(self, views: int) -> Float64[Array, "views 4 4"]:
        """Evenly around and from a little below to high above; the first sees the front."""
        shares = viewpoints.spread(views) - 0.5
        return np.stack([viewpoints.pose(2 * math.pi * around, 0.35 + 0.9 * up) for around, up in shares])

    def _asked_from(self, views: int) -> Float64[Array, "views 4 4"]:
        return viewpoints.ring_of_poses(views, start=0.5)

    @torch.no_grad()
    def picture(
        self, camera: Camera, world_from_camera: Float64[Array, "4 4"]
    ) -> tuple[UInt8[Array, "h w 3"], Float32[Array, "h w"], Float32[Array, "h w"]]:
        """The picture on white, how opaque it is, and depth along z where it is (else 0)."""
        made = self._rendered(camera, world_from_camera[None])
        rgb = made.rgb[0].clamp(0, 1).permute(1, 2, 0).numpy()
        both = torch.stack([made.opacity, made.distance / made.opacity.clamp(min=1e-3)], 1)
        larger = torch.nn.functional.interpolate(both, size=rgb.shape[:2], mode="bilinear")[0].numpy()
        ahead = camera.directions(camera.pixel_centres())
        cosine = (ahead[:, 2] / np.linalg.norm(ahead, axis=1)).reshape(rgb.shape[:2])
        depth = np.where(larger[0] > 0.5, larger[1] * cosine, 0).astype(np.float32)
        return np.round(rgb * 255).astype(np.uint8), larger[0].astype(np.float32), depth

    def _rendered(self, camera: Camera, poses: Float64[Array, "1 4 4"]) -> Rendered:
        return self._generator.render(self._styles, camera, poses)

    def _asked(self, points: Float[Array, "points 3"]) -> Iterator[tuple[Array, Array]]:
        """Densities and colours, a batch at a time."""
        given = torch.from_numpy(np.asarray(points, np.float32))
        for first in range(0, len(given), BATCH):
            with torch.no_grad():
                raw, rgb = self._generator.at(given[None, first : first + BATCH], self._shape)
                found = density(raw[0]).numpy(), rgb[0].numpy()
            yield found


class TunedShape(StyledShape):
    """An object with layers of its own (`tuning`). Its pictures have a ray for every pixel: to these it was tuned."""

    def __init__(
        self,
        generator: StyleGenerator,
        w: Float32[Array, "*layers style"],
        own: Mapping[str, Float32[Array, "1 _ _"]],
    ) -> None:
        super().__init__(generator, w)
        self._generator = with_layers(generator, self._styles, own)

    def _rendered(self, camera: Camera, poses: Float64[Array, "1 4 4"]) -> Rendered:
        return self._generator.traced(self._styles, camera, poses)


def pictures(
    generator: StyleGenerator,
    w: Float32[Array, "objects *layers style"],
    camera: Camera,
    poses: Float64[Array, "views 4 4"],
    samples: tuple[int, int] = (24, 16),
) -> UInt8[Array, "objects views h w 3"]:
    """Every style (or, w+, one for each layer) seen from every pose; `samples` along each ray are spread evenly, and
    where matter was found."""
    return pictures_and_opacity(generator, w, camera, poses, samples)[0]


@torch.no_grad()
def pictures_and_opacity(
    generator: StyleGenerator,
    w: Float32[Array, "objects *layers style"],
    camera: Camera,
    poses: Float64[Array, "views 4 4"],
    samples: tuple[int, int] = (24, 16),
) -> tuple[UInt8[Array, "objects views h w 3"], Float32[Array, "objects views rows columns"]]:
    """The same pictures, and how opaque each of their rays is; a ray serves several pixels."""
    coarse, fine = samples
    found, opaque = [], []
    for one in torch.split(
        torch.from_numpy(np.ascontiguousarray(w)), 1
    ):  # one at a time stays in the processor's cache
        styles = (generator.styles(one) if one.ndim == 2 else one).expand(len(poses), -1, -1)
        made = generator.render(styles, camera, poses, coarse=coarse, fine=fine)
        found.append(made.rgb.clamp(0, 1).permute(0, 2, 3, 1))
        opaque.append(made.opacity)
    return np.round(torch.stack(found).numpy() * 255).astype(np.uint8), torch.stack(opaque).numpy()
