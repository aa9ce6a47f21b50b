import numpy as np
import torch
from torch import Tensor

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.examples import Examples
from nerf.style.fitting import Fit, fitted
from nerf.style.losses import view_tensor
from nerf.style.presets import preset

FIT = Fit(steps=25, rays=64, samples=12, rate=0.1)


def wrong(model: Autoencoder, ws: Tensor, few: Examples, objects: np.ndarray) -> float:
    """How far pictures of these styles are from an object's first view."""
    poses = few.poses[objects, 0].astype(np.float64)
    with torch.no_grad():
        made = model.generator.render(ws, viewpoints.camera(few.rgb.shape[2]), poses)
    wanted = view_tensor(few, objects, np.zeros((len(objects), 1), int))[:, 0]
    return float((made.rgb - wanted).square().mean())


def test_fitted_styles_show_the_given_pictures_better_and_no_object_is_fitted_by_another(few: Examples) -> None:
    model, objects, views = initial(preset("tiny").model, 0), np.arange(3), np.tile((0, 1), (3, 1))
    pictures, poses = view_tensor(few, objects, views), few.poses[objects[:, None], views].astype(np.float64)
    ws = fitted(model, pictures, poses, FIT)
    with torch.no_grad():
        begun = model.generator.styles(model.invert(pictures))
    assert wrong(model, ws, few, objects) < 0.9 * wrong(model, begun, few, objects)
    short = Fit(steps=2, rays=64, samples=12)
    together, alone = fitted(model, pictures, poses, short), fitted(model, pictures[:1], poses[:1], short)
    assert torch.allclose(together[:1] - begun[:1], alone - begun[:1], rtol=0.05, atol=1e-4)
