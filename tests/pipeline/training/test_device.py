"""Losses of networks that lie on another device: torch's meta device has no numbers, and like a GPU refuses to compute
with tensors of the CPU."""

import copy

import numpy as np
import pytest
import torch
from torch import Tensor

from nerf.prior import training as prior
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.training import Pairs, PriorTraining
from nerf.style import codes
from nerf.style.adversarial import AdversarialTraining, begin, critic_losses, generator_losses
from nerf.style.autoencoder import Autoencoder, AutoencoderConfig, initial
from nerf.style.codes import CodesConfig
from nerf.style.examples import Examples, Recipe, draw
from nerf.style.generator import GeneratorConfig
from nerf.style.inversion_training import InversionTraining, base_losses, camera_loss, measure_codes
from nerf.style.inverter import Inverter, config_for, inverter_for
from nerf.style.losses import PatchBatch, PointBatch, Weights, patch_loss, points_loss
from nerf.style.refining_training import begin as begin_refining
from nerf.style.refining_training import losses as refining_losses

SIZES = AutoencoderConfig(
    GeneratorConfig(z=8, w=12, mapping_depth=2, width=8, depth=2, features=8, octaves=3), (8, 8, 8, 8)
)
POINTS, PATCHES = PointBatch(2, 8, 8), PatchBatch(2, 6, 4, 3)
INVERSION = InversionTraining(batch=2, rays=8, samples=3, near_surface=2, refine_batch=2, refine_rays=4)


@pytest.fixture(scope="module")
def few() -> Examples:
    return draw("train", range(4), Recipe(views=4, size=32, points=64, captions=1, supersampling=1))


def there(parts: dict[str, Tensor]) -> bool:
    """Whether all parts lie on the other device, and the way back to the weights does."""
    parts["total"].backward()  # type: ignore[no-untyped-call]
    return {value.device.type for value in parts.values()} == {"meta"}


def generator() -> Autoencoder:
    return initial(SIZES, 0).to("meta")


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_generator(few: Examples) -> None:
    assert there(points_loss(generator(), few, POINTS, Weights(), rng(), 1.0))
    assert there(patch_loss(generator(), few, PATCHES, Weights(), rng()))


def test_styles_of_objects(few: Examples) -> None:
    config = CodesConfig(points=POINTS, patches=PATCHES, encoded=2)
    state = codes.begin(generator(), few, config)
    state.codes.to("meta")
    for loss in (codes.codes_loss, codes.encoder_loss):
        assert there(loss(state, few, config, rng()))


def test_the_duel(few: Examples) -> None:
    training = AdversarialTraining(batch=2, path_pixels=4, samples=(5, 3), patches=PATCHES, mixing=1.0)
    model = generator()
    duel = begin(model, copy.deepcopy(model), 32, training)
    assert there(critic_losses(duel, few, training, rng(), 0))
    assert there(generator_losses(duel, few, training, rng(), 0))


def inverter(model: Autoencoder) -> Inverter:
    config = config_for(model, grid=16, samples=3, refine_channels=(8, 8, 8), refine_width=8, camera_channels=(8,) * 4)
    return inverter_for(model, config, 0)


def test_the_encoders_that_invert(few: Examples) -> None:
    model = initial(SIZES, 0).requires_grad_(False)
    made = inverter(model).to("meta")
    model = model.to("meta")
    measure_codes(made, model, few)
    assert there({"total": camera_loss(made, few, 2, rng())})
    assert there(base_losses(made, model, few, INVERSION, 0))
    state = begin_refining(made, model, few, INVERSION)
    parts, after = refining_losses(made, model, few, state.groups[0], INVERSION, 0)
    assert there(parts)
    assert there(refining_losses(made, model, few, after, INVERSION, 1)[0])


def test_the_prior() -> None:
    random = torch.Generator().manual_seed(0)
    pairs = Pairs(*(torch.randn(8, n, width, generator=random) for n, width in ((1, 6), (2, 5), (2, 5))))
    network = PriorNetwork(PriorConfig(w=6, condition=5, width=8, depth=1, heads=2)).to("meta")
    assert there(prior.losses(network, pairs, PriorTraining(batch=4, contrast=0.1), 0))


def test_what_stays_behind_is_noticed(few: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself: were one tensor not moved, it would say so."""
    model, moved = generator(), torch.Tensor.to
    points = few.surface.shape[-1:]
    monkeypatch.setattr(torch.Tensor, "to", lambda x, *args: x if x.shape[-1:] == points else moved(x, *args))
    with pytest.raises(RuntimeError, match="is not on the expected device"):
        points_loss(model, few, POINTS, Weights(), rng(), 1.0)
