"""The style-based radiance field and its encoder, trained to rebuild objects: points first, then volume rendering,
then styles of the objects' own."""

from dataclasses import replace

import numpy as np

from nerf.style import codes
from nerf.style.autoencoder import Autoencoder
from nerf.style.checkpoints import load_codes, load_run, save_codes, save_model, save_run, save_styles
from nerf.style.evaluation import reconstruction, refitted
from nerf.style.examples import Examples
from nerf.style.fitting import Fit
from nerf.style.presets import Preset, preset
from nerf.style.training import start, train
from nerf.style.tuning import Tuning
from pipeline.training.objects import examples, first_of
from pipeline.training.run import TrainingRun

WEIGHTS = "object-generator"
SUMMARY = "Styles and cameras to pictures and fields of objects, with the encoder that finds the style of views"
EVERY = 200
REFITTED = 12
"""Objects that styles and weights are fitted to, at most a quarter of all: it takes ten seconds for each."""


def train_generator(run: TrainingRun) -> dict[str, float]:
    """Train or go on, measure on validation objects, and leave weights with their card."""
    chosen = preset(run.preset)
    learned = examples(run, "train", chosen.objects, chosen.recipe)
    unseen = examples(run, "validation", chosen.held_out, chosen.recipe)
    half = chosen.codes.half if run.half is None else run.half
    codes_config = replace(chosen.codes, seed=run.step_seed, half=half)
    styles_folder = run.checkpoint / "styles"
    if (styles_folder / "step.json").is_file():
        state = load_codes(styles_folder, codes_config)
    else:
        state = codes.begin(_encoded(run, chosen, learned), learned, codes_config)
    for network in (state.model, state.averaged, state.codes):
        run.processes.place(network)
    for optimiser in (state.optimiser, state.code_optimiser):
        run.processes.place_moments(optimiser)
    state.begun = state.begun.to(run.processes.device)
    tell = run.means(EVERY, chosen.training.steps)
    while state.step < codes_config.all_steps:
        until = min(state.step + EVERY, codes_config.all_steps)
        codes.train(state, learned, codes_config, until=until, report=tell)
        save_codes(state, styles_folder)
    figures = measure(state.averaged, unseen, chosen.tuning)
    sheet(state.averaged, first_of(unseen, 12), run)
    save_model(state.averaged, run.weights(WEIGHTS))
    save_styles(state.codes.weight, run.weights(WEIGHTS))
    data = f"{chosen.objects} objects of the library, {chosen.recipe.views} views of {chosen.recipe.size} pixels each"
    run.finish(WEIGHTS, SUMMARY, data, figures)
    return figures


def _encoded(run: TrainingRun, chosen: Preset, learned: Examples) -> Autoencoder:
    """The model after the phases in which styles are the encoder's: points, then volume rendering."""
    half = chosen.training.half if run.half is None else run.half
    training = replace(chosen.training, seed=run.step_seed, half=half)
    is_begun = (run.checkpoint / "step.json").is_file()
    state = load_run(run.checkpoint) if is_begun else start(chosen.model, replace(training, seed=run.seed))
    for network in (state.model, state.averaged):
        run.processes.place(network)
    run.processes.place_moments(state.optimiser)
    while state.step < training.steps:
        until = min(state.step + EVERY, training.steps)
        train(state, learned, training, until=until, report=run.means(EVERY))
        save_run(state, run.checkpoint)
    return state.averaged


def measure(model: Autoencoder, unseen: Examples, tuning: Tuning) -> dict[str, float]:
    """PSNR and silhouette overlap at kept-back views of objects given by three views and by one, and of some by three
    after styles were fitted, after weights were tuned, and with a ray for every pixel."""
    three, one = reconstruction(model, unseen), reconstruction(model, unseen, given=(0,))
    again = refitted(model, first_of(unseen, min(REFITTED, -(-len(unseen) // 4))), Fit(), tuning)
    found = {
        "psnr_3_views": three.psnr,
        "object_psnr_3_views": three.object_psnr,
        "iou_3_views": three.iou,
        "psnr_1_view": one.psnr,
        "iou_1_view": one.iou,
    }
    for name, quality in again.items():
        for figure, value in vars(quality).items():
            found[f"{name}_{figure}_3_views"] = value
    return found


def sheet(model: Autoencoder, unseen: Examples, run: TrainingRun) -> None:
    """A picture: a view of each object as it is, and as it is rebuilt from other views."""
    import torch
    from PIL import Image

    from nerf.objects import viewpoints
    from nerf.style.losses import view_tensor

    objects = np.arange(len(unseen))
    with torch.no_grad():
        views = view_tensor(unseen, objects, np.tile((0, 1, 2), (len(objects), 1)))
        w = model.invert(views.to(model.generator.mapping.mean.device))
        camera = viewpoints.camera(unseen.rgb.shape[2])
        poses = unseen.poses[:, 3].astype(np.float64)
        made = model.generator.render(model.generator.styles(w), camera, poses).rgb.clamp(0, 1)
    rebuilt = np.round(made.permute(0, 2, 3, 1).cpu().numpy() * 255).astype(np.uint8)
    rows = [np.concatenate(list(pictures), 1) for pictures in (unseen.rgb[:, 3], rebuilt)]
    folder = run.folder / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows)).save(folder / f"{run.name}.png")
