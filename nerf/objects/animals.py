"""Animals and figures like them: which there are, how large, in which colours and patterns."""

from nerf.objects.draft import Family
from nerf.objects.figures import robot, snowman, teddy_bear
from nerf.objects.mammals import cat, dog, elephant, rabbit
from nerf.objects.palette import Pattern
from nerf.objects.pond import duck, fish, snail, turtle

FUR: tuple[Pattern, ...] = ("plain", "spotted", "striped", "wooden", "metal", "fading")

ANIMALS = (
    Family("dog", dog, (0.4, 0.9), "ears and paws", FUR, usual=("brown", "beige", "black", "white")),
    Family("cat", cat, (0.35, 0.6), "ears and muzzle", FUR, usual=("orange", "gray", "black", "white")),
    Family("elephant", elephant, (2.5, 4.5), "ears", FUR, usual=("gray",)),
    Family(
        "rabbit",
        rabbit,
        (0.25, 0.5),
        "tail and inner ears",
        FUR,
        usual=("white", "brown", "gray"),
        usual_accents=("pink", "white"),
    ),
    Family("duck", duck, (0.3, 0.6), "beak", FUR, usual=("yellow", "white"), usual_accents=("orange",)),
    Family("fish", fish, (0.1, 0.6), "fins", FUR),
    Family("turtle", turtle, (0.2, 0.8), "head and legs", (*FUR, "checkered"), usual=("green", "olive", "brown")),
    Family(
        "snail",
        snail,
        (0.03, 0.06),
        "body",
        ("plain", "striped", "spotted", "fading"),
        usual_accents=("beige", "brown"),
    ),
    Family(
        "teddy bear",
        teddy_bear,
        (0.25, 0.6),
        "belly and muzzle",
        ("plain", "spotted", "striped", "checkered"),
        usual=("brown", "beige"),
        usual_accents=("beige", "white"),
    ),
    Family("snowman", snowman, (0.8, 1.8), "hat and scarf", ("plain",), usual=("white",)),
    Family(
        "robot",
        robot,
        (0.2, 1.8),
        "head and limbs",
        ("plain", "metal", "striped", "checkered", "spotted"),
        usual_accents=("gray",),
    ),
)
