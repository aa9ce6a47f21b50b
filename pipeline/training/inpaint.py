"""The partial-convolution network that paints the hidden parts of a layered photo."""

from pipeline.training.pictures import pictures
from pipeline.training.run import TrainingRun
from vision.inpaint_partial import save_network
from vision.inpaint_training import TINY, InpaintTraining, held_out_error, train_inpainter

WEIGHTS = "photo-inpaint"
SUMMARY = "Hidden colours of a layered photo, on the links of its layers"
PRESETS = {"tiny": TINY, "default": InpaintTraining()}
SIDE = 640


def train_photo_inpainter(run: TrainingRun) -> dict[str, float]:
    """Train on all pictures but the last, measure on that one, and leave weights with their card."""
    from dataclasses import replace

    chosen = replace(PRESETS[run.preset], seed=run.seed)
    *learned, unseen = pictures(run, SIDE)

    def tell(share: float, text: str) -> None:
        run.log(round(share * chosen.steps), {"loss": float(text.removeprefix("loss "))})

    network = train_inpainter(learned or [unseen], chosen, progress=tell)
    error, smooth = held_out_error(network, [unseen], chosen)
    figures = {"error": error, "smooth_error": smooth}
    folder = run.weights(WEIGHTS)
    folder.mkdir(parents=True, exist_ok=True)
    save_network(network, folder / "weights.safetensors")
    run.finish(WEIGHTS, SUMMARY, f"crops of {len(learned)} pictures", figures)
    return figures
