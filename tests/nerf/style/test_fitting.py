import numpy as np
import torch
from torch import Tensor

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.examples import Examples
from nerf.style.fitting import Fit, _chosen, fitted
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


def test_masks_bring_silhouettes_nearer_than_colours_alone(few: Examples) -> None:
    model, objects, views = initial(preset("tiny").model, 0), np.arange(3), np.tile((0, 1), (3, 1))
    pictures, poses = view_tensor(few, objects, views), few.poses[objects[:, None], views].astype(np.float64)
    masks = torch.from_numpy(few.mask[objects[:, None], views].astype(np.float32)) / 255
    small = torch.nn.functional.avg_pool2d(masks, 2)[:, 0]
    away = []
    for known in (None, masks):
        ws = fitted(model, pictures, poses, FIT, known)
        with torch.no_grad():
            made = model.generator.render(ws, viewpoints.camera(few.rgb.shape[2]), poses[:, 0])
        away.append(float((made.opacity - small).square().mean()))
    assert away[1] < away[0]


def test_rays_go_to_objects_first_but_not_to_them_alone() -> None:
    is_near = torch.zeros(2, 400, dtype=torch.bool)
    is_near[:, :60] = True
    chosen = _chosen(is_near, 80, torch.Generator().manual_seed(0))
    near = (chosen < 60).sum(1)
    assert (near > 45).all()
    assert (near < 80).all()
    assert torch.equal(chosen[0], chosen[1])
