"""Photographs to learn from: a person's own, or the free ones that scikit-image carries."""

import importlib.util
from pathlib import Path

import numpy as np

from pipeline.training.run import TrainingRun
from vision.photo import read_photo

CARRIED = (
    "brick.png",
    "grass.png",
    "gravel.png",
    "coffee.png",
    "chelsea.png",
    "rocket.jpg",
    "hubble_deep_field.jpg",
    "astronaut.png",
)
"""In the public domain or CC0."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def pictures(run: TrainingRun, side: int) -> list[np.ndarray]:
    """Those in the folder `pictures` beside the training's data, else those that scikit-image carries."""
    own = run.folder / "pictures"
    if own.is_dir():
        paths = sorted(path for path in own.iterdir() if path.suffix.lower() in SUFFIXES)
    else:
        paths = [carried() / name for name in CARRIED]
    if not paths:
        raise ValueError(f"{own}: holds no picture to learn from (allowed: {', '.join(SUFFIXES)})")
    return [read_photo(path, max_side=side).rgb for path in paths]


def carried() -> Path:
    """The folder of scikit-image's pictures."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        raise ImportError("pictures to learn from come with scikit-image: pip install scenewright")
    return Path(found.origin).parent / "data"
