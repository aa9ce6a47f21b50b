"""A report's numbers are those of its pictures, and its protocol says what they are of."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.ngp.fit import fit
from nerf.ngp.levels import Levels
from nerf.ngp.report import FieldReport, chart, report
from nerf.ngp.settings import Stop, Training
from nerf.posed_images import PosedImages


def test_scores_are_those_of_the_pictures_beside_them(ball: PosedImages, tmp_path: Path) -> None:
    settings = Training(levels=Levels(4, 4, 8, 4, 16), stop=Stop(steps=1), batch_samples=256, grid_size=16)
    field, done = fit(ball, settings), list[int]()
    means = report(field, ball, [0, 8], tmp_path / "r", long_side=100, split="two of them", progress=done.append)
    assert done == [1, 2]
    scores = json.loads((tmp_path / "r" / "scores.json").read_text())
    for number, row in enumerate(scores["views"]):
        pixels = np.asarray(Image.open(tmp_path / "r" / f"{number:05d}.png")).astype(float) / 255
        photo, picture, error = np.split(pixels, 3, axis=1)
        assert row["psnr"] == pytest.approx(-10 * np.log10(((photo - picture) ** 2).mean()), abs=0.05)
        np.testing.assert_allclose(error, np.clip(4 * np.abs(photo - picture), 0, 1), atol=0.02)
    assert means["psnr"] == pytest.approx(np.mean([row["psnr"] for row in scores["views"]]))
    assert "2 photos at 40x40 over (1.0, 1.0, 1.0)" in str(means["protocol"])
    assert str(means["protocol"]).endswith("two of them")
    FieldReport(tmp_path / "r").save(tmp_path / "copy")
    assert (tmp_path / "copy" / "scores.json").read_bytes() == (tmp_path / "r" / "scores.json").read_bytes()
    with pytest.raises(ValueError, match="no held-out photo"):
        report(field, ball, [], tmp_path / "none", long_side=100)


def test_a_measure_of_how_pictures_look_stands_beside_the_others(ball: PosedImages, tmp_path: Path) -> None:
    settings = Training(levels=Levels(4, 4, 8, 4, 16), stop=Stop(steps=1), batch_samples=256, grid_size=16)

    def brighter(picture: np.ndarray, photo: np.ndarray) -> float:
        assert picture.shape == photo.shape == (40, 40, 3)
        return float((picture - photo).mean())

    means = report(fit(ball, settings), ball, [0, 8], tmp_path, long_side=100, perceptual=brighter)
    rows = json.loads((tmp_path / "scores.json").read_text())["views"]
    pixels = np.asarray(Image.open(tmp_path / "00000.png")).astype(float) / 255
    photo, picture, _ = np.split(pixels, 3, axis=1)
    assert rows[0]["perceptual"] == pytest.approx((picture - photo).mean(), abs=0.01)
    assert means["perceptual"] == pytest.approx(np.mean([row["perceptual"] for row in rows]))


def test_a_chart_is_an_svg_whose_line_rises_with_the_curve() -> None:
    curve = [{"step": 100.0, "psnr": 18.2}, {"step": 200.0, "psnr": 22.0}, {"step": 400.0, "psnr": 24.9}]
    drawing = ElementTree.fromstring(chart(curve))
    (line,) = drawing.iter("{http://www.w3.org/2000/svg}polyline")
    points = np.array([[float(n) for n in pair.split(",")] for pair in line.get("points", "").split()])
    assert (np.diff(points[:, 0]) > 0).all()
    assert (np.diff(points[:, 1]) < 0).all()
    texts = {text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"18 dB", "25 dB", "400", "training steps"} <= texts


def test_a_chart_of_one_point_is_a_chart() -> None:
    ElementTree.fromstring(chart([{"step": 100.0, "psnr": 20.0}]))
