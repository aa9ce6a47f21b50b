"""Things that carry people: which there are, how large, in which colours and patterns."""

from nerf.objects.craft import airplane, boat, rocket
from nerf.objects.draft import Family
from nerf.objects.palette import Pattern
from nerf.objects.wheeled import bus, car, locomotive, truck

PAINTED: tuple[Pattern, ...] = ("plain", "striped", "metal", "spotted", "checkered")

VEHICLES = (
    Family("car", car, (3.6, 4.8), "roof", PAINTED),
    Family("truck", truck, (5.0, 8.0), "load area", PAINTED),
    Family("bus", bus, (8.0, 12.0), "trim", ("plain", "striped", "metal"), usual=("red", "yellow")),
    Family("boat", boat, (3.0, 8.0), "upper parts", ("plain", "wooden", "striped"), usual_accents=("white",)),
    Family("airplane", airplane, (7.0, 12.0), "wings", PAINTED),
    Family(
        "locomotive",
        locomotive,
        (5.0, 9.0),
        "chimney and frame",
        ("plain", "metal", "striped"),
        usual_accents=("black",),
    ),
    Family(
        "rocket",
        rocket,
        (2.0, 20.0),
        "nose and fins",
        ("plain", "striped", "checkered", "metal"),
        usual=("white",),
        usual_accents=("red",),
    ),
)
