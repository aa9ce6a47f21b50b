import base64
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.quality import Reference, compare, comparison, measure
from meshing.render import render

CAMERA = Pinhole(64, 48, 60.0, 60.0, 32.0, 24.0)


def quad() -> Mesh:
    vertices = np.array([[-1, -0.5, 2], [1, -0.5, 2], [1, 0.5, 2], [-1, 0.5, 2]], np.float32)
    colors = np.array([[0, 0, 0], [200, 0, 50], [200, 250, 50], [0, 250, 0]], np.uint8)
    return Mesh(vertices, np.array([[0, 2, 1], [0, 3, 2]], np.int32), vertex_colors=colors, name="a <quad>")


def reference(mesh: Mesh, **changes: object) -> Reference:
    image = render(mesh, CAMERA, np.eye(4), samples=2).color
    return replace(Reference("first", image, CAMERA, np.eye(4)), **changes)


def test_a_mesh_held_against_its_own_render_is_perfect() -> None:
    quality = measure(quad(), [reference(quad())])
    assert quality.psnr > 100
    assert quality.ssim == pytest.approx(1)
    assert quality.coverage == pytest.approx(60 * 30 / (64 * 48), rel=0.02)
    assert quality.triangles == 2


def test_a_constant_difference_has_its_known_psnr_and_is_only_exposure() -> None:
    image = reference(quad()).image
    shifted = np.clip(image.astype(int) + 5, 0, 255).astype(np.uint8)
    hit = image.max(axis=2) < 250
    view = compare("x", image, shifted, hit)
    assert view.psnr == pytest.approx(20 * np.log10(255 / 5), abs=1e-6)
    assert view.psnr_exposed > 60


def test_a_mirrored_photo_is_bad_in_every_measure() -> None:
    quality = measure(quad(), [reference(quad(), image=reference(quad()).image[::-1].copy())])
    assert quality.psnr < 15
    assert quality.ssim < 0.9


def test_what_the_mesh_does_not_cover_does_not_count() -> None:
    good = reference(quad())
    image = good.image.copy()
    image[:5] = 255
    assert measure(quad(), [replace(good, image=image)]).psnr > 100


def test_a_view_without_the_mesh_says_so_and_spoils_no_mean() -> None:
    away = np.diag([-1.0, 1.0, -1.0, 1.0])
    quality = measure(quad(), [reference(quad()), reference(quad(), name="away", world_from_camera=away)])
    assert np.isnan(quality.views[1].psnr)
    assert quality.views[1].coverage == 0
    assert quality.psnr > 100


def test_the_error_map_shows_where() -> None:
    photo = np.zeros((4, 4, 3), np.uint8)
    rendered = photo.copy()
    rendered[1, 2] = 64
    hit = np.ones((4, 4), bool)
    hit[3] = False
    heat = comparison(photo, rendered, hit)[:, 8:]
    assert heat[1, 2].tolist() == [255, 255, 0]
    assert heat[0, 0].tolist() == [0, 0, 0]
    assert heat[3, 0, 2] > 0


def test_the_report_is_left_in_its_folder(tmp_path: Path) -> None:
    quality = measure(quad(), [reference(quad())], folder=tmp_path)
    data = json.loads((tmp_path / "quality.json").read_text())
    assert data["psnr"] == quality.psnr
    assert data["views"][0]["name"] == "first"
    page = (tmp_path / "quality.html").read_text()
    assert "a &lt;quad&gt;" in page
    inside = re.search(r'src="data:image/jpeg;base64,([^"]+)"', page)  # the page loads nothing, so it can be sent on
    assert inside
    assert base64.b64decode(inside[1]) == (tmp_path / "view_000.jpg").read_bytes()
    with Image.open(tmp_path / "view_000.jpg") as picture:
        assert picture.size == (3 * 64, 48)


def test_no_photo_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"references: at least one photo is needed \(got none\)"):
        measure(quad(), [])


def test_pixels_that_the_photo_does_not_show_do_not_count() -> None:
    good = reference(quad())
    image, shown = good.image.copy(), np.ones(good.image.shape[:2], bool)
    image[:, :32], shown[:, :32] = 0, False
    quality = measure(quad(), [replace(good, image=image, shown=shown)])
    assert quality.psnr > 100
    assert quality.coverage == pytest.approx(30 * 30 / (64 * 48), rel=0.05)
    assert measure(quad(), [replace(good, image=image)]).psnr < 15


def test_a_distance_that_is_handed_in_is_told_on_the_page_and_in_the_numbers(tmp_path: Path) -> None:
    def distance(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.abs(a - b).mean())

    photo = reference(quad(), image=reference(quad()).image[::-1].copy())
    quality = measure(quad(), [photo], folder=tmp_path, distance=distance)
    render_of_it = reference(quad()).image / 255.0
    assert quality.perceptual == pytest.approx(np.abs(render_of_it - photo.image / 255.0).mean(), abs=1e-3)
    assert f"ST-LPIPS {quality.perceptual:.3f}" in (tmp_path / "quality.html").read_text()
    assert json.loads((tmp_path / "quality.json").read_text())["perceptual"] == quality.perceptual
    assert measure(quad(), [photo]).perceptual is None


def test_a_reduced_photo_shows_the_same_and_counts_where_all_of_it_did() -> None:
    image = np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3)
    shown = np.ones((48, 64), bool)
    shown[5, 9] = False
    whole = reference(quad(), image=image, shown=shown)
    half = whole.reduced(32)
    assert half.camera == Pinhole(32, 24, 30.0, 30.0, 16.0, 12.0)
    np.testing.assert_allclose(half.image, image.reshape(24, 2, 32, 2, 3).mean(axis=(1, 3)), atol=0.51)
    assert half.shown is not None
    assert np.argwhere(~half.shown).tolist() == [[2, 4]]
    assert whole.reduced(64) is whole
    points = np.array([[0.3, -0.2, 1.5]])
    np.testing.assert_allclose(half.camera.project(points), CAMERA.project(points) / 2)
