"""How well a mesh looks like the photographs: rendered again from their cameras and compared, with pictures."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64, UInt8
from PIL import Image

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.raycast_embree import RayCaster
from meshing.render import render


@dataclass(frozen=True, eq=False)
class Reference:
    """A photograph that the mesh is held against, best one that had no part in making it.

    `shown` marks the pixels that count, where not all do: a straightened photo has none of the scene in its corners.
    """

    name: str
    image: UInt8[np.ndarray, "h w 3"]
    camera: Pinhole
    world_from_camera: Float64[np.ndarray, "4 4"]
    shown: Bool[np.ndarray, "h w"] | None = None

    def reduced(self, long_side: int) -> "Reference":
        """The photo with at most `long_side` pixels a side; a pixel counts where all that went into it did."""
        height, width = self.image.shape[:2]
        factor = min(1.0, long_side / max(width, height))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        if size == (width, height):
            return self
        image = np.asarray(Image.fromarray(self.image).resize(size, Image.Resampling.BOX))
        shown = self.shown
        if shown is not None:
            smaller = Image.fromarray(255 * shown.astype(np.uint8)).resize(size, Image.Resampling.BOX)
            shown = np.asarray(smaller) == 255
        return replace(self, image=image, camera=self.camera.resized(*size), shown=shown)


Distance = Callable[[Float64[np.ndarray, "h w 3"], Float64[np.ndarray, "h w 3"]], float]
"""How unlike two pictures look to people; colours from 0 to 1. ST-LPIPS is one such function."""


@dataclass(frozen=True)
class ViewQuality:
    """One photo. `psnr` and `ssim` are over the pixels that the mesh covers, `coverage` of them all.

    `psnr_exposed` is after the best gain and offset per colour channel: what is left when exposure does not count.
    `perceptual` is the distance of the pictures where one was asked for, the photo laid where there is no mesh.
    """

    name: str
    psnr: float
    psnr_exposed: float
    ssim: float
    coverage: float
    perceptual: float | None = None


@dataclass(frozen=True)
class Quality:
    """All photos, their means, and what the mesh costs."""

    views: tuple[ViewQuality, ...]
    psnr: float
    psnr_exposed: float
    ssim: float
    coverage: float
    triangles: int
    texture_size: tuple[int, int]  # width, height; 0, 0 without a texture
    perceptual: float | None = None


def measure(
    mesh: Mesh,
    references: Sequence[Reference],
    *,
    folder: Path | None = None,
    samples: int = 2,
    distance: Distance | None = None,
) -> Quality:
    """Compare `mesh` with each reference; `folder` gets `quality.json`, `quality.html` and the pictures."""
    if len(references) == 0:
        raise ValueError("references: at least one photo is needed (got none)")
    caster = RayCaster(mesh.vertices, mesh.faces)
    views = []
    for number, reference in enumerate(references):
        picture = render(mesh, reference.camera, reference.world_from_camera, caster=caster, samples=samples)
        hit = picture.face >= 0
        counts = hit if reference.shown is None else hit & reference.shown
        views.append(compare(reference.name, picture.color, reference.image, counts, distance))
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            side_by_side = comparison(reference.image, picture.color, hit)
            Image.fromarray(side_by_side).save(folder / f"view_{number:03d}.jpg", quality=88)
    quality = _summary(mesh, views)
    if folder is not None:
        (folder / "quality.json").write_text(json.dumps(asdict(quality), indent=1, sort_keys=True) + "\n")
        (folder / "quality.html").write_text(_page(mesh.name, quality, folder))
    return quality


def compare(
    name: str,
    rendered: UInt8[np.ndarray, "h w 3"],
    photo: UInt8[np.ndarray, "h w 3"],
    hit: Bool[np.ndarray, "h w"],
    distance: Distance | None = None,
) -> ViewQuality:
    """The numbers for one view, over the pixels in `hit`; nan where the mesh is not in view."""
    from skimage.metrics import structural_similarity

    if not hit.any():
        return ViewQuality(name, np.nan, np.nan, np.nan, 0.0)
    a, b = rendered[hit].astype(np.float64), photo[hit].astype(np.float64)
    filled = np.where(hit[..., None], rendered, photo)  # so that windows across the rim see no black
    ssim_map: np.ndarray = structural_similarity(  # type: ignore[no-untyped-call]
        filled, photo, channel_axis=2, full=True, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )[1]
    ssim, coverage = float(ssim_map[hit].mean()), float(hit.mean())
    apart = None if distance is None else distance(filled / 255, photo / 255)
    return ViewQuality(name, _psnr(a, b), _psnr(_exposed(a, b), b), ssim, coverage, apart)


def _psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(float(((a - b) ** 2).mean()), 1e-12)))


def _exposed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`a` with the gain and offset per channel that bring it nearest to `b`."""
    centered = a - a.mean(axis=0)
    gain = (centered * b).sum(axis=0) / np.maximum((centered**2).sum(axis=0), 1e-9)
    exposed: np.ndarray = gain * centered + b.mean(axis=0)
    return exposed


def comparison(
    photo: UInt8[np.ndarray, "h w 3"], rendered: UInt8[np.ndarray, "h w 3"], hit: Bool[np.ndarray, "h w"]
) -> UInt8[np.ndarray, "h w3 3"]:
    """Photo, mesh and error side by side; the error is black, red, yellow for 0, 32, 64 levels, blue without mesh."""
    error = np.abs(rendered.astype(np.int16) - photo).mean(axis=2) / 64
    heat = np.stack([np.clip(2 * error, 0, 1), np.clip(2 * error - 1, 0, 1), np.zeros_like(error)], axis=-1)
    heat[~hit] = (0.0, 0.0, 0.3)
    return np.concatenate([photo, rendered, np.rint(255 * heat).astype(np.uint8)], axis=1)


def _summary(mesh: Mesh, views: list[ViewQuality]) -> Quality:
    seen = [view for view in views if view.coverage > 0] or views
    psnr, exposed, ssim = (float(np.mean([getattr(v, key) for v in seen])) for key in ("psnr", "psnr_exposed", "ssim"))
    size = (0, 0) if mesh.base_color is None else (mesh.base_color.shape[1], mesh.base_color.shape[0])
    coverage = float(np.mean([view.coverage for view in views]))
    apart = [view.perceptual for view in seen if view.perceptual is not None]
    perceptual = float(np.mean(apart)) if apart else None
    return Quality(tuple(views), psnr, exposed, ssim, coverage, len(mesh.faces), size, perceptual)


def _page(name: str, quality: Quality, folder: Path) -> str:
    """The page with its pictures inside, so that it may be sent on, and shown where it can load nothing."""
    pictures = [base64.b64encode((folder / f"view_{k:03d}.jpg").read_bytes()) for k in range(len(quality.views))]
    rows = "".join(
        f"<h2>{escape(view.name)}</h2><p>{view.psnr:.2f} dB ({view.psnr_exposed:.2f} without exposure), SSIM "
        f"{view.ssim:.3f}{_told(view.perceptual)}, mesh in {view.coverage:.0%} of the picture</p>"
        f'<img src="data:image/jpeg;base64,{picture.decode()}" alt="photo, mesh, error">'
        for view, picture in zip(quality.views, pictures, strict=True)
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(name)}: quality</title>'
        "<style>body{font:16px sans-serif;max-width:80em;margin:2em auto;padding:0 1em}img{width:100%}</style>"
        f"<h1>{escape(name)}</h1><p>Mean over {len(quality.views)} photos: {quality.psnr:.2f} dB "
        f"({quality.psnr_exposed:.2f} without exposure), SSIM {quality.ssim:.3f}{_told(quality.perceptual)}, mesh in "
        f"{quality.coverage:.0%}. "
        f"{quality.triangles:,} triangles, texture {quality.texture_size[0]} x {quality.texture_size[1]}.</p>"
        f"<p>Each row: photo, mesh, error (black 0, red 32, yellow 64 levels; blue: no mesh).</p>{rows}</html>\n"
    )


def _told(perceptual: float | None) -> str:
    return "" if perceptual is None else f", ST-LPIPS {perceptual:.3f}"
