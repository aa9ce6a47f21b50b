import numpy as np
import torch

from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.examples import Examples, Recipe, draw
from nerf.style.losses import (
    PatchBatch,
    PointBatch,
    Weights,
    _patches,
    colour_error,
    identity_loss,
    patch_loss,
    points_loss,
)
from nerf.style.presets import preset


def model() -> Autoencoder:
    return initial(preset("tiny").model, 0)


def test_both_phases_reach_encoder_and_field(few: Examples) -> None:
    for phase in (
        lambda m, rng: points_loss(m, few, PointBatch(4, 16, 16), Weights(), rng, 1.0),
        lambda m, rng: patch_loss(m, few, PatchBatch(4, 6, 6, 2), Weights(), rng),
    ):
        made = model()
        phase(made, np.random.default_rng(0))["total"].backward()
        for weights in (made.encoder.mean.weight, made.generator.field.density.weight, made.generator.colour.weight):
            assert weights.grad is not None
            assert weights.grad.abs().sum() > 0


def test_the_same_generator_of_random_numbers_gives_the_same_loss(few: Examples) -> None:
    made = model()
    a, b, c = (
        float(
            points_loss(made, few, PointBatch(4, 16, 16), Weights(), np.random.default_rng(seed), 1.0)["total"].detach()
        )
        for seed in (3, 3, 4)
    )
    assert a == b != c


def test_a_patchs_distances_lie_on_the_surface() -> None:
    """Where a ray's recorded distance ends, the object's surface points are near."""
    rng = np.random.default_rng(0)
    dense = draw("train", range(3), Recipe(views=1, size=32, points=3000, captions=1))
    target = _patches(dense, np.arange(3), np.zeros(3, np.int64), 1, 10, rng)
    ends = target.origins + target.directions * target.distance[..., None]
    for item in range(3):
        hit = ends[item][target.mask[item] == 1].numpy()
        gap = np.linalg.norm(hit[:, None] - dense.surface[item][None].astype(np.float32), axis=-1).min(1)
        assert np.median(gap) < 0.03
        assert np.linalg.norm(hit, axis=1).max() < 0.63


def test_coarse_and_fine_patches_show_the_same_place(few: Examples) -> None:
    target = _patches(few, np.arange(6), np.zeros(6, np.int64), 2, 6, np.random.default_rng(1))
    assert torch.allclose(torch.nn.functional.avg_pool2d(target.fine, 2), target.coarse, atol=1e-5)


def test_colour_error_by_hand() -> None:
    assert abs(float(colour_error(torch.tensor([0.5, 0.0]), torch.zeros(2))) - (0.25 + 3 * 0.125)) < 1e-6


def test_identity_loss_is_low_for_matching_views_only() -> None:
    a = torch.eye(4)
    assert identity_loss(a, a) < 0.01
    assert identity_loss(a, a.roll(1, 0)) > 5
