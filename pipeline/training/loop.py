"""The whole way round: words, style, renders, and back to words by the picture tower."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from nerf.objects import viewpoints
from nerf.objects.questions import ACCENTS, CHOSEN_BY, KINDS, PULLED_BY, SHADES
from nerf.prior.guide import Guide
from nerf.prior.latents import Sampling, sample_each
from nerf.prior.network import PriorNetwork
from nerf.prior.reader import StyleReader
from nerf.style.autoencoder import Autoencoder
from nerf.style.examples import Examples
from nerf.style.shape import pictures, pictures_and_opacity
from nerf.style.wholeness import WHOLENESS, wholeness
from pipeline.stages.sample_latent import FIRST, SAMPLES, SIDES
from vision.answers import AGREEMENT, agreement
from vision.encoders import Encoder, over_views, recall

VIEWS = 2
POSES = viewpoints.ring_of_poses(VIEWS, start=0.6)
LOOK, GLANCE = SAMPLES, (8, 4)
"""Samples along rays: for the pictures that count, and for those that leave a few of all candidates (a tenth of the
time)."""
SHORTLIST = 5
"""So many candidates are looked at as a job looks at all of its own: in full size, from the same sides."""
SIDES_CHOSEN_BY = viewpoints.ring_of_poses(SIDES, start=FIRST)
Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Networks:
    """What it takes to go round."""

    encoder: Encoder
    generator: Autoencoder
    prior: PriorNetwork
    size: int = 64
    reader: StyleReader | None = None


@dataclass(frozen=True, eq=False)
class Round:
    """What each prompt became: unit vectors of prompts and of the best candidate's renders, its style, the renders."""

    prompts: Array
    looks: Array
    styles: Array
    seen: Array

    @property
    def scores(self) -> Array:
        """Cosine between each prompt and its renders."""
        found: Array = (self.looks * self.prompts).sum(1)
        return found


def go_round(networks: Networks, prompts: Sequence[str], sampling: Sampling) -> Round:
    """Draw candidates for each prompt, glance at each from two sides, look at a few properly and keep the one that is
    most like the prompt. Nothing is optimised."""
    texts = networks.encoder.text(prompts)
    questions = [networks.encoder.text(list(each)) for each in CHOSEN_BY]
    pulled_by = [torch.from_numpy(networks.encoder.text(list(each))) for each in PULLED_BY]
    guide = None if networks.reader is None else Guide(networks.reader, pulled_by)
    drawn = sample_each(networks.prior, torch.from_numpy(texts), sampling, guide=guide)[:, :, 0].numpy()
    if sampling.candidates > 1:
        styles = np.stack([_best(networks, w, text, questions) for w, text in zip(drawn, texts, strict=True)])
    else:
        styles = drawn[:, 0]
    looks, seen = shown(networks, styles)
    return Round(texts, looks, styles, seen)


def shown(networks: Networks, styles: Array) -> tuple[Array, Array]:
    """A unit vector for each style from its renders, and these."""
    seen = pictures(networks.generator.generator, styles, viewpoints.camera(networks.size), POSES, LOOK)
    return looked_at(networks.encoder, seen), seen


def looked_at(encoder: Encoder, seen: Array) -> Array:
    """A unit vector for each object from all its pictures: (objects, views, h, w, 3) to (objects, width)."""
    objects, views = seen.shape[:2]
    parts = [
        encoder.pictures(list(some))
        for some in np.split(seen.reshape(-1, *seen.shape[2:]), range(64, objects * views, 64))
    ]
    found: Array = over_views(np.concatenate(parts).reshape(objects, views, -1))
    return found


def _best(networks: Networks, w: Array, text: Array, questions: Sequence[Array]) -> Array:
    """The candidate whose pictures are most like the prompt and answer questions as it does, and which is in one piece,
    of those whose small pictures are most like it."""

    def looked(some: Array, size: int, poses: Array, samples: tuple[int, int]) -> tuple[Array, Array]:
        camera = viewpoints.camera(size)
        shown, opacity = pictures_and_opacity(networks.generator.generator, some, camera, poses, samples)
        looks = looked_at(networks.encoder, shown)
        found: Array = looks @ text + AGREEMENT * agreement(text, looks, questions)
        return found, opacity

    small, _ = looked(w, networks.size // 2, POSES, GLANCE)
    few = w[np.argsort(-small, kind="stable")[:SHORTLIST]]
    likeness, opacity = looked(few, networks.size, SIDES_CHOSEN_BY, LOOK)
    best: Array = few[int((likeness + WHOLENESS * wholeness(opacity)).argmax())]
    return best


def own_wordings(unseen: Examples) -> list[str]:
    """The full caption of each object."""
    return [captions[0] for captions in unseen.captions]


def retrieval(texts: Array, looks: Array) -> dict[str, float]:
    """How often renders find their own text among 60, and among all."""
    return {
        "recall_1_of_60": recall(texts, looks, among=60),
        "recall_5_of_60": recall(texts, looks, among=60, first=5),
        "recall_1_of_all": recall(texts, looks),
    }


def kinds_and_colours(encoder: Encoder, looks: Array, truth: Sequence[Array]) -> dict[str, float]:
    """Share of renders of which the nearest kind of all kinds is true, the nearest colour, and the nearest colour of
    other parts, among those that have some.

    `truth` is `questions.answers` of the objects: both colours are true of what is striped in two.
    """
    kinds, shades, _, accents = truth
    asked = {"family": (KINDS, kinds), "colour": (SHADES, shades), "accent": (ACCENTS, accents)}
    found = {}
    for name, (question, shares) in asked.items():
        some = np.flatnonzero(shares.any(1))
        if len(some):
            found[name] = float((shares[some, told(encoder, looks[some], question)] > 0).mean())
    return found


def told(encoder: Encoder, looks: Array, question: Sequence[str]) -> Array:
    """For each unit vector of pictures the number of the sentence that lies closest."""
    nearest: Array = (looks @ encoder.text(list(question)).T).argmax(1)
    return nearest
