"""The partial-convolution network that paints the hidden parts of a layered photo."""

import numpy as np
from PIL import Image

from pipeline.training.pictures import pictures
from pipeline.training.run import TrainingRun
from vision.depth_scenes import make_scene
from vision.inpaint_partial import save_network
from vision.inpaint_training import TINY, InpaintTraining, held_out_error, train_inpainter

WEIGHTS = "photo-inpaint"
SUMMARY = "Hidden colours of a layered photo, on the links of its layers"
PRESETS = {"tiny": TINY, "default": InpaintTraining()}
SIDE = 640
SCENE, TEXTURE = 288, 256


def train_photo_inpainter(run: TrainingRun) -> dict[str, float]:
    """Train on all pictures but the last, measure on that one, and leave weights with their card."""
    from dataclasses import replace

    chosen = replace(PRESETS[run.preset], seed=run.seed)
    *learned, unseen = pictures(run, SIDE)
    made_up = scenes(chosen, learned)
    run.checkpoint.mkdir(parents=True, exist_ok=True)

    def tell(share: float, text: str) -> None:
        step = round(share * chosen.steps)
        if step % 50 == 0 or share == 1:
            run.log(step, {"loss": float(text.removeprefix("loss "))})

    network = train_inpainter(
        learned or [unseen],
        chosen,
        scenes=made_up,
        checkpoint=run.checkpoint / "inpaint.safetensors",
        progress=tell,
    )
    error, smooth = held_out_error(network, [unseen], chosen)
    figures = {"error": error, "smooth_error": smooth}
    folder = run.weights(WEIGHTS)
    folder.mkdir(parents=True, exist_ok=True)
    save_network(network, folder / "weights.safetensors")
    run.finish(WEIGHTS, SUMMARY, f"crops of {len(learned)} pictures and {len(made_up)} made-up scenes", figures)
    return figures


def scenes(training: InpaintTraining, textures: list[np.ndarray]) -> list[np.ndarray]:
    """Pictures of made-up scenes whose surfaces show the photographs: straight edges, which photographs lack."""
    rng = np.random.default_rng([training.seed, 1])
    side = (TEXTURE, TEXTURE)
    squares = [np.array(Image.fromarray(picture).resize(side)) for picture in textures]
    return [make_scene(rng, height=SCENE, width=SCENE, textures=squares).rgb for _ in range(training.scenes)]
