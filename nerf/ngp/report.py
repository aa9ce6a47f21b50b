"""How good a field is on photos that it never saw: scores, pictures side by side, and the curve of learning."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from nerf.ngp.radiance_field import RadianceField
from nerf.posed_images import PosedImages
from nerf.rendered_views import write_picture

Background = tuple[float, float, float]
ERROR_GAIN = 4.0  # errors are shown this much brighter
CHART = (640, 360)  # width and height of a chart
MARGIN = (56, 20, 16, 44)  # left, right, top, bottom


@dataclass(frozen=True)
class FieldReport:
    """A folder with `scores.json`, one picture per view (photo, field, error) and, where there is one, `curve.svg`."""

    folder: Path

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(self.folder.iterdir()):
            shutil.copyfile(file, folder / file.name)

    @classmethod
    def load(cls, folder: Path) -> "FieldReport":
        return cls(folder)


def report(
    field: RadianceField,
    views: PosedImages,
    chosen: Sequence[int],
    folder: Path,
    *,
    long_side: int,
    background: Background = (1.0, 1.0, 1.0),
    split: str = "",
    perceptual: Callable[[np.ndarray, np.ndarray], float] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, object]:
    """Write a report on the chosen views to `folder`; returns the means and the protocol. `split` tells who chose.

    `perceptual` says how different two pictures (h, w, 3) from 0 to 1 look to people, where there is such a measure.
    """
    from nerf.ngp.evaluation import photo_over, scores  # loads compilers, which who only hands a report on never needs

    folder.mkdir(parents=True, exist_ok=True)
    rows, sizes = [], set()
    for number, view in enumerate(chosen):
        camera, photo, used = photo_over(views, view, long_side, background)
        if used.any():
            picture = field.render(camera, views.world_from_camera[view], background).colour
            psnr, ssim = scores(picture, photo, used)
            row: dict[str, float | str] = {"name": views.names[view], "psnr": psnr, "ssim": ssim}
            if perceptual is not None:
                row["perceptual"] = perceptual(*(np.where(used[..., None], part, 0) for part in (picture, photo)))
            rows.append(row)
            sizes.add(f"{camera.width}x{camera.height}")
            write_picture(side_by_side(picture, photo, used), folder / f"{number:05d}.png")
        progress(number + 1)
    if not rows:
        raise ValueError("evaluation: there is no held-out photo to score")
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0] if name != "name"}
    protocol = (
        f"{len(rows)} photos at {', '.join(sorted(sizes))} over {tuple(background)}, mean of each photo's score"
        + (f"; {split}" if split else "")
    )
    curve = field.facts.get("curve", [])
    if curve:
        (folder / "curve.svg").write_text(chart(curve), encoding="utf-8")
    content = means | {
        "protocol": protocol,
        "views": rows,
        "curve": curve,
    }
    (folder / "scores.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return means | {"protocol": protocol, "curve": curve}


def side_by_side(
    picture: Float32[np.ndarray, "h w 3"], photo: Float32[np.ndarray, "h w 3"], used: np.ndarray
) -> Float32[np.ndarray, "h w3 3"]:
    """The photo, the picture, and what lies between them, four times brighter; pixels that do not count are black."""
    error = np.abs(np.clip(picture, 0, 1) - photo) * ERROR_GAIN
    return np.concatenate([np.where(used[..., None], part, 0) for part in (photo, picture, error)], 1)


def chart(curve: Sequence[dict[str, float]]) -> str:
    """PSNR over training steps as an SVG."""
    steps, values = [point["step"] for point in curve], [point["psnr"] for point in curve]
    left, right, top, bottom = MARGIN
    width, height = CHART[0] - left - right, CHART[1] - top - bottom
    low, high = np.floor(min(values)), np.ceil(max(values) + 1e-9)
    high = max(high, low + 1)
    x = [left + width * step / max(steps) for step in steps]
    y = [top + height * (high - value) / (high - low) for value in values]
    stride = max(1, round((high - low) / 6))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {CHART[0]} {CHART[1]}" font-family="sans-serif">']
    parts.append(f'<rect width="{CHART[0]}" height="{CHART[1]}" fill="#fff"/>')
    for level in np.arange(low, high + 1, stride):
        at = top + height * (high - level) / (high - low)
        parts.append(f'<path d="M{left} {at:.1f}h{width}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end" font-size="12">{level:.0f} dB</text>')
    for share in (0.25, 0.5, 0.75, 1.0):
        text = f"{max(steps) * share:.0f}"
        at = left + width * share
        parts.append(f'<text x="{at:.1f}" y="{CHART[1] - 24}" text-anchor="middle" font-size="12">{text}</text>')
    middle = left + width / 2
    parts.append(f'<text x="{middle}" y="{CHART[1] - 6}" text-anchor="middle" font-size="12">training steps</text>')
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    parts.append(f'<polyline points="{points}" fill="none" stroke="#1f6feb" stroke-width="2"/>')
    parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="#1f6feb"/>' for a, b in zip(x, y, strict=True)]
    return "\n".join([*parts, "</svg>"]) + "\n"
