"""Inversion: from one picture to a style of the generator and the camera, by a base and a refining encoder."""

from dataclasses import dataclass, field, replace

from nerf.style import inverter_files
from nerf.style.autoencoder import Autoencoder
from nerf.style.checkpoints import load_model
from nerf.style.examples import Examples, Recipe
from nerf.style.inversion import Search
from nerf.style.inversion_evaluation import agreement, camera_error, scores, turned_objects
from nerf.style.inversion_training import InversionTraining, measure_codes, train_base, train_camera
from nerf.style.inverter import Inverter, config_for, inverter_for
from nerf.style.refining_checkpoints import FILE, load_refining, save_refining
from nerf.style.refining_training import begin, train_refiner
from pipeline.training.objects import examples
from pipeline.training.run import TrainingRun
from pipeline.weights import identity

WEIGHTS, GENERATOR = "object-inversion", "object-generator"
SUMMARY = "One picture to a style of the generator and a camera: base encoder and refining encoder"
BASE, REFINING = "base", "refining"
EVERY, KEPT_EVERY = 50, 100


@dataclass(frozen=True)
class InversionPreset:
    """Sizes, data and lengths."""

    training: InversionTraining = field(default_factory=InversionTraining)
    recipe: Recipe = field(default_factory=lambda: Recipe(views=8))
    objects: int = 6000
    held_out: int = 16
    search: Search = field(default_factory=lambda: Search(free_camera=False))
    grid: int = 32
    rays: int = 160
    samples: int = 16
    looks: int = 24
    refine_channels: tuple[int, int, int] = (48, 80, 96)
    refine_width: int = 224
    camera_channels: tuple[int, int, int, int] = (32, 48, 64, 96)


PRESETS = {
    "tiny": InversionPreset(
        InversionTraining(
            base_steps=40, refine_steps=80, refine_batch=12, refine_rays=16, camera_steps=40,
            batch=12, rays=24, samples=6, near_surface=4,
        ),
        Recipe(views=5, size=32, points=256, captions=2, supersampling=1),
        objects=48, held_out=12, search=Search(steps=4, free_camera=False), grid=16, rays=64, samples=12, looks=6,
        refine_channels=(16, 16, 16), refine_width=48, camera_channels=(8, 16, 16, 16),
    ),
    "default": InversionPreset(),
}  # fmt: skip


def train_inversion(run: TrainingRun) -> dict[str, float]:
    """Train or go on, measure on validation objects turned by 30 degrees, and leave weights with their card."""
    chosen = PRESETS[run.preset]
    folder = run.source(GENERATOR)
    model = load_model(folder).requires_grad_(False).to(run.processes.device)
    learned = examples(run, "train", chosen.objects, chosen.recipe)
    training = replace(chosen.training, seed=run.step_seed)
    inverter = with_base(run, chosen, model, learned, training)
    refine(run, inverter, model, learned, training)
    inverter, model = inverter.cpu(), model.cpu()
    inverter_files.save(inverter, run.weights(WEIGHTS))
    figures = measure(inverter, model, chosen)
    data = f"{chosen.objects} objects of the library, {chosen.recipe.views} views of {chosen.recipe.size} pixels each"
    run.finish(WEIGHTS, SUMMARY, data, figures, {"generator": identity(folder)})
    return figures


def with_base(
    run: TrainingRun, chosen: InversionPreset, model: Autoencoder, learned: Examples, training: InversionTraining
) -> Inverter:
    """An inverter whose camera head and base encoder are trained, now or before this training was stopped."""
    stored = run.checkpoint / BASE
    if (stored / inverter_files.CONFIG).is_file():
        inverter = inverter_files.load(stored)
        run.processes.place(inverter)
        return inverter
    names = ("grid", "rays", "samples", "looks", "refine_channels", "refine_width", "camera_channels")
    inverter = inverter_for(model, config_for(model, **{name: getattr(chosen, name) for name in names}), run.seed)
    run.processes.place(inverter)
    measure_codes(inverter, model, learned)
    train_camera(inverter, learned, training, run.means(EVERY))
    train_base(inverter, model, learned, training, run.means(EVERY))
    inverter_files.save(inverter, stored)
    return inverter


def refine(
    run: TrainingRun, inverter: Inverter, model: Autoencoder, learned: Examples, training: InversionTraining
) -> None:
    """Train the refining encoder, or go on from where this was stopped."""
    stored = run.checkpoint / REFINING
    if (stored / FILE).is_file():
        state = load_refining(inverter, training, stored)
    else:
        state = begin(inverter, model, learned, training)
    tell = run.means(EVERY, training.base_steps)
    while state.step < training.refine_steps:
        train_refiner(state, model, learned, training, until=state.step + KEPT_EVERY, report=tell)
        save_refining(state, stored)


def measure(inverter: Inverter, model: Autoencoder, chosen: InversionPreset) -> dict[str, float]:
    """PSNR at the given view and at views turned by 30 degrees, of every way to invert, and what each costs."""
    turned = turned_objects("validation", chosen.held_out, chosen.recipe.size)
    figures: dict[str, float] = {}
    for name, score in scores(model, inverter, turned, replace(chosen.search, rounds=chosen.looks)).items():
        figures |= {
            f"{name}_psnr_given": score.given,
            f"{name}_psnr_turned": score.turned,
            f"{name}_object_psnr_turned": score.turned_object,
            f"{name}_cpu_s": score.cpu_s,
        }
    figures["azimuth_error_deg"], figures["elevation_error_deg"] = camera_error(inverter, turned)
    figures["code_ratio"], figures["code_retrieval"] = agreement(model, inverter, turned)
    return figures


def contrast_ablation(
    run: TrainingRun,
    steps: int,
    seeds: tuple[int, ...] = (0, 1, 2),
    *,
    weight: float = 0.05,
    objects: int = 800,
    held_out: int = 200,
) -> list[dict[str, float]]:
    """How alike codes of two views are, with and without the identity term, all else the same."""
    chosen = PRESETS[run.preset]
    model = load_model(run.source(GENERATOR)).requires_grad_(False)
    learned = examples(run, "train", objects, chosen.recipe)
    turned = turned_objects("validation", held_out, chosen.recipe.size)
    rows = []
    for seed in seeds:
        for contrast in (0.0, weight):
            inverter = inverter_for(model, config_for(model), seed)
            measure_codes(inverter, model, learned)
            training = replace(chosen.training, base_steps=steps, contrast=contrast, seed=seed)
            train_base(inverter, model, learned, training)
            ratio, found = agreement(model, inverter, turned)
            rows.append({"seed": seed, "contrast": contrast, "code_ratio": ratio, "code_retrieval": found})
    return rows
