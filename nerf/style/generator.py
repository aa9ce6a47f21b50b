"""The style-based radiance field: mapping, field, background, volume rendering and upsampler (Gu et al. 2022)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from nerf.camera import Camera
from nerf.style.background import Background, FarScene, White
from nerf.style.fields import MlpField, Shape, StyleField, TriplaneField
from nerf.style.mapping import Mapping, broadcast
from nerf.style.rays import camera_rays
from nerf.style.upsampler import Upsampler
from nerf.style.volume import Composite, composite, refined, span, stratified

TRACED = 512
"""Rays of a picture that are marched at once where every pixel has one: what they meet stays small in memory."""


@dataclass(frozen=True)
class GeneratorConfig:
    """Sizes. `doublings` says how much larger the picture is than the grid of rays."""

    z: int = 128
    w: int = 192
    mapping_depth: int = 3
    field: Literal["mlp", "triplane"] = "mlp"
    width: int = 96
    depth: int = 6
    features: int = 32
    octaves: int = 6
    doublings: int = 1
    plane_size: int = 32
    plane_channels: int = 16
    background: Literal["white", "far"] = "white"
    shift: bool = False
    """Styles move what the MLP field's layers give, beside scaling what they take; StyleNeRF's only scale."""


@dataclass(frozen=True, eq=False)
class Rendered:
    """A picture and what it was made of; `coarse`, `opacity` and `distance` have the size of the grid of rays."""

    rgb: Float[Tensor, "batch 3 height width"]
    coarse: Float[Tensor, "batch 3 h w"]
    opacity: Float[Tensor, "batch h w"]
    distance: Float[Tensor, "batch h w"]


class StyleGenerator(nn.Module):
    """Styles and a camera to a picture; the same styles without a camera are a field in space."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.mapping = Mapping(config.z, config.w, config.mapping_depth)
        self.field = _field(config)
        self.colour = nn.Linear(config.features, 3)
        self.upsampler = Upsampler(config.features, config.w, config.doublings)
        self.background = _background(config)

    @property
    def n_styles(self) -> int:
        """Layers that take a style of their own (w+)."""
        return self.field.n_styles + self.upsampler.n_styles

    def styles(self, w: Float[Tensor, "batch style"]) -> Float[Tensor, "batch layers style"]:
        """One style for all layers."""
        return broadcast(w, self.n_styles)

    def prepare(self, ws: Float[Tensor, "batch layers style"]) -> Shape:
        """The field's part of the styles, ready for points."""
        return self.field.prepare(ws[:, : self.field.n_styles])

    def at(
        self, points: Float[Tensor, "batch points 3"], shape: Shape
    ) -> tuple[Float[Tensor, "batch points"], Float[Tensor, "batch points 3"]]:
        """Raw densities (see `volume.density`) and colours at points of the unit frame."""
        raw, features = self.field(points, shape)
        return raw.float(), torch.sigmoid(self.colour(features)).float()

    def march(
        self,
        shape: Shape,
        origins: Float[Tensor, "batch rays 3"],
        directions: Float[Tensor, "batch rays 3"],
        distances: Float[Tensor, "batch rays samples"],
    ) -> Composite:
        """Features, then colours, composited along rays; the colours are the last three features."""
        return composite(*self.along(shape, origins, directions, distances), distances)

    def along(
        self,
        shape: Shape,
        origins: Float[Tensor, "batch rays 3"],
        directions: Float[Tensor, "batch rays 3"],
        distances: Float[Tensor, "batch rays samples"],
    ) -> tuple[Float[Tensor, "batch rays samples"], Float[Tensor, "batch rays samples features"]]:
        """Raw densities, and features with colours, at distances along rays."""
        points = origins[:, :, None] + directions[:, :, None] * distances[..., None]
        raw, features = self.field(points.flatten(1, 2), shape)
        both = torch.cat([features, torch.sigmoid(self.colour(features))], -1).float()
        return raw.float().reshape(distances.shape), both.reshape(*distances.shape, -1)

    def picture(
        self,
        ws: Float[Tensor, "batch layers style"],
        marched: Composite,
        origins: Float[Tensor, "batch rays 3"],
        directions: Float[Tensor, "batch rays 3"],
        grid: tuple[int, int],
        background_z: Float[Tensor, "batch z"] | None = None,
    ) -> Rendered:
        """A grid of marched rays on the background, through the upsampler."""
        features, rgb = self.background(origins, directions, background_z)
        total = marched.features + (1 - marched.opacity)[..., None] * torch.cat([features, rgb], -1)
        flat = total.transpose(1, 2).reshape(len(ws), -1, *grid)
        coarse = flat[:, -3:]
        fine = self.upsampler(flat[:, :-3], coarse, ws[:, self.field.n_styles :])
        size = (len(ws), *grid)
        return Rendered(fine, coarse, marched.opacity.reshape(size), marched.distance.reshape(size))

    def render(
        self,
        ws: Float[Tensor, "batch layers style"],
        camera: Camera,
        world_from_camera: Float[np.ndarray, "batch 4 4"],
        *,
        coarse: int = 24,
        fine: int = 16,
        background_z: Float[Tensor, "batch z"] | None = None,
    ) -> Rendered:
        """What a camera sees, the same for the same input; its size is the picture's, not the grid of rays'."""
        scale = 2**self.config.doublings
        if camera.width % scale or camera.height % scale:
            raise ValueError(f"camera: sides must be multiples of {scale} (got {camera.width}x{camera.height})")
        small = camera.resized(camera.width // scale, camera.height // scale)
        origins, directions = camera_rays(small, world_from_camera, ws.device)
        marched = self._marched_twice(self.prepare(ws), origins, directions, coarse, fine)
        return self.picture(ws, marched, origins, directions, (small.height, small.width), background_z)

    @torch.no_grad()
    def traced(
        self,
        ws: Float[Tensor, "batch layers style"],
        camera: Camera,
        world_from_camera: Float[np.ndarray, "batch 4 4"],
        *,
        coarse: int = 24,
        fine: int = 16,
    ) -> Rendered:
        """The same with a ray for every pixel in place of the upsampler: four times as dear for each doubling, and
        sharp where the upsampler guesses."""
        shape, parts = self.prepare(ws), []
        rays = camera_rays(camera, world_from_camera, ws.device)
        for origins, directions in zip(*(torch.split(each, TRACED, 1) for each in rays), strict=True):
            marched = self._marched_twice(shape, origins, directions, coarse, fine)
            behind = self.background(origins, directions, None)[1]
            rgb = marched.features[..., -3:] + (1 - marched.opacity)[..., None] * behind
            parts.append(torch.cat([rgb, marched.opacity[..., None], marched.distance[..., None]], -1))
        made = torch.cat(parts, 1).transpose(1, 2).reshape(len(ws), 5, camera.height, camera.width)
        return Rendered(made[:, :3], made[:, :3], made[:, 3], made[:, 4])

    def _marched_twice(self, shape: Shape, origins: Tensor, directions: Tensor, coarse: int, fine: int) -> Composite:
        """Rays marched evenly, then `fine` samples more where that met something."""
        distances = stratified(*span(origins, directions), coarse)
        raw, features = self.along(shape, origins, directions, distances)
        if fine:
            with torch.no_grad():
                more = refined(distances, composite(raw, features, distances).weights, fine)
            new = self.along(shape, origins, directions, more)
            distances, order = torch.cat([distances, more], -1).sort(-1)
            raw = torch.cat([raw, new[0]], -1).gather(-1, order)
            features = torch.cat([features, new[1]], 2)
            features = features.gather(2, order[..., None].expand_as(features))
        return composite(raw, features, distances)


def _field(config: GeneratorConfig) -> StyleField:
    if config.field == "triplane":
        return TriplaneField(
            config.w, config.width, config.plane_size, config.plane_channels, config.features, config.octaves
        )
    return MlpField(config.w, config.width, config.depth, config.features, config.octaves, config.shift)


def _background(config: GeneratorConfig) -> Background:
    return FarScene(config.features) if config.background == "far" else White(config.features)
