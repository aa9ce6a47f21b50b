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
from nerf.style.refining import Look, RefiningEncoder, Trail, pixels_of_look, worth_a_look
from nerf.style.volume import span, stratified

Array = np.ndarray


@dataclass(frozen=True)
class InverterConfig:
    """Sizes. The first three are those of the generator and of its encoder.

    The refining encoder looks `looks` times and has learned what to make of the first `taught`. Each time it sees
    `rays` pixels of every second row and column of a render of `grid` pixels a side, others in each look; `samples` is
    how many points a ray has, `step` how far the first look goes by its slopes, z-scored.
    """

    z: int = 128
    w: int = 192
    encoder_channels: tuple[int, ...] = (48, 96, 96, 128)
    grid: int = 32
    rays: int = 160
    samples: int = 16
    looks: int = 24
    taught: int = 4
    step: float = 0.12
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
        self.refiner = RefiningEncoder(
            config.w, config.refine_channels, config.refine_width, config.looks, config.taught, config.step
        )
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

    def styles(self, scored: Float[Tensor, "batch style"]) -> Float[Tensor, "batch style"]:
        """Styles of z-scored codes."""
        return self.mean + self.spread * scored

    def look(
        self,
        generator: StyleGenerator,
        pictures: Float[Tensor, "batch 3 h w"],
        cameras: Float[Tensor, "batch 3"],
        trail: Trail,
    ) -> Look:
        """What the codes of a trail show from cameras beside the pictures, at some pixels; the trail's turn says which.

        Pixels that are not looked at count as if they were right.
        """
        side, half = self.config.grid, self.config.grid // 2
        random = torch.Generator().manual_seed(trail.turn)
        number = pixels_of_look(side, trail.turn)
        target = functional.adaptive_avg_pool2d(pictures, side)
        cells = worth_a_look(target, number, self.config.rays, random)
        seen, item = number.to(cells.device)[cells], torch.arange(len(cells), device=cells.device)[:, None]
        wanted = target.flatten(2).transpose(1, 2)
        origins, directions = orbit_rays(side, torch.atan2(cameras[:, 0], cameras[:, 1]), cameras[:, 2])
        rays = origins[item, seen], directions[item, seen]
        at = torch.rand(cells.shape[1], self.config.samples, generator=random).to(cells.device)
        near, far = (end[..., None] for end in span(*rays))
        distances = near + (far - near) * (torch.arange(self.config.samples, device=near.device) + at) / at.shape[1]
        with torch.enable_grad():
            codes = trail.codes.detach().requires_grad_(True)
            rgb, opacity = seen_at(generator, self.styles(codes), *rays, distances)
            error = colour_error(rgb, wanted[item, seen]) * len(codes)
            (slopes,) = torch.autograd.grad(error, codes)
        shown = wanted[:, number.to(cells.device)]
        made = torch.cat([shown, torch.zeros_like(shown[..., :1])], -1)
        made[item, cells] = torch.cat([rgb, opacity[..., None]], -1).detach()
        flat = torch.cat([shown, made], -1).transpose(1, 2)
        return Look(flat.reshape(len(codes), 7, half, half), slopes)


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
    return seen_at(generator, w, origins, directions, stratified(*span(origins, directions), samples, random))


def seen_at(
    generator: StyleGenerator,
    w: Float[Tensor, "batch style"],
    origins: Float[Tensor, "batch rays 3"],
    directions: Float[Tensor, "batch rays 3"],
    distances: Float[Tensor, "batch rays samples"],
) -> tuple[Float[Tensor, "batch rays 3"], Float[Tensor, "batch rays"]]:
    """Colours on white and opacity along rays, seen at these distances."""
    marched = generator.march(generator.prepare(generator.styles(w)), origins, directions, distances)
    return marched.features[..., -3:] + (1 - marched.opacity)[..., None], marched.opacity
