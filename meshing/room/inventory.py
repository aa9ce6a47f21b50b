"""What a room is to hold: what the sentence asks for and what such a room usually has, in the order of placing."""

from dataclasses import replace

from meshing.room.wishes import Wish, Wishes

_FURNITURE: dict[str, tuple[Wish, ...]] = {
    "bedroom": (
        Wish("bed"), Wish("nightstand", 2, relation="beside", target="bed"), Wish("wardrobe"),
        Wish("rug", relation="front", target="bed"), Wish("picture", relation="above", target="bed"),
        Wish("ceiling_lamp"), Wish("curtain", relation="beside", target="window"), Wish("plant", relation="corner"),
    ),
    "living room": (
        Wish("sofa"), Wish("tv_stand", relation="opposite", target="sofa"),
        Wish("screen", relation="on", target="tv_stand"), Wish("coffee_table", relation="front", target="sofa"),
        Wish("rug", relation="front", target="sofa"), Wish("armchair", relation="beside", target="coffee_table"),
        Wish("shelf"), Wish("lamp", relation="beside", target="sofa"), Wish("plant", relation="corner"),
        Wish("picture", relation="above", target="sofa"), Wish("curtain", relation="beside", target="window"),
        Wish("ceiling_lamp"),
    ),
    "kitchen": (
        Wish("kitchen_unit"), Wish("stove", relation="beside", target="kitchen_unit"),
        Wish("fridge", relation="beside", target="stove"), Wish("sink", relation="beside", target="kitchen_unit"),
        Wish("table", relation="middle", scale=0.8), Wish("chair", 4, relation="around", target="table"),
        Wish("ceiling_lamp"),
    ),
    "bathroom": (
        Wish("bath"), Wish("toilet"), Wish("sink"), Wish("mirror", relation="above", target="sink"),
        Wish("rug", relation="front", target="bath", scale=0.5), Wish("ceiling_lamp"),
    ),
    "office": (
        Wish("desk", relation="beside", target="window"), Wish("chair", relation="front", target="desk"),
        Wish("screen", relation="on", target="desk", scale=0.6), Wish("shelf", 2), Wish("cabinet"),
        Wish("plant", relation="corner"), Wish("ceiling_lamp"), Wish("rug", relation="middle"),
    ),
    "dining room": (
        Wish("table", relation="middle"), Wish("chair", 6, relation="around", target="table"), Wish("cabinet"),
        Wish("ceiling_lamp"), Wish("vase", relation="on", target="table"), Wish("picture"),
        Wish("curtain", relation="beside", target="window"), Wish("rug", relation="middle"),
    ),
    "kids room": (
        Wish("bed", scale=0.75), Wish("desk", relation="beside", target="window", scale=0.8),
        Wish("chair", relation="front", target="desk"), Wish("wardrobe", scale=0.8), Wish("shelf"),
        Wish("rug", relation="middle"), Wish("ceiling_lamp"), Wish("picture"),
    ),
    "library": (
        Wish("shelf", 5), Wish("armchair", 2, relation="beside", target="coffee_table"),
        Wish("coffee_table", relation="middle"), Wish("lamp", relation="beside", target="armchair"),
        Wish("rug", relation="middle"), Wish("ceiling_lamp"),
    ),
    "hall": (Wish("cabinet", scale=0.8), Wish("mirror"), Wish("rug", relation="middle"), Wish("ceiling_lamp")),
    "room": (Wish("ceiling_lamp"), Wish("rug", relation="middle"), Wish("plant", relation="corner")),
}  # fmt: skip
_RANK = (
    "bath", "kitchen_unit", "bed", "sofa", "fireplace", "stairs", "wardrobe", "desk", "tv_stand", "table", "shower",
    "stove", "fridge", "sink", "toilet", "washing_machine", "shelf", "cabinet", "drawers", "coffee_table",
    "nightstand", "armchair", "bench", "chair", "stool", "box", "lamp", "plant", "screen", "vase", "radiator",
    "mirror", "picture", "clock", "curtain", "ceiling_lamp", "rug",
)  # fmt: skip


def things_wanted(wishes: Wishes, *, furniture: bool) -> list[Wish]:
    """The things to place, the sentence's own and those of such a room, what others refer to first."""
    named = {wish.label: wish for wish in wishes.things if wish.label not in ("door", "window")}
    own = [wish for wish in wishes.things if wish.label not in ("door", "window")]
    usual = _FURNITURE[wishes.kind] if furniture else ()
    habits = {wish.label: wish for kind in (wishes.kind, "living room", "bedroom", "office", "bathroom", "dining room")
              for wish in reversed(_FURNITURE[kind])}  # fmt: skip
    habits |= {wish.label: wish for wish in _FURNITURE[wishes.kind]}
    asked = [_completed(wish, habits) for wish in own]
    rest = [wish for wish in usual if wish.label not in named and wish.label not in wishes.refused]
    present = {wish.label for wish in (*asked, *rest)} | {"window", "door", ""}
    rest = [wish if wish.target in present else replace(wish, relation="", target="") for wish in rest]
    return _sorted([*asked, *rest])


def _completed(wish: Wish, habits: dict[str, Wish]) -> Wish:
    """A wish that says nothing of its place stands where such things usually do."""
    habit = habits.get(wish.label)
    if wish.relation or habit is None:
        return wish
    return replace(wish, relation=habit.relation, target=habit.target)


def _sorted(wishes: list[Wish]) -> list[Wish]:
    """What belongs to a window or door first, then by rank, but each after what it refers to."""
    left = sorted(wishes, key=lambda wish: (wish.target not in ("window", "door"), _RANK.index(wish.label)))
    done: list[Wish] = []
    while left:
        waiting = {wish.label for wish in left}
        ready = [wish for wish in left if wish.target not in waiting or wish.target == wish.label] or left[:1]
        done.append(ready[0])
        left.remove(ready[0])
    return done
