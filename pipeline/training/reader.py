"""How the prior's reader learns: from styles of many sorts, and what their renders look like to the encoder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from nerf.objects import viewpoints
from nerf.objects.questions import QUESTIONS, answers
from nerf.prior.guide import Guide, Pull, pulled
from nerf.prior.latents import guided
from nerf.prior.network import PriorNetwork
from nerf.prior.reader import Looks, ReaderTraining, StyleReader, learn
from nerf.prior.samplers import ddim
from nerf.prior.schedule import descending
from nerf.prior.training import Pairs
from nerf.style.examples import Examples
from nerf.style.generator import StyleGenerator
from nerf.style.shape import pictures
from pipeline.training.loop import GLANCE, POSES, looked_at, own_wordings
from pipeline.training.run import TrainingRun
from vision.encoders import Encoder

Array = np.ndarray
HELD_OUT = 0.05
"""Of the drawn styles, to tell how well the reader reads what it never saw."""
PULLS = (
    (Pull(1, 1.0, 0.1, 10.0), 2.5),
    (Pull(2, 3.0, 0.2, 10.0), 1.0),
    (Pull(3, 3.0, 0.1, 3.0), 2.5),
    (Pull(3, 6.0, 0.2, 3.0), 2.5),
)
"""With their guidance: from gentle to so hard that styles fool a reader which saw none of the kind."""


@dataclass(frozen=True)
class ReaderPreset:
    """Sizes and lengths: pieces of styles of all sorts, then rounds of pieces that the reader of before pulled."""

    hidden: int = 384
    depth: int = 2
    piece: int = 400
    pieces: int = 20
    rounds: int = 2
    pulled_pieces: int = 7
    training: ReaderTraining = field(default_factory=ReaderTraining)


@dataclass(frozen=True, eq=False)
class Teacher:
    """What styles are drawn from and shown by. Embeddings of captions and pictures are those of `pairs`."""

    network: PriorNetwork
    pairs: Pairs
    learned: Examples
    encoder: Encoder
    show: Callable[[Array], Array]
    """Pictures (objects, views, h, w, 3) of styles."""


def train_reader(
    run: TrainingRun, chosen: ReaderPreset, teacher: Teacher, built_on: Mapping[str, str]
) -> tuple[StyleReader, dict[str, float]]:
    """A reader of the generator's styles, and how near it comes to renders that it never saw.

    What is drawn is kept piece by piece, so that a training that was stopped goes on.
    """
    questions = [torch.from_numpy(teacher.encoder.text(list(each))) for each in QUESTIONS]
    rng = np.random.default_rng([run.seed, 5])
    drawn = [varied(teacher, chosen.piece, rng) for _ in range(chosen.pieces)]
    looks = [kept(run, teacher, built_on, number, w) for number, w in enumerate(drawn)]
    for _ in range(chosen.rounds):
        before = taught(chosen, looks, questions)
        for number in range(chosen.pulled_pieces):
            pull, scale = PULLS[number % len(PULLS)]
            w = pulled_styles(teacher, Guide(before, questions, pull), scale, chosen.piece, rng)
            looks.append(kept(run, teacher, built_on, len(looks), w))
    unseen = [Looks(*(part[: _held_out(chosen)] for part in (each.styles, each.seen))) for each in looks]
    rest = [Looks(*(part[_held_out(chosen) :] for part in (each.styles, each.seen))) for each in looks]
    reader = taught(chosen, rest, questions)
    return reader, _told(reader, joined(unseen), questions)


def taught(chosen: ReaderPreset, looks: list[Looks], questions: list[torch.Tensor]) -> StyleReader:
    """A new reader that has learned these."""
    every = joined(looks)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chosen.training.seed)
        reader = StyleReader(every.styles.shape[1], every.seen.shape[1], chosen.hidden, chosen.depth)
    reader.mean.copy_(every.styles.mean(0))
    reader.spread.copy_(every.styles.std(0) + 1e-4)
    return learn(reader, every, questions, chosen.training)


@torch.no_grad()
def varied(teacher: Teacher, count: int, rng: np.random.Generator) -> Array:
    """Styles: a quarter the objects' own, three eighths those of objects in other colours, three eighths the prior's.
    A third of all are blurred, or on their way to another object's."""
    network, pairs = teacher.network, teacher.pairs
    own = network.scored(pairs.styles).flatten(1).numpy()
    chosen, sort = rng.integers(len(own), size=count), np.arange(count) % 8
    made = own[chosen].copy()
    shifts = _recoloured(teacher, own, chosen, rng)
    made[(sort >= 2) & (sort < 5)] += shifts[(sort >= 2) & (sort < 5)]
    prompts = _prompts(teacher, chosen, rng)
    is_free = rng.random(count) < 0.5
    for scale in (1.0, 2.5):
        some = np.flatnonzero((sort >= 5) & (is_free == (scale == 1)))
        noise = torch.from_numpy(rng.normal(size=(len(some), *pairs.styles.shape[1:]))).float()
        model = guided(network, prompts[some], scale)
        made[some] = ddim(model, noise, descending(8, "log_snr")).flatten(1).numpy()
    for k in np.flatnonzero(np.isin(sort, (1, 4, 7))):
        share = rng.uniform(0, 0.5)
        other = own[rng.integers(len(own))]
        made[k] += share * (other - made[k] if rng.random() < 0.5 else rng.normal(size=made.shape[1]))
    return _restored(network, torch.from_numpy(made).float())


def pulled_styles(teacher: Teacher, guide: Guide, scale: float, count: int, rng: np.random.Generator) -> Array:
    """What prompts of training objects become where a reader pulls."""
    shape = (count, *teacher.pairs.styles.shape[1:])
    prompts = _prompts(teacher, rng.integers(len(teacher.pairs.styles), size=count), rng)
    noise = torch.from_numpy(rng.normal(size=shape)).float()
    with torch.no_grad():
        model = pulled(guided(teacher.network, prompts, scale), guide, prompts, teacher.network.restored)
        return _restored(teacher.network, ddim(model, noise, descending(10, "log_snr")).flatten(1))


def kept(run: TrainingRun, teacher: Teacher, built_on: Mapping[str, str], number: int, w: Array) -> Looks:
    """A piece of styles with the embeddings of their renders; read where these very styles were drawn before."""
    whose = "-".join(name.replace(":", "-") for name in (built_on["encoder"], built_on["generator"]))
    path = run.data / f"looks-{whose}-{number:03d}.npz"
    stored = stored_looks(path)
    if stored is None or not np.array_equal(stored.styles.numpy(), w):
        run.data.mkdir(parents=True, exist_ok=True)
        parts = [looked_at(teacher.encoder, teacher.show(some)) for some in np.array_split(w, -(-len(w) // 16))]
        seen, part = np.concatenate(parts), path.with_suffix(".part.npz")
        np.savez(part, styles=w, seen=seen)
        part.replace(path)
        run.tell(f"prior: looked at styles, piece {number + 1}")
        stored = Looks(torch.from_numpy(w), torch.from_numpy(seen))
    return stored


def stored_looks(path: Path) -> Looks | None:
    """What `kept` wrote there, if it did."""
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as stored:
        return Looks(torch.from_numpy(stored["styles"]), torch.from_numpy(stored["seen"]))


def glance(generator: StyleGenerator, size: int) -> Callable[[Array], Array]:
    """Small pictures of styles from the sides from which candidates are compared."""
    small = viewpoints.camera(size // 2)
    return lambda w: pictures(generator, w, small, POSES, GLANCE)


def joined(looks: list[Looks]) -> Looks:
    """All pieces as one."""
    return Looks(torch.cat([each.styles for each in looks]), torch.cat([each.seen for each in looks]))


def _recoloured(teacher: Teacher, own: Array, chosen: Array, rng: np.random.Generator) -> Array:
    """How z-scored styles change when objects get another main colour, one that their kind has in the training, and
    half of those that have parts in another colour another one of these.

    The change is a linear model's: what kind, colour, pattern and colour of other parts each add to a style.
    """
    learned = teacher.learned
    kinds, shades, looks, accents = answers(learned.families, learned.main_colours, own_wordings(learned))
    told = np.concatenate([3 * shades, 3 * accents, kinds, looks, np.ones((len(own), 1))], 1)
    parts = np.linalg.solve(told.T @ told + 3 * np.eye(told.shape[1]), told.T @ own)
    n = shades.shape[1]
    shifts = np.zeros((len(chosen), own.shape[1]))
    for shares, added, odds in ((shades, 3 * parts[:n], 1.0), (accents, 3 * parts[n : 2 * n], 0.5)):
        asked: Array = shares.sum(1) > 0
        colour = shares.argmax(1)
        for row, number in enumerate(chosen):
            if asked[number] and rng.random() < odds:
                others = np.unique(colour[asked & (kinds[:, kinds[number].argmax()] > 0)])
                new = others[rng.integers(len(others))]
                shifts[row] += rng.uniform(0.5, 2) * (added[new] - added[colour[number]])
    return shifts


def _prompts(teacher: Teacher, chosen: Array, rng: np.random.Generator) -> torch.Tensor:
    """Embeddings of a caption of each, or of a picture of it."""
    seen, texts = teacher.pairs.pictures, teacher.pairs.texts
    of_pictures = seen[chosen, rng.integers(seen.shape[1], size=len(chosen))]
    if texts is None:
        return of_pictures
    read = texts[chosen, rng.integers(texts.shape[1], size=len(chosen))]
    return torch.where(torch.from_numpy(rng.random(len(chosen)) < 0.7)[:, None], read, of_pictures)


def _restored(network: PriorNetwork, scored: torch.Tensor) -> Array:
    found: Array = network.restored(scored.reshape(-1, *network.mean.shape)).flatten(1).numpy()
    return found


def _held_out(chosen: ReaderPreset) -> int:
    return max(1, round(HELD_OUT * chosen.piece))


@torch.no_grad()
def _told(reader: StyleReader, looks: Looks, questions: list[torch.Tensor]) -> dict[str, float]:
    """Cosine to renders, and how often the nearest kind and colour are the render's."""
    read = reader(looks.styles)
    same = [((read @ each.T).argmax(1) == (looks.seen @ each.T).argmax(1)).float().mean() for each in questions[:2]]
    return {
        "reader_cosine": float((read * looks.seen).sum(1).mean()),
        "reader_same_family": float(same[0]),
        "reader_same_colour": float(same[1]),
    }
