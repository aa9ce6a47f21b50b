"""How much predicted styles depend on the view that the embedding was taken from."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from nerf.prior.latents import Sampling, guided
from nerf.prior.network import PriorNetwork
from nerf.prior.samplers import ddim
from nerf.prior.schedule import descending


@dataclass(frozen=True)
class Invariance:
    """`ratio`: variance over views by variance over objects (lower is better); `retrieval`: share of objects found
    again among all by the style from another view; `error`: mean squared error to the true styles, z-scored."""

    ratio: float
    retrieval: float
    error: float


@torch.no_grad()
def invariance(
    network: PriorNetwork,
    styles: Float[Tensor, "objects tokens style"],
    pictures: Float[Tensor, "objects views condition"],
    settings: Sampling = Sampling(guidance=1.0),  # noqa: B008
) -> Invariance:
    """Styles for each view of each object from one shared noise, compared."""
    objects, views = pictures.shape[:2]
    one = torch.randn(1, *styles.shape[1:], generator=torch.Generator().manual_seed(settings.seed))
    model = guided(network, pictures.flatten(0, 1), settings.guidance)
    drawn = ddim(model, one.expand(objects * views, -1, -1), descending(settings.steps))
    found = drawn.reshape(objects, views, -1)
    ratio = found.var(1).sum(-1).mean() / found.mean(1).var(0).sum()
    first, second = functional.normalize(found[:, 0], dim=-1), functional.normalize(found[:, 1], dim=-1)
    retrieval = ((first @ second.T).argmax(1) == torch.arange(objects)).float().mean()
    error = (found - network.scored(styles).flatten(1)[:, None]).square().mean()
    return Invariance(float(ratio), float(retrieval), float(error))
