"""The trainings there are: name, what it makes, and where its function lies. `scenewright train` is read off it."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.training.run import TrainingRun


@dataclass(frozen=True)
class Training:
    """One entry; `function` is `module:name`, loaded when it is run. `shared` ones take a GPU, and several processes
    may share their steps. `published` is the function for a published StyleNeRF in place of our generator."""

    summary: str
    function: str
    presets: tuple[str, ...] = ("tiny", "default")
    shared: bool = False
    published: str = ""

    def load(self, *, published: bool = False) -> Callable[[TrainingRun], dict[str, float]]:
        """The function: a run in, figures on held-out data out."""
        module, _, name = (self.published if published else self.function).partition(":")
        found: Callable[[TrainingRun], dict[str, float]] = getattr(importlib.import_module(module), name)
        return found


TRAININGS: dict[str, Training] = {
    "words": Training("what common words mean, from a packaged sentence model", "pipeline.training.words:train_words"),
    "data": Training(
        "examples of the object library, and a sheet of them",
        "pipeline.training.objects:draw_data",
        ("tiny", "default", "gpu"),
    ),
    "encoder": Training("words and pictures of objects to one space", "pipeline.training.encoder:train_encoder"),
    "generator": Training(
        "styles to fields and pictures of objects",
        "pipeline.training.generator:train_generator",
        ("tiny", "default", "gpu"),
        shared=True,
    ),
    "adversarial": Training(
        "sharper pictures of the generator, on a GPU", "pipeline.training.adversarial:train_adversarial", shared=True
    ),
    "inversion": Training(
        "a picture to a style of the generator and a camera", "pipeline.training.inversion:train_inversion", shared=True
    ),
    "prior": Training(
        "embeddings to styles of the generator",
        "pipeline.training.prior:train_prior",
        shared=True,
        published="pipeline.training.prior_published:train_published_prior",
    ),
    "depth": Training("a photo to inverse depth, on made-up scenes", "pipeline.training.depth:train_photo_depth"),
    "inpaint": Training("hidden colours of a layered photo", "pipeline.training.inpaint:train_photo_inpainter"),
}
