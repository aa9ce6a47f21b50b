"""What words that become objects are worth, measured on test objects: other shapes, other pairs of kind and colour."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import torch

from nerf.objects import viewpoints
from nerf.objects.captions import full_caption
from nerf.objects.library import make
from nerf.objects.questions import answers, own_colours
from nerf.prior import latents
from nerf.prior.distillation import MAPPING, load_mapping
from nerf.prior.latents import Sampling
from nerf.prior.reader import READER, load_reader
from nerf.style.checkpoints import load_model
from nerf.style.codes import encoded_styles
from nerf.style.examples import Examples, Recipe
from nerf.style.fitting import Fit, fitted
from nerf.style.losses import all_views
from nerf.style.shape import pictures
from nerf.style.tuning import Tuning
from pipeline.training.generator import measure
from pipeline.training.loop import (
    LOOK,
    VIEWS,
    Networks,
    go_round,
    kinds_and_colours,
    looked_at,
    own_wordings,
    retrieval,
    shown,
)
from pipeline.training.objects import examples, first_of
from pipeline.training.run import TrainingRun
from pipeline.training.witness import Classifier, Features, fit, frechet, kernel_distance
from vision import encoders_dual
from vision.encoders_dual import DualEncoder

RECIPE = Recipe(views=8)
SAMPLING = Sampling(candidates=16, drawn=2)
FITTED = 1500
"""Training objects whose real renders the second judge learns from."""
SEARCH = Fit(steps=100)
SEARCHED = 40
"""Test objects whose styles are searched for: some seconds each."""
REBUILT = 100
"""Test objects that are rebuilt from views: enough for a tenth of a decibel."""
TUNING = Tuning()
Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Witness:
    """The second judge: see `witness`."""

    features: Features
    family: Classifier
    colour: Classifier


@dataclass(frozen=True, eq=False)
class Case:
    """What there is to judge, and who judges."""

    run: TrainingRun
    networks: Networks
    witness: Witness | None
    unseen: Examples
    sampling: Sampling


def judge_objects(
    run: TrainingRun, count: int, sampling: Sampling = SAMPLING, only: Sequence[str] = ()
) -> dict[str, float]:
    """Figures of the whole way from words to an object, those of real renders beside them."""
    prior = run.source("object-prior")
    networks = Networks(
        DualEncoder(encoders_dual.load(run.source("object-encoder"))),
        load_model(run.source("object-generator")),
        latents.load(prior),
        RECIPE.size,
        load_reader(prior / READER) if (prior / READER).is_file() else None,
    )
    unseen = examples(run, "test", count, RECIPE)
    judge = None if list(only) == ["rebuilt"] else second_judge(run)
    case = Case(run, networks, judge, unseen, replace(sampling, seed=run.seed))
    figures: dict[str, float] = {}
    for name, part in PARTS.items():
        if name in only or not only:
            found = part(case)
            run.log(len(figures), found)
            figures |= found
    return figures


def rebuilt(case: Case) -> dict[str, float]:
    """PSNR and silhouette overlap of objects given by three views and by one, and of some that were fitted to three."""
    return measure(case.networks.generator, first_of(case.unseen, REBUILT), TUNING)


def real(case: Case) -> dict[str, float]:
    """The same figures as for made objects of real renders: no generator could do better by these judges."""
    encoder, seen = case.networks.encoder, case.unseen.rgb[:, :VIEWS]
    looks = looked_at(encoder, seen)
    unseen_words = _found("real_unseen_words", encoder.text(other_wordings(case.unseen)), looks)
    return _judged("real", case, encoder.text(own_wordings(case.unseen)), looks, seen) | unseen_words


def made(case: Case) -> dict[str, float]:
    """Of objects made from their full captions."""
    went = go_round(case.networks, own_wordings(case.unseen), case.sampling)
    return _judged("made", case, went.prompts, went.looks, went.seen)


def own_styles(case: Case) -> dict[str, float]:
    """Of the objects' own styles, which the generator's encoder reads off all their views: what the prior could reach
    at best, were it sure of the object."""
    networks = case.networks
    styles = encoded_styles(networks.generator, case.unseen).numpy()
    return _judged("own", case, networks.encoder.text(own_wordings(case.unseen)), *shown(networks, styles))


def searched_styles(case: Case) -> dict[str, float]:
    """Of some of the objects' styles after a search with all their views: what the generator could show at best."""
    some, model = replace(case, unseen=first_of(case.unseen, SEARCHED)), case.networks.generator
    styles = np.concatenate(
        [
            fitted(model, all_views(some.unseen, few), some.unseen.poses[few].astype(np.float64), SEARCH).numpy()
            for few in np.array_split(np.arange(len(some.unseen)), -(-len(some.unseen) // 20))
        ]
    )
    return _judged(
        "searched", some, some.networks.encoder.text(own_wordings(some.unseen)), *shown(some.networks, styles)
    )


def unseen_words(case: Case) -> dict[str, float]:
    """Of objects made from captions whose every word is one that training never read; found again by these."""
    went = go_round(case.networks, other_wordings(case.unseen), case.sampling)
    return _judged("unseen_words", case, went.prompts, went.looks, went.seen)


def at_random(case: Case) -> dict[str, float]:
    """Of objects from normal latents, as many as test objects and seen as those: how far apart the two sets lie.

    Other views of the real objects tell what no distance at all looks like.
    """
    path = case.run.source("object-prior") / MAPPING
    if case.witness is None or not path.is_file():
        return {}
    mapping, noise = load_mapping(path), torch.Generator().manual_seed(case.run.seed)
    with torch.no_grad():
        w = mapping(torch.randn(len(case.unseen), mapping.width, generator=noise)).numpy()
    camera, poses = viewpoints.camera(case.networks.size), case.unseen.poses[:, 0].astype(np.float64)
    generator = case.networks.generator.generator
    drawn = [pictures(generator, w[i : i + 1], camera, poses[i : i + 1], LOOK)[0] for i in range(len(w))]
    deep, wide = case.witness.features(np.concatenate(drawn))
    first, second = (case.witness.features(case.unseen.rgb[:, view])[0] for view in (0, 1))
    return {
        "random_fid": frechet(deep, first),
        "random_kid": kernel_distance(deep, first),
        "real_fid": frechet(second, first),
        "real_kid": kernel_distance(second, first),
        "random_families": float(len(set(case.witness.family.told(wide, 1)))),
        "random_sureness": float(np.exp(case.witness.family(wide)).max(1).mean()),
    }


PARTS: Mapping[str, Callable[[Case], dict[str, float]]] = MappingProxyType(
    {
        "rebuilt": rebuilt,
        "real": real,
        "made": made,
        "own": own_styles,
        "searched": searched_styles,
        "unseen_words": unseen_words,
        "random": at_random,
    }
)


def other_wordings(unseen: Examples) -> list[str]:
    """The same with every word that the lexicon knows replaced by one that it keeps for tests."""
    return [full_caption(make("test", number).description, "held_out") for number in range(len(unseen))]


def second_judge(run: TrainingRun) -> Witness | None:
    """Fitted to real renders of training objects; None where the package with its weights is missing."""
    try:
        features = Features.published()
    except ImportError as error:
        run.tell(f"eval: no second judge ({error})")
        return None
    learned = examples(run, "train", FITTED, RECIPE)
    wide = features(learned.rgb[:, 0])[1]
    return Witness(features, fit(wide, learned.families), fit(wide, learned.main_colours))


def _judged(prefix: str, case: Case, texts: Array, looks: Array, seen: Array) -> dict[str, float]:
    """Retrieval, kinds and colours by the encoder, and kinds and colours by the second judge."""
    unseen = case.unseen
    truth = answers(unseen.families, unseen.main_colours, own_wordings(unseen))
    told = kinds_and_colours(case.networks.encoder, looks, truth)
    second = _told(case.witness, seen, unseen)
    return _found(prefix, texts, looks) | {f"{prefix}_{name}": value for name, value in (told | second).items()}


def _found(prefix: str, texts: Array, looks: Array) -> dict[str, float]:
    return {f"{prefix}_{name}": value for name, value in retrieval(texts, looks).items()}


def _told(witness: Witness | None, seen: Array, unseen: Examples) -> dict[str, float]:
    """Share of objects whose kind and colour the second judge tells."""
    if witness is None:
        return {}
    wide, views = witness.features(seen.reshape(-1, *seen.shape[2:]))[1], seen.shape[1]
    colours = zip(unseen.main_colours, own_wordings(unseen), strict=True)
    right: dict[str, tuple[Classifier, Sequence[Sequence[str]]]] = {
        "family": (witness.family, [[name] for name in unseen.families]),
        "colour": (witness.colour, [own_colours(colour, caption) for colour, caption in colours]),
    }
    return {
        f"{name}_by_second_judge": float(
            np.mean([said in own for said, own in zip(judge.told(wide, views), true, strict=True)])
        )
        for name, (judge, true) in right.items()
    }
