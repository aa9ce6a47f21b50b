"""The whole way round: words, style, renders, and back to words by the picture tower."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from nerf.objects import viewpoints
from nerf.objects.captions import short_caption
from nerf.objects.library import FAMILIES
from nerf.objects.palette import COLOURS
from nerf.prior.latents import Sampling, sample
from nerf.prior.network import PriorNetwork
from nerf.style.autoencoder import Autoencoder
from nerf.style.shape import pictures
from vision.encoders import Encoder, over_views, recall

VIEWS = 2
Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Networks:
    """What it takes to go round."""

    encoder: Encoder
    generator: Autoencoder
    prior: PriorNetwork
    size: int = 64


@dataclass(frozen=True, eq=False)
class Round:
    """What each prompt became: unit vectors of the prompts and of the renders of the best candidate, and its style."""

    prompts: Array
    looks: Array
    styles: Array

    @property
    def scores(self) -> Array:
        """Cosine between each prompt and its renders."""
        found: Array = (self.looks * self.prompts).sum(1)
        return found


def go_round(networks: Networks, prompts: Sequence[str], sampling: Sampling) -> Round:
    """Draw candidates for each prompt, look at each from two sides, and keep the one most like the prompt."""
    texts = networks.encoder.text(prompts)
    camera = viewpoints.camera(networks.size)
    poses = viewpoints.ring_of_poses(VIEWS, start=0.6)
    looks, styles = [], []
    for text in texts:
        w = sample(networks.prior, torch.from_numpy(text), sampling)[:, 0].numpy()
        seen = pictures(networks.generator.generator, w, camera, poses)
        each = over_views(np.stack([networks.encoder.pictures(list(views)) for views in seen]))
        best = int((each @ text).argmax())
        looks.append(each[best])
        styles.append(w[best])
    return Round(texts, np.stack(looks), np.stack(styles))


def retrieval(texts: Array, looks: Array) -> dict[str, float]:
    """How often renders find their own text among 60, and among all."""
    return {
        "recall_1_of_60": recall(texts, looks, among=60),
        "recall_5_of_60": recall(texts, looks, among=60, first=5),
        "recall_1_of_all": recall(texts, looks),
    }


def kinds_and_colours(
    encoder: Encoder, looks: Array, families: Sequence[str], colours: Sequence[str]
) -> dict[str, float]:
    """Share of renders whose family is the nearest of all families' names, and whose colour that of all colours'."""
    names = list(FAMILIES)
    by_family = np.stack([encoder.text([short_caption(name, colour) for colour in COLOURS]).mean(0) for name in names])
    found = [names[i] for i in (looks @ by_family.T).argmax(1)]
    shades = list(COLOURS)
    told = []
    for look, family in zip(looks, families, strict=True):
        told.append(shades[int((encoder.text([short_caption(family, shade) for shade in shades]) @ look).argmax())])
    return {
        "family": float(np.mean([a == b for a, b in zip(found, families, strict=True)])),
        "colour": float(np.mean([a == b for a, b in zip(told, colours, strict=True)])),
    }
