"""Things about the house: which there are, how large, in which colours and patterns."""

from nerf.objects.belongings import gift, hat, suitcase, umbrella
from nerf.objects.books import book
from nerf.objects.clocks import clock
from nerf.objects.draft import CLOTH, HARD, Family
from nerf.objects.instruments import drum, guitar
from nerf.objects.lamps import candle, lamp

HOUSEHOLD = (
    Family(
        "lamp",
        lamp,
        (0.35, 1.7),
        "stand",
        ("plain", "striped", "checkered", "spotted", "fading", "metal"),
        wooden_accent=True,
    ),
    Family("book", book, (0.15, 0.35), "title", ("plain", "striped", "marble", "spotted", "checkered")),
    Family("clock", clock, (0.15, 2.0), "fittings", HARD),
    Family("umbrella", umbrella, (0.8, 1.2), "handle", CLOTH, wooden_accent=True),
    Family("hat", hat, (0.25, 0.5), "band", CLOTH),
    Family("suitcase", suitcase, (0.4, 0.8), "straps", ("plain", "metal", "checkered", "striped", "spotted")),
    Family("gift box", gift, (0.1, 0.5), "ribbon", CLOTH),
    Family(
        "candle",
        candle,
        (0.1, 0.3),
        "holder",
        ("plain", "striped", "marble", "spotted", "fading"),
        usual_accents=("gold", "gray"),
    ),
    Family(
        "guitar",
        guitar,
        (0.95, 1.1),
        "neck",
        ("plain", "wooden", "fading", "metal", "striped"),
        usual=("brown", "orange"),
    ),
    Family("drum", drum, (0.3, 0.6), "hoops", HARD),
)
