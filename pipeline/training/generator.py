"""The style-based radiance field and its encoder, trained to rebuild objects: points first, then volume rendering."""

from dataclasses import replace

import numpy as np

from nerf.style.autoencoder import Autoencoder
from nerf.style.checkpoints import load_run, save_model, save_run
from nerf.style.evaluation import reconstruction
from nerf.style.examples import Examples
from nerf.style.presets import preset
from nerf.style.training import start, train
from pipeline.training.objects import examples, first_of
from pipeline.training.run import TrainingRun

WEIGHTS = "object-generator"
SUMMARY = "Styles and cameras to pictures and fields of objects, with the encoder that finds the style of views"
EVERY = 200


def train_generator(run: TrainingRun) -> dict[str, float]:
    """Train or go on, measure on validation objects, and leave weights with their card."""
    chosen = preset(run.preset)
    training = replace(chosen.training, seed=run.seed)
    learned = examples(run, "train", chosen.objects, chosen.recipe)
    unseen = examples(run, "validation", chosen.held_out, chosen.recipe)
    is_begun = (run.checkpoint / "step.json").is_file()
    state = load_run(run.checkpoint) if is_begun else start(chosen.model, training)
    recent: dict[str, list[float]] = {}

    def tell(step: int, parts: dict[str, float]) -> None:
        for name, value in parts.items():
            recent.setdefault(name, []).append(value)
        if step % EVERY == 0:
            run.log(step, {name: float(np.mean(values)) for name, values in recent.items()})
            recent.clear()

    while state.step < training.steps:
        until = min(state.step + EVERY, training.steps)
        train(state, learned, training, until=until, report=tell)
        save_run(state, run.checkpoint)
        if state.step % (25 * EVERY) == 0:
            run.log(state.step, measure(state.averaged, first_of(unseen, 24)))
            sheet(state.averaged, first_of(unseen, 12), run)
    figures = measure(state.averaged, unseen)
    sheet(state.averaged, first_of(unseen, 12), run)
    save_model(state.averaged, run.weights(WEIGHTS))
    data = f"{chosen.objects} objects of the library, {chosen.recipe.views} views of {chosen.recipe.size} pixels each"
    run.finish(WEIGHTS, SUMMARY, data, figures)
    return figures


def measure(model: Autoencoder, unseen: Examples) -> dict[str, float]:
    """PSNR and silhouette overlap at kept-back views of objects given by three views, and by one."""
    three, one = reconstruction(model, unseen), reconstruction(model, unseen, given=(0,))
    return {
        "psnr_3_views": three.psnr,
        "object_psnr_3_views": three.object_psnr,
        "iou_3_views": three.iou,
        "psnr_1_view": one.psnr,
        "iou_1_view": one.iou,
    }


def sheet(model: Autoencoder, unseen: Examples, run: TrainingRun) -> None:
    """A picture: a view of each object as it is, and as it is rebuilt from other views."""
    import torch
    from PIL import Image

    from nerf.objects import viewpoints
    from nerf.style.losses import view_tensor

    objects = np.arange(len(unseen))
    with torch.no_grad():
        w = model.invert(view_tensor(unseen, objects, np.tile((0, 1, 2), (len(objects), 1))))
        camera = viewpoints.camera(unseen.rgb.shape[2])
        poses = unseen.poses[:, 3].astype(np.float64)
        made = model.generator.render(model.generator.styles(w), camera, poses).rgb.clamp(0, 1)
    rebuilt = np.round(made.permute(0, 2, 3, 1).numpy() * 255).astype(np.uint8)
    rows = [np.concatenate(list(pictures), 1) for pictures in (unseen.rgb[:, 3], rebuilt)]
    folder = run.folder / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows)).save(folder / f"{run.name}.png")
