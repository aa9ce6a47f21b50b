"""A generator of a few objects' own: their field goes on learning from their pictures, beside everybody else's.

Pivotal tuning (Roich et al. 2021): styles come first and stay (`fitting`); then the weights that they make of the
field's layers are fitted, which show what no style can: this chair's legs, these stripes. Each object has its own.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from nerf.style.fields import MlpField, Shape
from nerf.style.fitting import Fit, Pictured
from nerf.style.generator import TRACED, StyleGenerator
from nerf.style.layers import ModulatedLinear, OwnLinear
from nerf.style.volume import span, stratified

LOOK_AGAIN, BINS = 50, 24
"""After how many steps it is seen anew where rays meet matter, and in how many parts of them."""


@dataclass(frozen=True)
class Tuning(Fit):
    """How long to tune. `rate` is that of Adam on weights whose rows have a length of about 1, and falls as in a fit;
    there are twice as many `samples`, half of them where matter was met.

    Measured in dB at views that were kept back of six fitted objects, which had 23.5: 24.2 with all samples spread
    evenly, 25.1 with half of them where matter was met, 26.0 when pixels were those of the picture and not of the grid
    of rays. Of four objects with stripes or bands, 150 steps gave 22.2 at a rate of 1e-3 and 22.1 at 3e-3; it takes
    300, with 23.7, until stripes stand clear.
    """

    steps: int = 300
    rays: int = 256
    samples: int = 7
    rate: float = 2e-3


def tuned(
    generator: StyleGenerator,
    ws: Float[Tensor, "batch layers style"],
    views: Float[Tensor, "batch views 3 h w"],
    world_from_camera: Float[np.ndarray, "batch views 4 4"],
    tuning: Tuning = Tuning(),
    masks: Float[Tensor, "batch views h w"] | None = None,
) -> StyleGenerator:
    """A generator that shows these objects as in their pictures on white, whatever the field's part of the styles is.

    It knows nothing but them, in this order; the one that was given stays as it is. Each object is tuned as if it were
    alone, and to every pixel: pictures look best `traced`.
    """
    own = owned(generator, ws)
    sizes = views.shape[-1], views.shape[-1] // 2
    pictured, smaller = (Pictured.of(views, world_from_camera, size, masks) for size in sizes)
    weights = [weight for weight in own.parameters() if weight.requires_grad]
    shape = own.prepare(ws)
    optimiser = torch.optim.Adam(weights, betas=(0.9, 0.99))
    for step in range(tuning.steps):
        if step % LOOK_AGAIN == 0:
            matter = _of_pixels(_matter(own, shape, smaller), sizes)
        random = torch.Generator().manual_seed(tuning.seed * 1_000_003 + step)
        error = pictured.error(own, shape, tuning, random, matter) * len(ws)
        for weight, slope in zip(weights, torch.autograd.grad(error, weights), strict=True):
            weight.grad = slope
        optimiser.param_groups[0]["lr"] = tuning.rate * (1 - 0.95 * step / tuning.steps)
        optimiser.step()
    optimiser.zero_grad()
    return own.requires_grad_(False)


@torch.no_grad()
def _matter(generator: StyleGenerator, shape: Shape, pictured: Pictured) -> Float[Tensor, "batch rays bins"]:
    """How much of each ray its parts take."""
    found = []
    rays = (torch.split(each, TRACED, 1) for each in (pictured.origins, pictured.directions))
    for at, along in zip(*rays, strict=True):
        distances = stratified(*span(at, along), BINS)
        found.append(generator.march(shape, at, along, distances).weights)
    return torch.cat(found, 1)


def _of_pixels(matter: Float[Tensor, "batch rays bins"], sizes: tuple[int, int]) -> Float[Tensor, "batch more bins"]:
    """What smaller pictures' rays met, for each ray of the pictures."""
    large, small = sizes
    nearest = torch.arange(large) * small // large
    grid = matter.reshape(len(matter), -1, small, small, matter.shape[-1])
    return grid[:, :, nearest][:, :, :, nearest].flatten(1, 3)


def owned(generator: StyleGenerator, ws: Float[Tensor, "batch layers style"]) -> StyleGenerator:
    """The same pictures of these styles by layers that are the objects' own, the only ones that can learn."""
    if not isinstance(generator.field, MlpField):
        raise ValueError(f"tuning: the generator's field must be mlp (got {generator.config.field})")
    own = copy.deepcopy(generator).requires_grad_(False)
    modulated = [(name, layer) for name, layer in own.field.named_modules() if isinstance(layer, ModulatedLinear)]
    for number, (name, layer) in enumerate(modulated):  # the density and the features share the last style
        own.field.set_submodule(name, layer.own(ws[:, min(number, own.field.n_styles - 1)]))
    return own


def own_layers(generator: StyleGenerator) -> dict[str, Float32[np.ndarray, "_ _ _"]]:
    """What `tuned` has learned, by the names of the field's layers."""
    layers = [(name, layer) for name, layer in generator.field.named_modules() if isinstance(layer, OwnLinear)]
    return {
        f"{name}.{part}": value.detach().cpu().numpy()
        for name, layer in layers
        for part, value in layer.named_parameters()
    }


def with_layers(
    generator: StyleGenerator,
    ws: Float[Tensor, "batch layers style"],
    layers: Mapping[str, Float32[np.ndarray, "_ _ _"]],
) -> StyleGenerator:
    """The generator of objects' own of which `own_layers` told."""
    own = owned(generator, ws)
    begun = own_layers(own)
    for name in sorted(begun.keys() | layers.keys()):
        allowed, given = (some[name].shape if name in some else "none" for some in (begun, layers))
        if allowed != given:
            raise ValueError(f"latent.own: {name} must have the shape {allowed} for this generator (got {given})")
    own.field.load_state_dict({name: torch.from_numpy(each.copy()) for name, each in layers.items()}, strict=False)
    return own.requires_grad_(False)
