"""Networks that find the style and the camera of one picture: a base encoder, then one that looks at its own mistake.

3D-aware encoding (Li et al. 2022): the base encoder answers the same for every view of an object; the refining encoder
sees the picture beside the render of the code so far and moves the code.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor, nn
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.encoder import ViewEncoder
from nerf.style.generator import StyleGenerator
from nerf.style.losses import colour_error
from nerf.style.volume import span, stratified

Array = np.ndarray

LATTICE = ((0, 0), (1, 1), (0, 1), (1, 0))
"""First row and column of the pixels that are looked at in each round."""


@dataclass(frozen=True)
class InverterConfig:
    """Sizes. The first three are those of the generator and of its encoder. The refining encoder sees every second row
    and column of a render of `grid` pixels a side, others in each round; `samples` is how many points a ray has."""

    z: int = 128
    w: int = 192
    encoder_channels: tuple[int, ...] = (48, 96, 96, 128)
    grid: int = 32
    samples: int = 12
    refine_channels: tuple[int, int, int] = (48, 80, 96)
    refine_width: int = 224
    camera_channels: tuple[int, int, int, int] = (32, 48, 64, 96)
    identity: int = 64


@dataclass(frozen=True, eq=False)
class Guess:
    """What the base encoder says of pictures: latents before the mapping, and (sin azimuth, cos azimuth, elevation)."""

    z: Float[Tensor, "batch z"]
    camera: Float[Tensor, "batch 3"]

    @property
    def azimuth(self) -> Float[Tensor, " batch"]:
        """Radians; 0 sees the front."""
        return torch.atan2(self.camera[:, 0], self.camera[:, 1])

    @property
    def elevation(self) -> Float[Tensor, " batch"]:
        """Radians above the horizon."""
        return self.camera[:, 2]

    def poses(self) -> Float64[Array, "batch 4 4"]:
        """`world_from_camera` of the cameras."""
        angles = zip(self.azimuth.tolist(), self.elevation.tolist(), strict=True)
        return np.stack([viewpoints.pose(azimuth, elevation) for azimuth, elevation in angles])


@dataclass(frozen=True, eq=False)
class Look:
    """What codes show from cameras: pictures beside colours and opacity at some of their pixels, and how the difference
    changes with the z-scored codes."""

    pixels: Float[Tensor, "batch 7 g g"]
    slopes: Float[Tensor, "batch style"]

    def of(self, some: slice | Array) -> "Look":
        """That of some of the pictures."""
        return Look(self.pixels[some], self.slopes[some])


class RefiningEncoder(nn.Module):
    """Picture, render, slope, camera, code and last change to the next change; before training it changes nothing.

    The slope says in the code's own terms what the two pictures say in theirs, and learning what to make of it takes
    far fewer steps than learning the generator's inverse from pixels.
    """

    steepness: Tensor

    def __init__(self, w: int, channels: tuple[int, int, int], width: int) -> None:
        super().__init__()
        a, b, c = channels
        self.body = nn.Sequential(
            nn.Conv2d(7, a, 3, 1, 1), nn.SiLU(),
            nn.Conv2d(a, b, 3, 2, 1), nn.GroupNorm(8, b), nn.SiLU(),
            nn.Conv2d(b, c, 3, 2, 1), nn.GroupNorm(8, c), nn.SiLU(),
            nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(c * 16, width),
        )  # fmt: skip
        self.code = nn.Linear(3 * w + 3, width)
        self.mix = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.out = nn.Linear(width, w)
        self.descent = nn.Linear(2 * w, w, bias=False)
        for zero in (self.out.weight, self.out.bias, self.descent.weight):
            nn.init.zeros_(zero)
        self.register_buffer("steepness", torch.ones(()))

    def forward(
        self,
        look: Look,
        cameras: Float[Tensor, "batch 3"],
        codes: Float[Tensor, "batch style"],
        last: Float[Tensor, "batch style"],
    ) -> Float[Tensor, "batch style"]:
        """Changes of z-scored codes; `last` are those of the round before, zeros in the first."""
        slopes = torch.asinh(look.slopes / self.steepness)
        known = self.code(torch.cat([codes, slopes, last, cameras], 1))
        changes: Tensor = self.out(self.mix(self.body(look.pixels * 2 - 1) + known))
        descended: Tensor = self.descent(torch.cat([slopes, last], 1))
        return changes - descended

    @torch.no_grad()
    def begin(self, step: float) -> None:
        """Start as plain descent by the slopes' signs, roughly, which training then betters."""
        self.descent.weight[:, : len(self.descent.weight)].copy_(step * torch.eye(len(self.descent.weight)))


class Inverter(nn.Module):
    """Both encoders, the camera head, and the head on whose vectors views of one object are to agree."""

    mean: Tensor
    spread: Tensor

    def __init__(self, config: InverterConfig) -> None:
        super().__init__()
        self.config = config
        encoder = ViewEncoder(config.z, config.encoder_channels)
        self.body, self.z = encoder.body, encoder.mean
        self.camera = _camera_tower(config.camera_channels)
        self.identity = nn.Sequential(nn.Linear(config.w, 128), nn.SiLU(), nn.Linear(128, config.identity))
        self.refiner = RefiningEncoder(config.w, config.refine_channels, config.refine_width)
        self.register_buffer("mean", torch.zeros(config.w))
        self.register_buffer("spread", torch.ones(config.w))

    def guess(self, pictures: Float[Tensor, "batch 3 h w"]) -> Guess:
        """The base encoder's answer to single pictures, colours 0 to 1."""
        return Guess(self.z(self.body(pictures * 2 - 1)).float(), self.camera(pictures * 2 - 1).float())

    def project(self, w: Float[Tensor, "batch style"]) -> Float[Tensor, "batch identity"]:
        """Unit vectors of codes, which are to be the same for all views of one object."""
        return functional.normalize(self.identity(self.scored(w)), dim=-1)

    def scored(self, w: Float[Tensor, "*batch style"]) -> Float[Tensor, "*batch style"]:
        """Codes in units of their spread around their mean."""
        return (w - self.mean) / self.spread

    def refined(
        self,
        look: Look,
        cameras: Float[Tensor, "batch 3"],
        w: Float[Tensor, "batch style"],
        before: Float[Tensor, "batch style"],
    ) -> Float[Tensor, "batch style"]:
        """The codes after one look at what they show; `before` are the codes of the round before."""
        last = (w - before) / self.spread
        changed: Tensor = w + self.spread * self.refiner(look, cameras, self.scored(w), last)
        return changed

    def look(
        self,
        generator: StyleGenerator,
        pictures: Float[Tensor, "batch 3 h w"],
        cameras: Float[Tensor, "batch 3"],
        w: Float[Tensor, "batch style"],
        turn: int,
    ) -> Look:
        """What codes show from cameras beside the pictures, at a quarter of the pixels; `turn` says which."""
        side, half = self.config.grid, self.config.grid // 2
        down, across = LATTICE[turn % 4]
        number = torch.arange(side * side).reshape(side, side)[down::2, across::2].flatten()
        target = functional.adaptive_avg_pool2d(pictures, side).flatten(2).transpose(1, 2)[:, number]
        origins, directions = orbit_rays(side, torch.atan2(cameras[:, 0], cameras[:, 1]), cameras[:, 2])
        with torch.enable_grad():
            codes = self.scored(w.detach()).requires_grad_(True)
            styles = codes * self.spread + self.mean
            rays = origins[:, number], directions[:, number]
            rgb, opacity = seen_along(generator, styles, *rays, self.config.samples)
            (slopes,) = torch.autograd.grad(colour_error(rgb, target) * len(w), codes)
        flat = torch.cat([target, rgb, opacity[..., None]], -1).detach().transpose(1, 2)
        return Look(flat.reshape(len(w), 7, half, half), slopes)


def _camera_tower(channels: tuple[int, int, int, int]) -> nn.Sequential:
    """Apart from the other encoder, whose features are to be the same from every side."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise((3, *channels)):
        layers += [nn.Conv2d(inputs, outputs, 3, 2, 1), nn.GroupNorm(8, outputs), nn.SiLU()]
    last = channels[-1]
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(16 * last, last), nn.SiLU(), nn.Linear(last, 3)
    )


def inverter_for(model: Autoencoder, config: InverterConfig, seed: int) -> Inverter:
    """An inverter that begins with the encoder that the generator was trained with."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = Inverter(config)
    made.body.load_state_dict(model.encoder.body.state_dict())
    made.z.load_state_dict(model.encoder.mean.state_dict())
    return made


def config_for(model: Autoencoder, **others: object) -> InverterConfig:
    """Sizes that fit a generator and its encoder."""
    sizes = model.config.generator
    return InverterConfig(z=sizes.z, w=sizes.w, encoder_channels=model.config.encoder_channels, **others)  # type: ignore[arg-type]


def camera_numbers(azimuths: Float[Tensor, " batch"], elevations: Float[Tensor, " batch"]) -> Float[Tensor, "batch 3"]:
    """What the camera head says of cameras: no jump where the azimuth comes round."""
    return torch.stack([azimuths.sin(), azimuths.cos(), elevations], 1)


def orbit_rays(
    size: int, azimuths: Float[Tensor, " batch"], elevations: Float[Tensor, " batch"]
) -> tuple[Float[Tensor, "batch rays 3"], Float[Tensor, "batch rays 3"]]:
    """Rays of cameras around the origin as `viewpoints.pose` puts them, differentiable in both angles."""
    camera = viewpoints.camera(size)
    ahead = camera.directions(camera.pixel_centres())
    local = torch.from_numpy((ahead / np.linalg.norm(ahead, axis=1, keepdims=True)).astype(np.float32))
    sa, ca, se, ce = azimuths.sin(), azimuths.cos(), elevations.sin(), elevations.cos()
    forward = -torch.stack([ce * sa, se, ce * ca], 1)
    right = torch.stack([ca, torch.zeros_like(ca), -sa], 1)
    down = torch.linalg.cross(forward, right)
    axes = torch.stack([right, down, forward], 1)  # (batch, camera axis, world axis)
    directions = torch.einsum("ra,baw->brw", local.to(axes.device), axes)
    origins = (-viewpoints.DISTANCE * forward)[:, None].expand_as(directions)
    return origins, directions


def seen_along(
    generator: StyleGenerator,
    w: Float[Tensor, "batch style"],
    origins: Float[Tensor, "batch rays 3"],
    directions: Float[Tensor, "batch rays 3"],
    samples: int,
    random: torch.Generator | None = None,
) -> tuple[Float[Tensor, "batch rays 3"], Float[Tensor, "batch rays"]]:
    """Colours on white and opacity along rays, without the upsampler."""
    distances = stratified(*span(origins, directions), samples, random)
    marched = generator.march(generator.prepare(generator.styles(w)), origins, directions, distances)
    return marched.features[..., -3:] + (1 - marched.opacity)[..., None], marched.opacity
