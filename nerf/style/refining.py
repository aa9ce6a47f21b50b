"""The refining encoder: it sees a picture beside the render of the code so far, and moves the code."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

LATTICE = ((0, 0), (1, 1), (0, 1), (1, 0))
"""First row and column of the pixels that are looked at in each round."""
KEEP_SLOPE, KEEP_ENERGY = 0.8, 0.95
"""How much of the running means of slopes and of their squares a look leaves."""
LAST_PACE = 0.1
"""Share of the first look's step that the last one takes."""


@dataclass(frozen=True, eq=False)
class Look:
    """What codes show from cameras: pictures beside colours and opacity at some of their pixels, and how the difference
    changes with the z-scored codes."""

    pixels: Float[Tensor, "batch 7 g g"]
    slopes: Float[Tensor, "batch style"]


@dataclass(frozen=True, eq=False)
class Trail:
    """Z-scored codes on their way: where they are and where they began, and running means of the slopes that `turn`
    looks have met and of their squares."""

    codes: Float[Tensor, "batch style"]
    begun: Float[Tensor, "batch style"]
    slope: Float[Tensor, "batch style"]
    energy: Float[Tensor, "batch style"]
    turn: int = 0

    @classmethod
    def start(cls, codes: Float[Tensor, "batch style"]) -> "Trail":
        """Before the first look."""
        return cls(codes, codes, torch.zeros_like(codes), torch.zeros_like(codes))

    def detached(self) -> "Trail":
        """The same numbers without how they came about."""
        return replace(self, codes=self.codes.detach())

    def met(self, slopes: Float[Tensor, "batch style"]) -> "Trail":
        """After the slopes of another look, before the codes move."""
        slope = KEEP_SLOPE * self.slope + (1 - KEEP_SLOPE) * slopes
        energy = KEEP_ENERGY * self.energy + (1 - KEEP_ENERGY) * slopes.square()
        return replace(self, slope=slope, energy=energy, turn=self.turn + 1)

    def uphill(self) -> Float[Tensor, "batch style"]:
        """The slopes in units of their own size, as Adam has them (Kingma and Ba 2015)."""
        slope = self.slope / (1 - KEEP_SLOPE**self.turn)
        energy = self.energy / (1 - KEEP_ENERGY**self.turn)
        return slope / (energy.sqrt() + 1e-8)


class RefiningEncoder(nn.Module):
    """Picture, render, slopes, camera, code and where it began to the code's next change.

    It goes down the slopes as Adam would, with steps that shorten over its `looks`; in the first `taught` of them what
    it learns is added. The slopes say in the code's own terms what the two pictures say in theirs; the rest tells which
    of the ways to a smaller difference lead to an object that is right from other sides too.
    """

    steepness: Tensor
    pace: Tensor

    def __init__(
        self, w: int, channels: tuple[int, int, int], width: int, looks: int, taught: int, step: float
    ) -> None:
        super().__init__()
        a, b, c = channels
        self.body = nn.Sequential(
            nn.Conv2d(7, a, 3, 1, 1), nn.SiLU(),
            nn.Conv2d(a, b, 3, 2, 1), nn.GroupNorm(8, b), nn.SiLU(),
            nn.Conv2d(b, c, 3, 2, 1), nn.GroupNorm(8, c), nn.SiLU(),
            nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(c * 16, width),
        )  # fmt: skip
        self.code = nn.Linear(4 * w + 3, width)
        self.turn = nn.Embedding(taught, width)
        self.mix = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.out = nn.Linear(width, w)
        for zero in (self.out.weight, self.out.bias, self.turn.weight):
            nn.init.zeros_(zero)
        self.register_buffer("steepness", torch.ones(()))
        self.register_buffer("pace", step * torch.linspace(1, LAST_PACE, looks))

    def forward(self, look: Look, cameras: Float[Tensor, "batch 3"], trail: Trail) -> Trail:
        """The trail after a look at what its codes show."""
        met = trail.met(look.slopes)
        uphill = met.uphill()
        change = -uphill
        if trail.turn < self.turn.num_embeddings:
            slopes = torch.asinh(look.slopes / self.steepness)
            known = torch.cat([trail.codes, uphill, slopes, trail.codes - trail.begun, cameras], 1)
            hidden = self.body(look.pixels * 2 - 1) + self.code(known) + self.turn.weight[trail.turn]
            change = change + self.out(self.mix(hidden))
        pace = self.pace[min(trail.turn, len(self.pace) - 1)]
        return replace(met, codes=trail.codes + pace * change)


def pixels_of_look(side: int, turn: int) -> Int[Tensor, " cells"]:
    """Numbers of the pixels that a look may see: every second row and column, others in each look."""
    down, across = LATTICE[turn % len(LATTICE)]
    return torch.arange(side * side).reshape(side, side)[down::2, across::2].flatten()


def on_or_beside(pictures: Float[Tensor, "batch 3 h w"]) -> Bool[Tensor, "batch h w"]:
    """The pixels of an object on white, and those within two of it."""
    return functional.max_pool2d(1 - pictures.amin(1, keepdim=True), 5, 1, 2)[:, 0] > 0.04


def worth_a_look(
    target: Float[Tensor, "batch 3 side side"], number: Int[Tensor, " cells"], count: int, random: torch.Generator
) -> Int[Tensor, "batch rays"]:
    """Which `count` of the pixels `number` of pictures on white to see: those of the object or beside it first, then
    some of the rest, then what is left; the same ones in equal pictures."""
    is_near = on_or_beside(target).flatten(1)[:, number]
    order = is_near.float() + 0.9 * torch.rand(len(number), generator=random).to(target.device)
    return order.topk(min(count, len(number)), dim=1).indices
