"""Photos that are blurred, black, burnt out or lit unlike their neighbours, judged on small copies."""

from dataclasses import dataclass

import numpy as np

from nerf.captures.finding import Finding, named
from nerf.photo import read_small_grey
from nerf.posed_images import PosedImages
from nerf.sharpness import sharpness

Array = np.ndarray

MOST = 2000  # photos looked at, evenly spread
MANY, CLOSELY, QUICKLY = 300, 800, 400  # up to MANY photos are looked at in copies of CLOSELY pixels, else QUICKLY
BLURRED = 0.2  # of the median sharpness of the neighbours
NEIGHBOURS = 10
BLACK, WHITE, FLAT = 8.0, 247.0, 3.0  # mean level and spread of a picture without a picture
CLIPPED = 0.25  # share of pixels at the end of the scale
JUMP = 0.8  # stops of mean brightness between neighbours


@dataclass(frozen=True)
class _Measured:
    name: str
    mean: float
    spread: float
    dark: float
    bright: float
    sharpness: float


def check_photos(views: PosedImages) -> list[Finding]:
    """What is wrong with single photos, and with how they go together."""
    chosen = np.unique(np.linspace(0, len(views) - 1, min(len(views), MOST)).astype(int)).tolist()
    measured, findings = [], []
    for view in chosen:
        try:
            measured.append(_measure(views, view, CLOSELY if len(chosen) <= MANY else QUICKLY))
        except (ValueError, OSError) as error:
            findings.append(Finding("error", views.names[view], str(error), "replace the file or remove its frame"))
    empty = [photo for photo in measured if photo.mean < BLACK or photo.mean > WHITE or photo.spread < FLAT]
    rest = [photo for photo in measured if photo not in empty]
    findings += [_empty(photo) for photo in empty]
    return [*findings, *_check_clipping(rest), *_check_brightness(rest), *_check_blur(rest)]


def _measure(views: PosedImages, view: int, longest: int) -> _Measured:
    grey = read_small_grey(views.photos[view].image, longest)
    return _Measured(
        name=views.names[view],
        mean=float(grey.mean()),
        spread=float(grey.std()),
        dark=float((grey <= 4).mean()),
        bright=float((grey >= 251).mean()),
        sharpness=sharpness(grey),
    )


def _empty(photo: _Measured) -> Finding:
    kind = "black" if photo.mean < BLACK else "white" if photo.mean > WHITE else "of one colour"
    message = f"the photo is {kind} (mean level {photo.mean:.0f}, spread {photo.spread:.1f} of 255)"
    return Finding(
        "warning", photo.name, message, "remove the frame: it teaches the reconstruction that nothing is there"
    )


def _check_clipping(photos: list[_Measured]) -> list[Finding]:
    burnt = [photo.name for photo in photos if photo.bright > CLIPPED]
    sunk = [photo.name for photo in photos if photo.dark > CLIPPED]
    findings = []
    if burnt:
        message = f"{len(burnt)} photos are burnt out over a quarter of their pixels: {named(burnt)}"
        findings.append(Finding("warning", "photos", message, "lower the exposure, or lock it on the brightest part"))
    if sunk:
        message = f"{len(sunk)} photos are black over a quarter of their pixels: {named(sunk)}"
        findings.append(Finding("warning", "photos", message, "add light or raise the exposure"))
    return findings


def _check_brightness(photos: list[_Measured]) -> list[Finding]:
    stops = np.log2(np.array([max(photo.mean / 255, 1e-3) ** 2.2 for photo in photos]))
    around = _running_median(stops)
    jumps = [photo.name for photo, off in zip(photos, np.abs(stops - around), strict=True) if off > JUMP]
    if not jumps:
        return []
    message = f"{len(jumps)} photos are lit unlike their neighbours by more than {JUMP} stops: {named(jumps)}"
    return [Finding("warning", "photos", message, "lock exposure and white balance, or turn on appearance codes")]


def _check_blur(photos: list[_Measured]) -> list[Finding]:
    values = np.array([photo.sharpness for photo in photos])
    around = _running_median(values)
    blurred = [
        photo.name for photo, sharp, usual in zip(photos, values, around, strict=True) if sharp < BLURRED * usual
    ]
    if not blurred:
        return []
    message = f"{len(blurred)} photos are much less sharp than those around them: {named(blurred)}"
    return [
        Finding("warning", "photos", message, "remove them, or take them again with more light and a steadier hand")
    ]


def _running_median(values: Array) -> Array:
    """The median of each value and the ten on either side of it."""
    count = len(values)
    return np.array(
        [np.median(values[max(0, at - NEIGHBOURS) : min(count, at + NEIGHBOURS + 1)]) for at in range(count)]
    )
