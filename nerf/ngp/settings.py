"""What a training run may be told; every value has a default that suits a photo capture on a CPU."""

from dataclasses import dataclass, field
from typing import Literal

from nerf.ngp.levels import Levels

Bounds = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class Stop:
    """When training ends: after so many steps or seconds, or once held-out views reach a PSNR or stop improving."""

    steps: int | None = None
    seconds: float | None = None
    psnr: float | None = None
    plateau: float | None = None  # dB that held-out views must gain between checks

    def __post_init__(self) -> None:
        for name in ("steps", "seconds", "psnr", "plateau"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"stop.{name}: must be greater than 0 (got {value})")
        if self.steps is None and self.seconds is None and self.psnr is None and self.plateau is None:
            raise ValueError("stop: needs at least one of steps, seconds, psnr, plateau")


@dataclass(frozen=True)
class Training:
    """How a field is fitted."""

    backend: Literal["numba", "cuda", "tinycudann"] = "numba"
    cuda_graphs: bool = False  # record each size of step once and replay it, on a GPU
    levels: Levels = field(default_factory=Levels)
    stop: Stop = field(default_factory=lambda: Stop(seconds=60.0))
    seed: int = 0
    bounds: Bounds | None = None  # scene coordinates; None looks at the cameras, points, depth and alpha
    unbounded: bool | Literal["auto"] = "auto"
    long_side: int = 960  # photos are reduced to this many pixels
    batch_samples: int = 1 << 14  # kept samples a step aims at
    learning_rate: float = 1e-2
    huber: float = 0.1
    average: float = 0.95  # decay of the averaged weights per step; 0 switches averaging off
    weight_decay: float = 1e-6  # of the networks
    grid_size: int = 128
    grid_every: int = 16
    carve: bool = True  # cells that alpha, or depth where it counts, shows to be empty are left out from the start
    steps_per_side: int = 512  # ray steps across the box's diagonal
    coarse_steps: int = 400  # training steps with longer ray steps, before fog has cleared
    coarsest: float = 4.0  # times as long at first; small batches want many rays, large ones short steps
    cone: float | Literal["auto"] = "auto"
    near: float | Literal["auto"] = "auto"  # scene units
    guided: float = 0.0  # share of rays that look where training errs
    exposure: bool = False  # one gain per photo and colour
    appearance: int = 0  # numbers of each photo's code of light and colours: 0, 4, 8, 12 or 16
    refine_poses: bool = False  # move and turn photos to where they fit best
    refine_focal: bool = False  # one zoom per camera
    refine_after: int = 100  # steps before which the scene has no shape to fit to
    distortion: float | Literal["auto"] = "auto"  # weight of the loss that draws what a ray sees together
    smoothness: float = 0.0  # weight of the loss that wants neighbouring normals alike
    depth_weight: float = 0.0
    depth_noise: float = 0.01  # relative to the distance
    checkpoint_every: int = 500

    def __post_init__(self) -> None:
        checks = {
            "long_side": self.long_side >= 16,
            "batch_samples": 256 <= self.batch_samples <= 1 << 18,
            "learning_rate": 0 < self.learning_rate < 1,
            "huber": self.huber > 0,
            "average": 0 <= self.average < 1,
            "grid_every": self.grid_every >= 1,
            "steps_per_side": 16 <= self.steps_per_side <= 4096,
            "guided": 0 <= self.guided < 1,
            "coarse_steps": self.coarse_steps >= 0,
            "coarsest": self.coarsest >= 1,
            "appearance": self.appearance in (0, 4, 8, 12, 16),
            "distortion": self.distortion == "auto" or self.distortion >= 0,
            "smoothness": self.smoothness >= 0,
            "depth_weight": self.depth_weight >= 0,
            "depth_noise": self.depth_noise > 0,
            "checkpoint_every": self.checkpoint_every >= 1,
        }
        for name, good in checks.items():
            if not good:
                raise ValueError(f"training.{name}: out of range (got {getattr(self, name)})")
        if self.cuda_graphs and self.backend != "cuda":
            raise ValueError(f"training.cuda_graphs: needs the backend cuda (got {self.backend})")
