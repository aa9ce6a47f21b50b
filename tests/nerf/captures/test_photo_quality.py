"""Bad photos among good ones are named; good ones are left in peace."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from nerf.captures.finding import Finding
from nerf.captures.photo_quality import check_photos
from nerf.captures.read import read_capture
from nerf.posed_images import PosedImages

Change = Callable[[Image.Image], Image.Image]


def _with(small_room: Path, folder: Path, change: Change) -> PosedImages:
    """The room with its sixth photo changed."""
    views = read_capture(small_room)
    path = folder / "changed.png"
    change(Image.open(views.photos[5].image).convert("RGB")).save(path)
    photos = tuple(replace(photo, image=path) if number == 5 else photo for number, photo in enumerate(views.photos))
    return replace(views, photos=photos)


def _level(value: int) -> Change:
    return lambda image: Image.new("RGB", image.size, (value, value, value))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda image: image.filter(ImageFilter.GaussianBlur(4)), "sharp"),
        (lambda image: ImageEnhance.Brightness(image).enhance(0.45), "lit unlike"),
        (lambda image: ImageEnhance.Brightness(image).enhance(3.0), "burnt out"),
        (lambda image: image.point(lambda level: max(0, 3 * level - 450)), "black over"),
        (_level(0), "is black"),
        (_level(255), "is white"),
        (_level(120), "of one colour"),
    ],
)
def test_a_bad_photo_among_good_ones_is_named_with_what_is_wrong(
    small_room: Path, tmp_path: Path, change: Change, word: str
) -> None:
    findings = check_photos(_with(small_room, tmp_path, change))
    told = [finding for finding in findings if word in finding.message]
    assert len(told) == 1
    assert "frame-000005" in told[0].place + told[0].message
    assert told[0].advice
    assert "frame-000004" not in " ".join(finding.message for finding in findings)


def test_a_photo_that_cannot_be_decoded_is_an_error(small_room: Path, tmp_path: Path) -> None:
    views = _with(small_room, tmp_path, lambda image: image)
    content = bytearray((tmp_path / "changed.png").read_bytes())
    content[5000:5200] = bytes(200)
    (tmp_path / "changed.png").write_bytes(content)
    findings = [finding for finding in check_photos(views) if finding.severity == "error"]
    assert [finding.place for finding in findings] == ["frame-000005"]
    assert "cannot be decoded" in findings[0].message


def test_good_photos_are_left_in_peace(small_room: Path) -> None:
    assert check_photos(read_capture(small_room)) == []


def test_real_photos_are_left_in_peace(shared_data: Path) -> None:
    findings: list[Finding] = check_photos(read_capture(shared_data / "fox").subset(range(0, 50, 3)))
    assert findings == []


def test_a_slow_change_of_light_is_no_jump(small_room: Path, tmp_path: Path) -> None:
    views = read_capture(small_room)
    photos = []
    for number, photo in enumerate(views.photos):
        path = tmp_path / f"{number}.png"
        factor = float(np.linspace(0.75, 1.15, len(views))[number])
        ImageEnhance.Brightness(Image.open(photo.image)).enhance(factor).save(path)
        photos.append(replace(photo, image=path))
    assert check_photos(replace(views, photos=tuple(photos))) == []
