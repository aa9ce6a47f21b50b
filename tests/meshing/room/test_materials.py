"""Materials are albedos, keep their colour in the mean, and show the structure that their name promises."""

import numpy as np
import pytest

from meshing.room.looks import LOOKS
from meshing.room.materials import (
    Samples,
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
    step,
    tiles,
    wood,
)
from meshing.room.surfaces import surfaces_of


def square(side: float = 2.0, n: int = 200, seed: float = 0.3) -> Samples:
    line = (np.arange(n) + 0.5) / n * side
    uv = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    position = np.stack([uv[:, 0], side - uv[:, 1], 0 * uv[:, 0]], axis=1)
    return Samples(uv, position, np.full((n * n, 2), side), np.full(n * n, seed))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_material_of_every_look_is_an_albedo(look) -> None:  # type: ignore[no-untyped-def]
    at = square(n=24)
    for name, surface in surfaces_of(look).items():
        colors = surface.paint(at)
        assert colors.shape == (len(at), 3), name
        assert np.isfinite(colors).all(), name
        assert colors.min() > -0.05, name
        assert colors.max() < 1.6, name


def test_hex_colours_are_decoded_as_srgb() -> None:
    assert linear("ffffff") == pytest.approx((1, 1, 1))
    assert linear("808080")[0] == pytest.approx(0.2159, abs=1e-4)
    assert linear("ff0000") == pytest.approx((1, 0, 0))


def test_mixing_and_steps() -> None:
    assert mix((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), np.array([0.0, 0.25, 2.0]))[:, 0] == pytest.approx([0, 0.25, 1])
    assert step(np.array([-1.0, 0.0, 1.0]), 0.0, 0.5) == pytest.approx([0, 0.5, 1])


@pytest.mark.parametrize("paint", [plain((0.4, 0.3, 0.2)), plaster((0.4, 0.3, 0.2)), metal((0.4, 0.3, 0.2))])
def test_even_materials_keep_their_colour(paint) -> None:  # type: ignore[no-untyped-def]
    assert paint(square()).mean(axis=0) == pytest.approx((0.4, 0.3, 0.2), rel=0.06)


def test_wood_varies_across_its_grain_more_than_along_it() -> None:
    colors = wood((0.6, 0.4, 0.2), (0.3, 0.2, 0.1))(square(0.5))[:, 0].reshape(200, 200)
    assert np.abs(np.diff(colors, axis=0)).mean() > 3 * np.abs(np.diff(colors, axis=1)).mean()


def test_planks_have_a_joint_at_each_width() -> None:
    colors = planks((0.6, 0.4, 0.2), (0.5, 0.33, 0.17), width=0.2)(square(2.0, 400))[:, 0].reshape(400, 400)
    rows = colors.mean(axis=1)
    joints = rows[[39, 40, 79, 80, 119, 120]].mean()
    assert joints < 0.85 * rows.mean()


def test_herringbone_blocks_fill_the_floor_with_both_directions() -> None:
    colors = herringbone((0.6, 0.4, 0.2), (0.3, 0.2, 0.1))(square(1.0))
    assert 0.1 < colors[:, 0].std() / colors[:, 0].mean() < 0.6


def test_mortar_lies_where_bricks_end() -> None:
    mortar, clay = np.array((0.5, 0.5, 0.5)), np.array((0.4, 0.1, 0.05))
    at = square(0.073 * 8, 256)
    colors = brick((0.4, 0.1, 0.05), (0.5, 0.5, 0.5), height=0.073)(at)
    to_joint = np.minimum(at.uv[:, 1] % 0.073, 0.073 - at.uv[:, 1] % 0.073)
    redness = colors[:, 0] / colors[:, 2]
    assert np.median(redness[to_joint < 0.002]) < 2 < np.median(redness[to_joint > 0.02])
    assert (clay / mortar)[0] < 1


def test_tiles_repeat_and_chequer() -> None:
    at = square(1.2, 240)
    colors = tiles((0.7, 0.7, 0.7), (0.2, 0.2, 0.2), size=(0.3, 0.3), second=(0.05, 0.05, 0.05))(at)[:, 0].reshape(
        240, 240
    )
    centres = colors[30::60, 30::60]
    bright = centres > 0.4
    assert (bright == (np.indices((4, 4)).sum(axis=0) % 2 == 0)).all()


@pytest.mark.parametrize(
    "paint", [concrete((0.4, 0.4, 0.4)), marble((0.7, 0.7, 0.7), (0.2, 0.2, 0.2)), rubble((0.5, 0.45, 0.4), (0.3,
    0.3, 0.3)), boards((0.6, 0.6, 0.6)), leaf((0.1, 0.3, 0.05))]
)  # fmt: skip
def test_structured_materials_have_structure(paint) -> None:  # type: ignore[no-untyped-def]
    brightness = paint(square()).mean(axis=1)
    assert brightness.std() > 0.03 * brightness.mean()
