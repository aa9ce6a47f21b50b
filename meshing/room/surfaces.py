"""The materials of a look by slot: what `wood`, `fabric` or `wall` means in this room."""

from collections.abc import Callable

from meshing.room.looks import Look
from meshing.room.materials import (
    Color,
    Paint,
    Surface,
    boards,
    brick,
    concrete,
    herringbone,
    leaf,
    linear,
    marble,
    metal,
    mix,
    plain,
    planks,
    plaster,
    rubble,
    tiles,
    wood,
)
from meshing.room.motifs import books, clock_face, daylight_view, night_screen, night_view, pages, picture, screen
from meshing.room.textiles import carpet, knit, leather, plaid, quilt, rug, tatami, velvet, wallpaper, weave


def surfaces_of(look: Look) -> dict[str, Surface]:
    """Every slot that furniture and shell may use."""
    light, dark = (linear(color) for color in look.woods)
    return {**_shell(look, light, dark), **_furniture(look, light, dark), **_cloth(look), **_shown(look)}


def _shell(look: Look, light: Color, dark: Color) -> dict[str, Surface]:
    pane = Surface(night_view if look.night else daylight_view, glow=(1.0, 1.0, 1.0), fineness=0.8)
    return {
        "floor": Surface(_floor(look, light, dark), fineness=1.2),
        "wall": Surface(_wall(look.walls, look, linear(look.wall)), fineness=_fineness(look.walls)),
        "accent_wall": Surface(
            _wall(look.accent_wall, look, linear(look.accent)), fineness=_fineness(look.accent_wall)
        ),
        "ceiling": Surface(plaster(linear(look.ceiling), roughness=0.6), fineness=0.3),
        "trim": Surface(plain(linear(look.trim)), fineness=0.5),
        "door": Surface(boards(linear(look.trim), width=3.0, groove=0.0), fineness=0.7),
        "pane": pane,
    }


def _furniture(look: Look, light: Color, dark: Color) -> dict[str, Surface]:
    steel, black = linear(look.metal), linear("1d1d1f")
    return {
        "wood": Surface(wood(light, dark)),
        "dark_wood": Surface(wood(_scaled(dark, 1.1), _scaled(dark, 0.55), contrast=0.8)),
        "paint": Surface(plain(linear(look.trim)), fineness=0.7),
        "lacquer": Surface(plain(linear(look.accent)), fineness=0.7, mirror=0.05),
        "metal": Surface(metal(steel), mirror=0.35),
        "chrome": Surface(metal((0.35, 0.36, 0.37), brushed=0.03), mirror=0.6),
        "steel": Surface(metal((0.42, 0.43, 0.44), brushed=0.22), mirror=0.15, fineness=0.8),
        "black": Surface(plain(black), mirror=0.04, fineness=0.7),
        "glass": Surface(plain((0.02, 0.024, 0.026)), mirror=0.22, fineness=0.8),
        "ceramic": Surface(plain((0.78, 0.78, 0.76), variation=0.01), mirror=0.05, fineness=0.8),
        "white": Surface(plain((0.72, 0.72, 0.70), variation=0.01), fineness=0.7),
        "mirror": Surface(plain((0.02, 0.02, 0.02)), mirror=0.86, fineness=1.2),
        "stone": Surface(_hearth(look), fineness=1.0),
        "soot": Surface(plaster((0.02, 0.018, 0.016), roughness=3.0), fineness=0.6),
        "worktop": Surface(
            marble((0.62, 0.61, 0.59), (0.3, 0.3, 0.3)) if look.floor != "planks" else wood(light, dark)
        ),
        "wall_tiles": Surface(tiles((0.7, 0.72, 0.72), (0.45, 0.45, 0.44), size=(0.15, 0.075), bond=0.5), mirror=0.04),
        "leaf": Surface(leaf(linear("4c7a3a"))),
        "soil": Surface(plaster((0.05, 0.032, 0.02), roughness=5.0), fineness=0.6),
        "pot": Surface(plaster(linear(look.accent), roughness=1.5), fineness=0.7),
        "wicker": Surface(weave(linear("b08a56"), thread=0.02, second=linear("7a5a33")), fineness=1.0),
    }


def _cloth(look: Look) -> dict[str, Surface]:
    first, second, third = (linear(color) for color in look.fabrics)
    linen, curtain = linear(look.linen), linear(look.curtain)
    return {
        "fabric": Surface(_upholstery(look.upholstery, first, second, third)),
        "fabric2": Surface(weave(second)),
        "accent": Surface(weave(third)),
        "linen": Surface(weave(linen, thread=0.004)),
        "bedspread": Surface(quilt(first, second) if look.name in ("rustic", "nursery", "bohemian") else weave(first)),
        "throw": Surface(knit(third)),
        "leather": Surface(leather(_scaled(first, 0.8))),
        "rug": Surface(rug(*(linear(color) for color in look.rug), pattern=look.rug_pattern), fineness=1.2),
        "curtain": Surface(weave(curtain, thread=0.006)),
    }


def _shown(look: Look) -> dict[str, Surface]:
    colors = tuple(linear(color) for color in (*look.fabrics, look.accent, "efe9da"))
    neon = tuple(linear(color) for color in ("ff2fa0", "20e0ff", "ffd23f"))
    return {
        "picture": Surface(picture(neon if look.motif == "neon" else colors, motif=look.motif), fineness=1.8),
        "books": Surface(books, fineness=0.9),
        "pages": Surface(pages, fineness=0.6),
        "clock": Surface(clock_face((0.75, 0.74, 0.70), (0.03, 0.03, 0.03)), fineness=1.6),
        "screen": Surface(night_screen if look.night else screen, mirror=0.03, glow=(1.0, 1.0, 1.0)),
        "shade": Surface(_lit((0.95, 0.80, 0.56)), glow=(1.0, 1.0, 1.0), fineness=0.7),
        "bulb": Surface(_lit((1.0, 0.93, 0.78)), glow=(1.0, 1.0, 1.0), fineness=0.5),
        "neon_pink": Surface(plain((1.0, 0.12, 0.62)), glow=(1.0, 1.0, 1.0), fineness=0.3),
        "neon_blue": Surface(plain((0.1, 0.8, 1.0)), glow=(1.0, 1.0, 1.0), fineness=0.3),
        "embers": Surface(_fire, glow=(1.0, 1.0, 1.0)),
    }


def _floor(look: Look, light: Color, dark: Color) -> Paint:
    made: dict[str, Callable[[], Paint]] = {
        "planks": lambda: planks(light, dark),
        "herringbone": lambda: herringbone(light, dark),
        "tiles": lambda: tiles(_scaled(linear(look.wall), 0.75), (0.4, 0.4, 0.39), size=(0.6, 0.6)),
        "chequered": lambda: tiles((0.68, 0.67, 0.63), (0.3, 0.3, 0.3), size=(0.4, 0.4), second=(0.05, 0.05, 0.055)),
        "terracotta": lambda: tiles(linear("b5673f"), linear("b9a88e"), size=(0.3, 0.3)),
        "marble": lambda: marble((0.72, 0.70, 0.66), (0.28, 0.26, 0.25), slab=0.8),
        "concrete": lambda: plaster(linear("a5a29c" if not look.night else "4a4b52"), roughness=3.5),
        "tatami": lambda: tatami(linear("cdbd84"), linear("3f4a35")),
        "carpet": lambda: carpet(linear(look.rug[0])),
        "stone": lambda: rubble(linear("9a9388"), linear("6f6a61"), size=0.45),
    }
    return made[look.floor]()


def _wall(kind: str, look: Look, color: Color) -> Paint:
    made: dict[str, Callable[[], Paint]] = {
        "plaster": lambda: plaster(color),
        "wallpaper": lambda: wallpaper(color, _figure(color, linear(look.metal)), pattern=look.paper),
        "brick": lambda: brick(linear("a0583f"), linear("b3a899")),
        "rubble": lambda: rubble(linear("a89a86"), linear("8c8070")),
        "concrete": lambda: concrete(_scaled(color, 0.95)),
        "tiles": lambda: tiles(color, _scaled(color, 0.6), size=(0.3, 0.15), bond=0.5),
        "boards": lambda: boards(color),
        "planks": lambda: planks(*(linear(wood) for wood in look.woods), width=0.16, length=1.8),
        "marble": lambda: marble(_scaled(color, 0.95), _scaled(color, 0.4), slab=1.1),
        "panels": lambda: tiles(color, (0.02, 0.02, 0.025), size=(0.9, 1.35)),
    }
    return made[kind]()


def _fineness(kind: str) -> float:
    return {"plaster": 0.55, "concrete": 0.8, "boards": 0.8, "panels": 0.7}.get(kind, 1.0)


def _hearth(look: Look) -> Paint:
    if look.accent_wall in ("brick", "rubble"):
        return _wall(look.accent_wall, look, linear(look.accent))
    return marble((0.7, 0.68, 0.64), (0.3, 0.28, 0.26))


def _upholstery(kind: str, first: Color, second: Color, third: Color) -> Paint:
    made: dict[str, Callable[[], Paint]] = {
        "weave": lambda: weave(first),
        "velvet": lambda: velvet(first),
        "leather": lambda: leather(first),
        "plaid": lambda: plaid(first, second, third),
        "stripes": lambda: weave(first, second=second, stripe=0.09),
    }
    return made[kind]()


def _figure(ground: Color, metal_color: Color) -> Color:
    """The printed colour of a wallpaper: metallic on dark paper, a deeper tone on a light one."""
    luminance = 0.21 * ground[0] + 0.72 * ground[1] + 0.07 * ground[2]
    r, g, b = (0.6 * m + 0.4 * c if luminance < 0.35 else 0.72 * c for c, m in zip(ground, metal_color, strict=True))
    return r, g, b


def _scaled(color: Color, factor: float) -> Color:
    r, g, b = (min(factor * value, 0.9) for value in color)
    return r, g, b


def _lit(color: Color) -> Paint:
    """A glowing shade: a little brighter in the middle."""
    import numpy as np

    def paint(at) -> np.ndarray:  # type: ignore[no-untyped-def]
        place = at.uv[:, 1] / np.maximum(at.extent[:, 1], 1e-6)
        return np.asarray(np.asarray(color) * (0.86 + 0.14 * np.sin(np.clip(place, 0, 1) * np.pi))[:, None])

    return paint


def _fire(at):  # type: ignore[no-untyped-def]
    import numpy as np

    from meshing.room.materials import cloud

    glow = cloud(at, 14, 14, 4)
    return mix((0.03, 0.012, 0.008), (1.0, 0.32, 0.05), np.clip(4 * (glow - 0.42), 0, 1))
