"""What a family's builder works on: random choices, the parts made so far, and the words that are true of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nerf.objects.palette import Pattern
from nerf.objects.solids import Number, Solid

MAIN, ACCENT = "main", "accent"


@dataclass(frozen=True, eq=False)
class Part:
    """A solid and its role: `main`, `accent`, or the name of the colour that it always has."""

    solid: Solid
    role: str


@dataclass(eq=False)
class Draft:
    """Collects the parts of one object. Front is +z, up is +y, the floor is y = 0; units are free."""

    rng: np.random.Generator
    colour: str
    parts: list[Part] = field(default_factory=list)
    adjectives: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    noun: str | None = None

    def main(self, *solids: Solid) -> None:
        """Add parts in the object's own colour and pattern."""
        self.fixed(MAIN, *solids)

    def accent(self, *solids: Solid) -> None:
        """Add parts in the second colour: legs, handles, lids, roofs."""
        self.fixed(ACCENT, *solids)

    def fixed(self, colour: str, *solids: Solid) -> None:
        """Add parts in a colour that is always the same, as tyres are black."""
        self.parts += [Part(solid, colour) for solid in solids]

    def contrasting(self, colour: str, other: str, *solids: Solid) -> None:
        """Add parts in a fixed colour, or in another one where the object itself has that colour."""
        self.fixed(other if self.colour == colour else colour, *solids)

    def face_front(self) -> None:
        """Turn what was built with its front at +x, so that its front is +z."""
        self.parts = [Part(part.solid.turned("y", -math.pi / 2), part.role) for part in self.parts]

    def between(self, low: Number, high: Number) -> float:
        """A random number."""
        return float(self.rng.uniform(low, high))

    def count(self, low: int, high: int) -> int:
        """A random whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """True that often."""
        return bool(self.rng.random() < probability)

    def choice(self, *options: str) -> str:
        """One of the options."""
        return options[int(self.rng.integers(len(options)))]

    def called(self, *words: str) -> None:
        """Say an adjective that the shape deserves."""
        self.adjectives += words

    def has(self, *features: str) -> None:
        """Say what the object comes with: "armrests", "a chimney"."""
        self.features += features

    def proportion(self, value: float, low: tuple[float, str], high: tuple[float, str]) -> None:
        """Say the word of the end of the range that a proportion lies at, or none in between."""
        if value < low[0]:
            self.called(low[1])
        elif value > high[0]:
            self.called(high[1])


@dataclass(frozen=True)
class Family:
    """A kind of object: how it is built, and what colours and patterns suit it.

    `extent_m` is the range of its longest side in metres. `accent` names the parts in the second colour, None where
    there are none. `usual` colours are drawn half of the time, `usual_accents` likewise.
    """

    name: str
    build: Callable[[Draft], None]
    extent_m: tuple[float, float]
    accent: str | None = None
    patterns: Sequence[Pattern] = ("plain",)
    usual: Sequence[str] = ()
    usual_accents: Sequence[str] = ()
    wooden_accent: bool = False


HARD: tuple[Pattern, ...] = ("plain", "wooden", "metal", "striped", "checkered", "spotted", "fading")
CLOTH: tuple[Pattern, ...] = ("plain", "striped", "checkered", "spotted", "fading")
STONE: tuple[Pattern, ...] = ("plain", "marble", "striped", "spotted", "metal", "fading")
