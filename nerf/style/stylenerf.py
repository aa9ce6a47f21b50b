"""The architecture whose weights were published with StyleNeRF (Gu et al. 2022), to run such a checkpoint.

Written from the paper and from the shapes in the files; it differs from `generator.StyleGenerator`, which the project
trains, in what the published weights need: a modulated first layer, ten octaves without the point itself, a background
behind the unit ball with a latent of its own, and an upsampler whose features change their width at each size. Where
fine samples fall within a ray was settled anew, so pictures agree with the original's closely, not bit by bit.
"""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nerf.camera import Camera
from nerf.style.layers import EqualLinear, ModulatedLinear, leaky
from nerf.style.mapping import broadcast, truncated

CLAMP = 256.0
FROM_OURS = (2, 0, 1)
"""Their axes x, y, z (front, left as seen, up) are our z, x, y."""


@dataclass(frozen=True)
class StyleNerfConfig:
    """Sizes, and the camera that the weights were trained with. `sizes` are sides and channels of the upsampler."""

    z: int = 512
    w: int = 512
    mapping_depth: int = 8
    width: int = 128
    blocks: int = 8
    octaves: int = 10
    features: int = 256
    background_z: int = 32
    background_width: int = 64
    background_blocks: int = 4
    sizes: tuple[tuple[int, int], ...] = ((64, 512), (128, 256), (256, 128))
    grid: int = 32
    samples: int = 14
    background_samples: int = 4
    background_start: float = 0.5
    depths: tuple[float, float] = (0.88, 1.12)
    field_of_view: float = field(default=math.radians(12))
    distance: float = 1.0
    azimuths: tuple[float, float] = (-0.3, 0.3)
    elevations: tuple[float, float] = (-0.155, 0.155)
    """Radians between which the cameras of the training were."""
    mapping_rate: float = 0.01

    @property
    def side(self) -> int:
        """Pixels along each side of a picture."""
        return self.grid << len(self.sizes)


@dataclass(frozen=True, eq=False)
class Seen:
    """Pictures with colours around 0 to 1; on the grid of rays, how much of the light the object took and the mean
    depth along z of where it did."""

    rgb: Float[Tensor, "batch 3 height width"]
    opacity: Float[Tensor, "batch h w"]
    depth: Float[Tensor, "batch h w"]


class StyleNerf(nn.Module):
    """Latents and a camera to a picture."""

    def __init__(self, config: StyleNerfConfig) -> None:
        super().__init__()
        self.config = config
        widths = [config.z] + [config.w] * config.mapping_depth
        self.mapping = nn.ModuleList(EqualLinear(a, b, rate=config.mapping_rate) for a, b in pairwise(widths))
        self.register_buffer("mean", torch.zeros(config.w))
        self.foreground = Foreground(config)
        self.background = FarField(config)
        channels = [config.features, *(count for _, count in config.sizes)]
        self.doublings = nn.ModuleList(PublishedDoubling(a, b, config.w) for a, b in pairwise(channels))

    @property
    def n_styles(self) -> int:
        """Layers that take a style of their own."""
        return self.foreground.n_styles + 2 * len(self.doublings) + bool(self.doublings)

    def styles(self, z: Float[Tensor, "batch z"], psi: float = 1.0) -> Float[Tensor, "batch layers style"]:
        """One style for all layers; `psi` below 1 pulls it towards the mean style."""
        x = z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)
        for layer in self.mapping:
            x = leaky(layer(x))
        mean: Tensor = self.get_buffer("mean")
        return broadcast(truncated(x, mean, psi), self.n_styles)

    @torch.no_grad()
    def render(
        self,
        ws: Float[Tensor, "batch layers style"],
        camera: Camera,
        world_from_camera: Float[np.ndarray, "batch 4 4"],
        background_z: Float[Tensor, "batch z"] | None = None,
    ) -> Float[Tensor, "batch 3 height width"]:
        """Pictures with colours around 0 to 1; the camera's sides must be those that the upsampler makes."""
        side, grid = self.config.side, self.config.grid
        if (camera.width, camera.height) != (side, side):
            raise ValueError(f"camera: must have {side}x{side} pixels (got {camera.width}x{camera.height})")
        rays = published_rays(camera.resized(grid, grid), world_from_camera)
        origins, directions = (each.to(ws.device) for each in rays)
        return self.seen(ws, origins, directions, background_z).rgb

    def seen(
        self,
        ws: Float[Tensor, "batch layers style"],
        origins: Float[Tensor, "batch rays 3"],
        rays: Float[Tensor, "batch rays 3"],
        background_z: Float[Tensor, "batch z"] | None = None,
    ) -> Seen:
        """What a grid of rays, as `published_rays` gives them, leads to; differentiable in everything."""
        z = background_z if background_z is not None else ws.new_zeros(len(ws), self.config.background_z)
        features, left, depth = self._foreground(ws, origins, rays)
        total = features + left[..., None] * self._background(z, origins, rays)
        size = (len(ws), self.config.grid, self.config.grid)
        flat = total.transpose(1, 2).reshape(len(ws), -1, *size[1:])
        rgb, x = flat[:, :3], flat[:, 3:]
        for number, doubling in enumerate(self.doublings):
            x, rgb = doubling(x, rgb, self._doubling_styles(ws, number))
        return Seen((rgb + 1) / 2, (1 - left).reshape(size), depth.reshape(size))

    def density(
        self, points: Float[Tensor, "batch points 3"], ws: Float[Tensor, "batch layers style"]
    ) -> Float[Tensor, "batch points"]:
        """Densities per unit at points of our frame."""
        return functional.relu(self.foreground(points[..., FROM_OURS], ws)[0])

    def colour(
        self, points: Float[Tensor, "batch points 3"], ws: Float[Tensor, "batch layers style"]
    ) -> Float[Tensor, "batch points 3"]:
        """Colours around 0 to 1 at points of our frame.

        A point goes through the upsampler as if it were a pixel among its like, which is what the NeRF path of the
        published training holds pictures to (section 3.3).
        """
        _, both = self.foreground(points[..., FROM_OURS], ws)
        rgb, x = both[..., :3], both[..., 3:]
        for number, doubling in enumerate(self.doublings):
            assert isinstance(doubling, PublishedDoubling)
            x, rgb = doubling.alone(x, rgb, self._doubling_styles(ws, number))
        painted: Tensor = (rgb + 1) / 2
        return painted

    def _doubling_styles(self, ws: Tensor, number: int) -> Tensor:
        first = self.foreground.n_styles + 2 * number
        return ws[:, first : first + 3]

    def _foreground(self, ws: Tensor, origins: Tensor, rays: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features with colours before them, the share of light that goes on, and the mean depth of the rest."""
        near, far = self.config.depths
        even = torch.linspace(near, far, self.config.samples, device=ws.device).expand(*rays.shape[:2], -1)
        length = rays.norm(dim=-1, keepdim=True)
        raw, features = self._at(ws, origins, rays, even)
        weights, _ = absorbed(raw, even * length)
        more = between(even, weights.detach(), self.config.samples)
        raw_more, features_more = self._at(ws, origins, rays, more)
        depths, order = torch.cat([even, more], -1).sort(-1)
        raw = torch.cat([raw, raw_more], -1).gather(-1, order)
        both = torch.cat([features, features_more], 2)
        both = both.gather(2, order[..., None].expand_as(both))
        weights, left = absorbed(raw, depths * length)
        depth = (weights * depths).sum(-1) / weights.sum(-1).clamp(min=1e-6)
        return torch.einsum("brs,brsf->brf", weights, both), left, depth

    def _at(self, ws: Tensor, origins: Tensor, rays: Tensor, depths: Tensor) -> tuple[Tensor, Tensor]:
        points = origins[:, :, None] + depths[..., None] * rays[:, :, None]
        raw, features = self.foreground(points.flatten(1, 2), ws)
        return raw.reshape(depths.shape), features.reshape(*depths.shape, -1)

    def _background(self, z: Tensor, origins: Tensor, rays: Tensor) -> Tensor:
        """Features with colours before them; the last sample takes all light that is left."""
        inverse = torch.linspace(self.config.background_start, 0.0, self.config.background_samples, device=z.device)
        points = outside(origins, functional.normalize(rays, dim=-1), inverse)
        raw, features = self.background(points.flatten(1, 2), z)
        shape = (*rays.shape[:2], len(inverse))
        weights, left = absorbed(raw.reshape(shape), -inverse.expand(shape))
        weights = torch.cat([weights[..., :-1], left[..., None]], -1)
        return torch.einsum("brs,brsf->brf", weights, features.reshape(*shape, -1))


class Foreground(nn.Module):
    """Raw densities, and colours followed by features, of points that styles shape."""

    def __init__(self, config: StyleNerfConfig) -> None:
        super().__init__()
        self.octaves, self.n_styles = config.octaves, config.blocks + 2
        widths = [6 * config.octaves] + [config.width] * config.blocks
        self.layers = nn.ModuleList(ModulatedLinear(a, b, config.w) for a, b in pairwise(widths))
        self.density = ModulatedLinear(config.width, 1, config.w, demodulate=False, active=False)
        self.features = ModulatedLinear(config.width, config.features, config.w, demodulate=False, active=False)
        self.colour = EqualLinear(config.features, 3)

    def forward(
        self, points: Float[Tensor, "batch points 3"], ws: Float[Tensor, "batch layers style"]
    ) -> tuple[Float[Tensor, "batch points"], Float[Tensor, "batch points features"]]:
        """At points of their frame."""
        x = waves(points, self.octaves)
        for number, layer in enumerate(self.layers):
            x = layer(x, ws[:, number])
        features = self.features(x, ws[:, len(self.layers) + 1])
        return self.density(x, ws[:, len(self.layers)])[..., 0], torch.cat([self.colour(features), features], -1)


class FarField(nn.Module):
    """The same outside of the ball, from a latent that is joined to the point (NeRF++)."""

    def __init__(self, config: StyleNerfConfig) -> None:
        super().__init__()
        self.octaves = config.octaves
        widths = [8 * config.octaves + config.background_z] + [config.background_width] * config.background_blocks
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.density = nn.Linear(config.background_width, 1)
        self.features = nn.Linear(config.background_width, config.features)
        self.colour = EqualLinear(config.features, 3)

    def forward(
        self, points: Float[Tensor, "batch points 4"], z: Float[Tensor, "batch z"]
    ) -> tuple[Float[Tensor, "batch points"], Float[Tensor, "batch points features"]]:
        """At points on the unit sphere with the inverse of their distance."""
        x = torch.cat([waves(points, self.octaves), z[:, None].expand(-1, points.shape[1], -1)], -1)
        for layer in self.layers:
            x = functional.relu(layer(x))
        features = self.features(x)
        return self.density(x)[..., 0], torch.cat([self.colour(features), features], -1)


class PublishedDoubling(nn.Module):
    """Twice the size and another width: a modulated layer, the enlargement, another layer, colours added."""

    def __init__(self, inputs: int, outputs: int, w: int) -> None:
        super().__init__()
        self.first = ModulatedLinear(inputs, outputs, w, active=False)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.narrow = EqualLinear(2 * outputs, outputs // 4)
        self.widen = EqualLinear(outputs // 4, outputs)
        self.second = ModulatedLinear(outputs, outputs, w)
        self.colour = ModulatedLinear(outputs, 3, w, demodulate=False, active=False)
        self.register_buffer("magnitudes", torch.ones(2))

    def forward(
        self,
        x: Float[Tensor, "batch inputs h w"],
        rgb: Float[Tensor, "batch 3 h w"],
        ws: Float[Tensor, "batch 3 style"],
    ) -> tuple[Float[Tensor, "batch outputs h2 w2"], Float[Tensor, "batch 3 h2 w2"]]:
        """Features and colours."""
        gains = torch.rsqrt(self.get_buffer("magnitudes"))
        narrow = _by_pixel(lambda flat: self.first(flat, ws[:, 0]), x * gains[0])
        near = functional.interpolate(narrow, scale_factor=2, mode="nearest")
        both = torch.cat([near, corner_means(narrow)], 1)
        large = near + _by_pixel(lambda flat: self.widen(leaky(self.narrow(flat))), both)
        x = leaky(blurred(large) + self.bias[:, None, None]).clamp(-CLAMP, CLAMP)
        x = _by_pixel(lambda flat: self.second(flat, ws[:, 1]), x * gains[1]).clamp(-CLAMP, CLAMP)
        added = _by_pixel(lambda flat: self.colour(flat, ws[:, 2]), x).clamp(-CLAMP, CLAMP)
        return x, enlarged(rgb) + added

    def alone(
        self,
        x: Float[Tensor, "batch points inputs"],
        rgb: Float[Tensor, "batch points 3"],
        ws: Float[Tensor, "batch 3 style"],
    ) -> tuple[Float[Tensor, "batch points outputs"], Float[Tensor, "batch points 3"]]:
        """The same for points without neighbours: what a pixel becomes in a picture of one colour."""
        gains = torch.rsqrt(self.get_buffer("magnitudes"))
        narrow = self.first(x * gains[0], ws[:, 0])
        large = narrow + self.widen(leaky(self.narrow(torch.cat([narrow, narrow], -1))))
        x = leaky(large + self.bias).clamp(-CLAMP, CLAMP)
        x = self.second(x * gains[1], ws[:, 1]).clamp(-CLAMP, CLAMP)
        return x, rgb + self.colour(x, ws[:, 2]).clamp(-CLAMP, CLAMP)


def published_rays(
    camera: Camera, world_from_camera: Float[np.ndarray, "batch 4 4"]
) -> tuple[Float[Tensor, "batch rays 3"], Float[Tensor, "batch rays 3"]]:
    """Origins, and directions of length one along the camera's axis, in their frame."""
    ahead = camera.directions(camera.pixel_centres())
    ahead = ahead / ahead[:, 2:]
    directions = np.einsum("bij,rj->bri", world_from_camera[:, :3, :3], ahead)
    origins = np.broadcast_to(world_from_camera[:, None, :3, 3], directions.shape)
    turned = (np.ascontiguousarray(each[..., FROM_OURS], np.float32) for each in (origins, directions))
    first, second = (torch.from_numpy(each) for each in turned)
    return first, second


def waves(points: Float[Tensor, "*batch axes"], octaves: int) -> Float[Tensor, "*batch width"]:
    """For each octave the sines of all axes, then their cosines; the lowest has a period of 2 units."""
    angles = points[..., None, :] * (math.pi * 2.0 ** torch.arange(octaves, device=points.device))[:, None]
    return torch.cat([angles.sin(), angles.cos()], -1).flatten(-2)


def absorbed(
    raw: Float[Tensor, "batch rays samples"], distances: Float[Tensor, "batch rays samples"]
) -> tuple[Float[Tensor, "batch rays samples"], Float[Tensor, "batch rays"]]:
    """Each sample's share of the light, and what is left before the last one, which has no length."""
    step = torch.cat([distances.diff(dim=-1), torch.zeros_like(distances[..., :1])], -1)
    depth = functional.relu(raw) * step
    before = depth.cumsum(-1) - depth
    return (1 - torch.exp(-depth)) * torch.exp(-before), torch.exp(-before[..., -1])


def between(
    depths: Float[Tensor, "batch rays samples"], weights: Float[Tensor, "batch rays samples"], n: int
) -> Float[Tensor, "batch rays more"]:
    """`n` more depths where the weights are, evenly along their sum."""
    share = weights[..., :-1] + 1e-5
    total = functional.pad((share / share.sum(-1, keepdim=True)).cumsum(-1), (1, 0)).contiguous()
    even = ((torch.arange(n, device=total.device) + 0.5) / n).expand(*total.shape[:-1], n).contiguous()
    after = torch.searchsorted(total, even, right=True).clamp(1, total.shape[-1] - 1)
    low, high = total.gather(-1, after - 1), total.gather(-1, after)
    inside = (even - low) / (high - low).clamp(min=1e-8)
    return depths.gather(-1, after - 1).lerp(depths.gather(-1, after), inside)


def outside(
    origins: Float[Tensor, "batch rays 3"],
    directions: Float[Tensor, "batch rays 3"],
    inverse: Float[Tensor, " samples"],
) -> Float[Tensor, "batch rays samples 4"]:
    """Where rays cross spheres of these inverse radii: the point's direction, then the inverse radius.

    NeRF++ (Zhang et al. 2020), written without its rotation: at infinity a point lies in the ray's own direction.
    """
    middle = -(origins * directions).sum(-1, keepdim=True)
    closest = origins + middle * directions
    share = closest.norm(dim=-1, keepdim=True)[..., None] * inverse[:, None]  # sine of the angle to the ray
    ahead = torch.sqrt((1 - share.square()).clamp(min=0)) * directions[:, :, None]
    unit = inverse[:, None] * closest[:, :, None] + ahead
    return torch.cat([unit, inverse[:, None].expand(*unit.shape[:-1], 1)], -1)


def corner_means(x: Float[Tensor, "batch channels h w"]) -> Float[Tensor, "batch channels h2 w2"]:
    """Each child of a pixel gets the mean of the two neighbours beside its own corner; zeros lie around."""
    padded = functional.pad(x, (1, 1, 1, 1))
    left, up = padded[:, :, 1:-1, :-2], padded[:, :, :-2, 1:-1]
    right, down = padded[:, :, 1:-1, 2:], padded[:, :, 2:, 1:-1]
    children = torch.stack([left + up, up + right, left + down, right + down], 2) / 2
    return functional.pixel_shuffle(children.flatten(1, 2), 2)


def blurred(x: Float[Tensor, "batch channels h w"], gain: float = 1.0) -> Float[Tensor, "batch channels h w"]:
    """By 1 3 3 1 along both axes, with zeros around."""
    line = x.new_tensor([1.0, 3.0, 3.0, 1.0]) / 8
    kernel = (gain * torch.outer(line, line)).expand(x.shape[1], 1, 4, 4)
    return functional.conv2d(functional.pad(x, (2, 1, 2, 1)), kernel, groups=x.shape[1])


def enlarged(rgb: Float[Tensor, "batch 3 h w"]) -> Float[Tensor, "batch 3 h2 w2"]:
    """Twice the size: zeros between the pixels, then the blur."""
    batch, channels, height, width = rgb.shape
    spread = rgb.new_zeros(batch, channels, 2 * height, 2 * width)
    spread[:, :, ::2, ::2] = rgb
    return blurred(spread, 4.0)


def _by_pixel(layer, x: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
    """A layer of points applied to the pixels of a picture."""
    made: Tensor = layer(x.flatten(2).transpose(1, 2)).transpose(1, 2)
    return made.reshape(len(x), -1, *x.shape[2:])
