"""Every object there is: a split and a number name one, and give its shape, its paint and what is true of it."""

from collections.abc import Sequence

import numpy as np

from nerf.objects.animals import ANIMALS
from nerf.objects.buildings import BUILDINGS
from nerf.objects.draft import ACCENT, MAIN, Draft, Family
from nerf.objects.furniture import FURNITURE
from nerf.objects.household import HOUSEHOLD
from nerf.objects.model import Coat, Description, ObjectModel, assemble
from nerf.objects.nature import NATURE
from nerf.objects.palette import COLOURS, TWO_COLOURED, Pattern, contrast, shade_of
from nerf.objects.splits import Split, generator, held_out_colours
from nerf.objects.tools import TOOLS
from nerf.objects.vehicles import VEHICLES
from nerf.objects.vessels import VESSELS

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (*FURNITURE, *VESSELS, *VEHICLES, *BUILDINGS, *NATURE, *ANIMALS, *HOUSEHOLD, *TOOLS)
}
TELLABLE = 0.33
"""Colours that lie closer together in sRGB are not combined in one pattern."""


def make(split: Split, index: int, family: str | None = None, *, even: bool = False) -> ObjectModel:
    """Object number `index` of a split, of a random family or of the one given.

    Train and validation objects never have a held-out colour for their family; test objects always have one. With
    `even` every colour that is left comes as often, not those that things of this family usually have.
    """
    rng = generator(split, index)
    drawn = list(FAMILIES)[int(rng.integers(len(FAMILIES)))]
    if family is not None and family not in FAMILIES:
        raise ValueError(f"family: must be one of {', '.join(FAMILIES)} (got {family!r})")
    chosen = FAMILIES[family or drawn]
    pattern: Pattern = "plain"
    if rng.random() < 0.5:
        pattern = chosen.patterns[int(rng.integers(len(chosen.patterns)))]
    colour = _main_colour(chosen, pattern, split, rng, even)
    return build(chosen, colour, pattern, rng, even)


def build(family: Family, colour: str, pattern: Pattern, rng: np.random.Generator, even: bool = False) -> ObjectModel:
    """An object of this family, colour and pattern, its other choices at random."""
    draft = Draft(rng, colour)
    family.build(draft)
    second = _unlike(rng, colour) if pattern in TWO_COLOURED else None
    accent, wooden = _accent(family, colour, rng, even)
    low, high = np.log(family.extent_m)
    description = Description(
        family=family.name,
        noun=draft.noun or family.name,
        colour=colour,
        pattern=pattern,
        second=second,
        accent=accent if any(part.role == ACCENT for part in draft.parts) else None,
        accent_parts=family.accent,
        accent_wooden=wooden,
        adjectives=tuple(draft.adjectives),
        features=tuple(draft.features),
        extent_m=float(np.exp(rng.uniform(low, high))),
    )
    return assemble(description, draft.parts, _coats(description, draft, rng))


def _main_colour(family: Family, pattern: Pattern, split: Split, rng: np.random.Generator, even: bool) -> str:
    """Held-out colours for tests, the others for the rest; wood is mostly brown, things mostly as usual."""
    held_out = held_out_colours(family.name, family.usual)
    if split == "test":
        return _one(rng, held_out)
    allowed = [name for name in COLOURS if name not in held_out]
    usual = ("brown", "beige") if pattern == "wooden" else family.usual
    usual = tuple(name for name in usual if name in allowed)
    return _one(rng, usual if usual and not even and rng.random() < 0.5 else allowed)


def _accent(family: Family, colour: str, rng: np.random.Generator, even: bool) -> tuple[str, bool]:
    """Colour of the second parts, and whether they are of wood; one time in four they are as the rest."""
    if family.wooden_accent and rng.random() < 0.3:
        return "brown" if rng.random() < 0.8 else _one(rng, tuple(COLOURS)), True
    if family.usual_accents and not even and rng.random() < 0.5:
        return _one(rng, family.usual_accents), False
    return (colour if rng.random() < 0.25 else _unlike(rng, colour)), False


def _coats(description: Description, draft: Draft, rng: np.random.Generator) -> dict[str, Coat]:
    """A coat for every role that the parts have."""
    main = shade_of(description.colour, rng)
    second = shade_of(description.second or description.colour, rng)
    coats = {MAIN: Coat(main, second, description.pattern)}
    if description.accent is not None:
        same = description.accent == description.colour and not description.accent_wooden
        shade = main if same else shade_of(description.accent, rng)
        coats[ACCENT] = Coat(shade, shade, "wooden" if description.accent_wooden else "plain")
    for role in sorted({part.role for part in draft.parts} - set(coats)):
        shade = shade_of(role, rng)
        coats[role] = Coat(shade, shade)
    return coats


def _one(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]


def _unlike(rng: np.random.Generator, colour: str) -> str:
    """A colour that is easily told from this one."""
    return _one(rng, [name for name in COLOURS if contrast(name, colour) > TELLABLE])
