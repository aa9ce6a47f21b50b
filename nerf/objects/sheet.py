"""Sheets of small pictures with their captions, to look at what training sees."""

import textwrap
from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont

from nerf.objects import viewpoints
from nerf.objects.captions import full_caption
from nerf.objects.library import FAMILIES, make
from nerf.objects.render import Renderer
from nerf.objects.splits import Split

Array = np.ndarray

LINE, LINES = 11, 4


def contact_sheet(
    split: Split = "train", families: Sequence[str] | None = None, each: int = 6, size: int = 128, start: int = 0
) -> UInt8[Array, "h w 3"]:
    """A row for every family, `each` objects in a row, each with its full caption."""
    names = list(FAMILIES) if families is None else list(families)
    models = [make(split, start + row * each + i, name) for row, name in enumerate(names) for i in range(each)]
    pose = viewpoints.canonical(["front"])[0]
    pictures = [Renderer(model).view(viewpoints.camera(size), pose).rgb for model in models]
    return tiled(pictures, [full_caption(model.description) for model in models], each)


def tiled(
    pictures: Sequence[UInt8[Array, "h w 3"]], captions: Sequence[str], columns: int
) -> UInt8[Array, "rows cols 3"]:
    """Pictures of one size in a grid, with a caption of up to four lines under each."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * (height + LINE * LINES)), "white")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(9)
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        x, y = number % columns * width, number // columns * (height + LINE * LINES)
        sheet.paste(Image.fromarray(picture), (x, y))
        lines = textwrap.wrap(caption, max(width // 5, 8))[:LINES]
        pen.multiline_text((x + 2, y + height), "\n".join(lines), fill="black", font=font, spacing=1)
    return np.asarray(sheet)
