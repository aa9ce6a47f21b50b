from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.examples import Examples, Recipe, draw
from nerf.style.fitting import Fit, fitted
from nerf.style.generator import GeneratorConfig, StyleGenerator
from nerf.style.losses import view_tensor
from nerf.style.presets import preset
from nerf.style.tuning import Tuning, own_layers, owned, tuned, with_layers

GIVEN, KEPT_BACK = (0, 1, 2, 3, 4), 5
TUNING = Tuning(steps=40, rays=96, samples=12, rate=2e-3)
Pictures = tuple[Tensor, np.ndarray, Tensor]


@pytest.fixture(scope="module")
def seen() -> Examples:
    """Three objects from many sides."""
    return draw("train", range(3), Recipe(views=6, size=32, points=16, captions=1, supersampling=1))


def pictures_of(seen: Examples, count: int) -> Pictures:
    """Given views of the first objects, their cameras and masks."""
    objects, views = np.arange(count), np.tile(GIVEN, (count, 1))
    masks = torch.from_numpy(seen.mask[objects[:, None], views].astype(np.float32)) / 255
    return view_tensor(seen, objects, views), seen.poses[objects[:, None], views].astype(np.float64), masks


def wrong(generator: StyleGenerator, ws: Tensor, seen: Examples, view: int) -> float:
    """How far pictures are from one of the objects' views."""
    objects = np.arange(len(ws))
    made = generator.traced(ws, viewpoints.camera(seen.rgb.shape[2]), seen.poses[objects, view].astype(np.float64))
    return float((made.rgb - view_tensor(seen, objects, np.full((len(ws), 1), view))[:, 0]).square().mean())


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    return initial(preset("tiny").model, 0).requires_grad_(False)


@pytest.fixture(scope="module")
def ws(model: Autoencoder, seen: Examples) -> Tensor:
    pictures, poses, masks = pictures_of(seen, 3)
    return fitted(model, pictures, poses, Fit(steps=40, rays=96, samples=12, rate=0.1), masks)


def test_tuned_weights_show_objects_better_from_sides_that_were_kept_back_and_leave_the_shared_ones_alone(
    model: Autoencoder, ws: Tensor, seen: Examples
) -> None:
    pictures, poses, masks = pictures_of(seen, 3)
    before = {name: value.clone() for name, value in model.generator.state_dict().items()}
    own, again = (tuned(model.generator, ws, pictures, poses, TUNING, masks) for _ in range(2))
    assert wrong(own, ws, seen, GIVEN[0]) < 0.8 * wrong(model.generator, ws, seen, GIVEN[0])
    assert wrong(own, ws, seen, KEPT_BACK) < 0.9 * wrong(model.generator, ws, seen, KEPT_BACK)
    assert all(torch.equal(value, before[name]) for name, value in model.generator.state_dict().items())
    assert all(torch.equal(a, b) for a, b in zip(own.parameters(), again.parameters(), strict=True))
    assert not any(weight.requires_grad for weight in own.parameters())


def test_no_object_is_tuned_by_another(model: Autoencoder, ws: Tensor, seen: Examples) -> None:
    short = replace(TUNING, steps=2)
    pictures, poses, masks = pictures_of(seen, 3)
    together = tuned(model.generator, ws, pictures, poses, short, masks).field.density
    alone = tuned(model.generator, ws[:1], pictures[:1], poses[:1], short, masks[:1]).field.density
    moved = together.weight[:1] - owned(model.generator, ws).field.density.weight[:1]
    assert moved.abs().max() > 1e-3
    apart = together.weight[:1] - alone.weight  # the depths of samples are drawn anew
    assert apart.abs().mean() < 0.2 * moved.abs().mean()


def test_own_layers_begin_as_the_styles_had_them(model: Autoencoder, ws: Tensor) -> None:
    shot = viewpoints.camera(16), viewpoints.ring_of_poses(len(ws))
    with torch.no_grad():
        shared, own = (made.render(ws, *shot) for made in (model.generator, owned(model.generator, ws)))
    assert torch.allclose(own.rgb, shared.rgb, atol=1e-6)
    assert torch.allclose(own.opacity, shared.opacity, atol=1e-6)


def test_own_layers_come_back_as_arrays_and_fit_their_generator_alone(
    model: Autoencoder, ws: Tensor, seen: Examples
) -> None:
    pictures, poses, masks = pictures_of(seen, 1)
    own = tuned(model.generator, ws[:1], pictures, poses, replace(TUNING, steps=2), masks)
    back = with_layers(model.generator, ws[:1], own_layers(own))
    assert wrong(back, ws[:1], seen, 0) == wrong(own, ws[:1], seen, 0) != wrong(model.generator, ws[:1], seen, 0)
    with pytest.raises(ValueError, match=r"density.bias must have the shape \(3, 1, 1\) .*got \(1, 1, 1\)"):
        with_layers(model.generator, ws, own_layers(own))
    with pytest.raises(ValueError, match=r"other must have the shape none .*got \(1, 1, 1\)"):
        with_layers(model.generator, ws[:1], own_layers(own) | {"other": np.zeros((1, 1, 1), np.float32)})


def test_planes_are_not_tuned() -> None:
    planes = StyleGenerator(GeneratorConfig(z=8, w=12, width=16, field="triplane", plane_size=8, plane_channels=4))
    with pytest.raises(ValueError, match=r"tuning: the generator's field must be mlp \(got triplane\)"):
        owned(planes, torch.zeros(1, planes.n_styles, 12))
