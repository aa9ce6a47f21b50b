"""What a style of a published StyleNeRF means in space, and its pictures."""

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, UInt8
from torch.nn import functional

from nerf.camera import Camera, from_field_of_view
from nerf.objects import viewpoints
from nerf.style.mapping import broadcast
from nerf.style.shape import VisibleShape
from nerf.style.stylenerf import StyleNerf, published_rays

Array = np.ndarray
BATCH = 1 << 14


class PublishedShape(VisibleShape):
    """One style of published weights. What their cameras never saw, such as the back of a head, is as they guess it."""

    def __init__(self, model: StyleNerf, w: Float32[Array, "*layers style"]) -> None:
        self._model = model
        given = torch.from_numpy(np.ascontiguousarray(w))[None]
        self._styles = broadcast(given, model.n_styles) if given.ndim == 2 else given
        near, far = model.config.depths
        self.distance = model.config.distance
        self.radius = max(self.distance - near, far - self.distance)

    @torch.no_grad()
    def density(self, points: Float[Array, "points 3"]) -> Float32[Array, " points"]:
        """Density per unit; 0 outside of the ball between the nearest and the farthest sample of training."""
        given = torch.from_numpy(np.asarray(points, np.float32))
        found = torch.cat(
            [self._model.density(some[None], self._styles)[0] for some in torch.split(given, BATCH)]
        ).numpy()
        inside = (np.asarray(points) ** 2).sum(1) < self.radius**2
        result: Array = np.where(inside, found, 0).astype(np.float32)
        return result

    @torch.no_grad()
    def colour(self, points: Float[Array, "points 3"], normals: Float[Array, "points 3"]) -> Float32[Array, "points 3"]:
        """sRGB from 0 to 1, a hundredth of the ball under the surface."""
        under = torch.from_numpy(np.asarray(points - 0.01 * self.radius * normals, np.float32))
        found = [self._model.colour(some[None], self._styles)[0] for some in torch.split(under, BATCH)]
        result: Array = torch.cat(found).clamp(0, 1).numpy()
        return result

    def camera(self, size: int = 0) -> Camera:
        """The camera of the weights: its pictures have the one size that the upsampler makes."""
        side = self._model.config.side
        return from_field_of_view(side, side, self._model.config.field_of_view)

    def poses(self, views: int) -> Float64[Array, "views 4 4"]:
        """Evenly between the outermost cameras of the training; the first sees the front."""
        (left, right), (low, high) = self._model.config.azimuths, self._model.config.elevations
        return np.stack(
            [
                viewpoints.pose(left + (right - left) * around, low + (high - low) * up, self.distance)
                for around, up in viewpoints.spread(views)
            ]
        )

    @torch.no_grad()
    def picture(
        self, camera: Camera, world_from_camera: Float64[Array, "4 4"]
    ) -> tuple[UInt8[Array, "h w 3"], Float32[Array, "h w"], Float32[Array, "h w"]]:
        """The upsampled picture with its background, how opaque the object is, and depth along z where it is."""
        grid = self._model.config.grid
        origins, rays = published_rays(camera.resized(grid, grid), world_from_camera[None])
        seen = self._model.seen(self._styles, origins, rays)
        both = torch.stack([seen.opacity, seen.depth], 1)
        larger = functional.interpolate(both, size=seen.rgb.shape[2:], mode="bilinear")[0].numpy()
        depth = np.where(larger[0] > 0.5, larger[1], 0).astype(np.float32)
        rgb = seen.rgb[0].clamp(0, 1).permute(1, 2, 0).numpy()
        return np.round(rgb * 255).astype(np.uint8), larger[0].astype(np.float32), depth


def published_pictures(
    model: StyleNerf, w: Float32[Array, "objects *layers style"], views: int
) -> UInt8[Array, "objects views h w 3"]:
    """Every style seen from sides that the weights know."""
    shapes = [PublishedShape(model, each) for each in w]
    return np.stack([[shape.picture(shape.camera(), pose)[0] for pose in shape.poses(views)] for shape in shapes])
