"""Shapes of books: closed, standing or lying, and open."""

import math

import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.solids import Solid, box, prism


def book(draft: Draft) -> None:
    width, height, thick = draft.between(0.6, 0.75), draft.between(0.8, 1.0), draft.between(0.1, 0.24)
    if draft.chance(0.3):
        _open_book(draft, width, height)
        return
    draft.proportion(thick, (0.135, "thin"), (0.2, "thick"))
    cover = 0.035
    pieces: list[tuple[Solid, str]] = [
        (box((width, height, cover), (0, height / 2, thick / 2)), "main"),
        (box((width, height, cover), (0, height / 2, -thick / 2)), "main"),
        (box((cover, height, thick + cover), (-width / 2, height / 2, 0)), "main"),
        (
            box((width - 0.05, height - 0.06, thick), (0, height / 2, 0)),
            "beige" if draft.colour == "white" else "white",
        ),
        (box((width * 0.6, height * 0.16, 0.03), (0.03, height * 0.72, thick / 2 + cover * 0.5)), "accent"),
    ]
    if draft.chance(0.5):
        pieces.append((box((width * 0.36, 0.05, 0.03), (0.03, height * 0.3, thick / 2 + cover * 0.5)), "accent"))
    if draft.chance(0.5):
        pieces.append((box((0.05, 0.2, 0.03), (width * 0.1, -0.02, 0)), "accent"))
        draft.has("a bookmark")
    lying = draft.chance(0.5)
    draft.called("lying" if lying else "standing")
    lean = -math.pi / 2 if lying else 0.0
    for solid, role in pieces:
        draft.fixed(role, solid.turned("x", lean).turned("y", 0.0 if lying else 0.35))


def _open_book(draft: Draft, width: float, height: float) -> None:
    draft.called("open")
    lift = draft.between(0.15, 0.4)
    for side in (-1, 1):
        half = width * 0.8
        cover = box((half, 0.04, height), (side * half / 2, 0, 0))
        xs = np.linspace(0, half - 0.03, 9)
        curve = 0.11 * np.sin(np.pi * np.clip(xs / half * 0.85 + 0.12, 0, 1))
        outline = [*zip(xs, 0.02 + curve, strict=True), (half - 0.03, 0.01), (0, 0.01)]
        pages = prism([(side * x, y) for x, y in outline], height - 0.06)
        lines = [
            box((half * 0.6, 0.02, 0.04), (side * half * 0.5, 0.115, z * height)) for z in (-0.3, -0.15, 0.0, 0.15)
        ]
        draft.main(cover.turned("z", side * lift))
        draft.contrasting("white", "beige", pages.turned("z", side * lift))
        draft.accent(*(line.turned("z", side * lift) for line in lines))
