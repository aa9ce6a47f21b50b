"""Splats in a PLY, seen from both sides in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from viewer.server import make_app

pytestmark = [pytest.mark.browser, pytest.mark.node]

RED, GREEN, BLUE = (200, 60, 30), (40, 160, 90), (30, 60, 200)
BAND_0 = 0.28209479177387814
NAMES = ["x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2", "f_rest_0", "opacity"]
NAMES += [f"scale_{axis}" for axis in range(3)] + [f"rot_{part}" for part in range(4)]
VIEW = np.array([0.55, 0.38, 1.0]) / np.linalg.norm([0.55, 0.38, 1.0])  # from where the page looks first


def splat(
    at: Any, colour: tuple[int, int, int], scale: Any, turn: tuple[float, float, float, float] = (1, 0, 0, 0)
) -> list[float]:
    """One row: an opaque splat of this colour, `scale` the standard deviations in metres, `turn` as w, x, y, z."""
    dc = (np.array(colour) / 255 - 0.5) / BAND_0
    return [*at, 0, 0, 0, *dc, 0, 8.0, *np.log(scale), *turn]


def ply(rows: list[list[float]]) -> bytes:
    properties = "".join(f"property float {name}\n" for name in NAMES)
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(rows)}\n{properties}end_header\n"
    return head.encode() + np.array(rows, "<f4").tobytes()


def show(page: Any, address: str) -> None:
    page.open(address + "/#capture")
    page.wait_for_model()
    page.wait("document.querySelector('.space').dataset.splats !== undefined")


def look_from(page: Any, direction: Any) -> None:
    """Frame the splats from this side and wait for the picture in the new order."""
    x, y, z = direction
    page.evaluate(f"(scenewright.frame(scenewright.camera.position.clone().set({x}, {y}, {z})), 0)")
    along = "(document.querySelector('canvas').dataset.sorted ?? '').split(' ').map(Number)"
    page.wait(f"{along}[0] * {-x} + {along}[1] * {-y} + {along}[2] * {-z} > 0.999")
    drawn = page.evaluate("(scenewright.invalidate(), scenewright.pictures)")
    page.wait(f"scenewright.pictures > {drawn}")


def test_splats_hide_what_lies_behind_them_from_either_side(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    """The red one comes first in the file, so painting in the file's order would show green from in front."""
    rows = [splat(0.3 * VIEW, RED, [0.2] * 3), splat(-0.3 * VIEW, GREEN, [0.2] * 3)]
    with_files("capture", "Splats", {"splats.ply": ply(rows)})
    with serving(make_app(run)) as address:
        show(page, address)
        assert page.text(".scale-note").startswith("2 splats")
        assert page.text("[data-view=cloud]") == "Splats"
        for direction, colour in ((VIEW, RED), (-VIEW, GREEN)):
            look_from(page, direction)
            picture = page.picture(tmp_path / "splats.png", "canvas")
            height, width = picture.shape[:2]
            assert np.abs(picture[height // 2, width // 2] - colour).max() <= 3


def test_a_splat_is_stretched_and_turned_as_the_file_says(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any], tmp_path: Path
) -> None:
    """Long in x and turned by a quarter about z: it stands upright, twenty times as high as wide."""
    quarter = (np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5))
    corners = [splat(at, GREEN, [0.001] * 3) for at in ([-1, -1, 0], [1, 1, 0], [-1, 1, 0], [1, -1, 0])]
    rows = [*corners, splat((0, 0, 0), BLUE, [0.4, 0.02, 0.02], quarter)]
    with_files("capture", "Splats", {"model.ply": ply(rows)})
    with serving(make_app(run)) as address:
        show(page, address)
        page.evaluate("(scenewright.floor.root.visible = false, 0)")
        look_from(page, (0, 0, 1))
        picture = page.picture(tmp_path / "turned.png", "canvas")
        tall, wide = np.nonzero(np.abs(picture - BLUE).max(axis=2) < 40)
    assert np.ptp(tall) / (np.ptp(wide) + 1) == pytest.approx(20, rel=0.2)


def test_points_without_splats_stay_points(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any]
) -> None:
    head = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
    with_files("capture", "PointCloud", {"points.ply": f"{head}0 0 0\n1 0 0\n0 1 0\n".encode()})
    with serving(make_app(run)) as address:
        page.open(address + "/#capture")
        page.wait_for_model()
        assert page.text(".scale-note").startswith("3 points")


def test_a_file_of_splats_that_was_cut_is_told_in_a_sentence(
    run: Path, with_files: Callable[..., None], page: Any, serving: Callable[..., Any]
) -> None:
    with_files("capture", "Splats", {"splats.ply": ply([splat((0, 0, 0), RED, [0.1] * 3)] * 4)[:-30]})
    with serving(make_app(run)) as address:
        page.open(address + "/#capture")
        page.wait("document.querySelector('.loading.failed')")
        assert page.text(".loading.failed") == "This cannot be shown: the file ends before its last splat"
