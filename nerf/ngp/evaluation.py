"""Scores on photos that training never saw, with the protocol that makes them mean something."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from nerf.camera import Camera
from nerf.ngp.photo_store import IGNORED, decode, fitted
from nerf.ngp.quality import psnr, ssim
from nerf.ngp.render import Scene, render
from nerf.posed_images import PosedImages

EVERY = 8  # of photos without a split of their own, this one is held out


@dataclass(frozen=True)
class Split:
    """Which photos train and which are held out, and by what rule."""

    train: tuple[int, ...]
    held_out: tuple[int, ...]
    rule: str


@dataclass(frozen=True)
class Score:
    """Quality on held-out photos: means over photos, and each photo's own."""

    psnr: float
    ssim: float
    views: tuple[tuple[str, float, float], ...]  # name, PSNR, SSIM
    protocol: str


def split(views: PosedImages) -> Split:
    """The capture's own split where it has one, else every eighth photo held out (as for LLFF)."""
    words = [photo.split for photo in views.photos]
    own = tuple(i for i, word in enumerate(words) if word == "test") or tuple(
        i for i, word in enumerate(words) if word == "val"
    )
    if own and len(own) < len(views):
        train = tuple(i for i, word in enumerate(words) if word not in ("test", "val"))
        return Split(train, own, "the capture's own test photos")
    held_out = tuple(range(0, len(views), EVERY)) if len(views) >= EVERY else ()
    return Split(tuple(i for i in range(len(views)) if i not in held_out), held_out, f"every {EVERY}th photo held out")


def evaluate(
    scene: Scene,
    views: PosedImages,
    chosen: Sequence[int],
    *,
    long_side: int,
    background: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> Score:
    """PSNR and SSIM of the chosen views, photos reduced to `long_side` and laid over the background by their alpha."""
    rows = []
    for view in chosen:
        camera, photo, used = photo_over(views, view, long_side, background)
        if used.any():
            picture = render(scene, camera, views.world_from_camera[view], background).colour
            rows.append((views.names[view], *scores(picture, photo, used)))
    if not rows:
        raise ValueError("evaluation: there is no held-out photo to score")
    size = f"{camera.width}x{camera.height}"
    protocol = f"{len(rows)} held-out photos at {size}, background {tuple(background)}, mean of each photo's score"
    return Score(float(np.mean([r[1] for r in rows])), float(np.mean([r[2] for r in rows])), tuple(rows), protocol)


def photo_over(
    views: PosedImages, view: int, long_side: int, background: tuple[float, float, float]
) -> tuple[Camera, Float32[np.ndarray, "h w 3"], Bool[np.ndarray, "h w"]]:
    """A photo reduced to `long_side` and laid over a background by its alpha, its camera, and the pixels that count."""
    camera = fitted(views.camera(view), long_side)
    pixels = decode(views, view, camera)
    alpha = pixels[..., 3:].astype(np.float32) / 255
    photo = pixels[..., :3].astype(np.float32) / 255 * alpha + (1 - alpha) * np.array(background, np.float32)
    return camera, photo.astype(np.float32), pixels[..., 3] != IGNORED


def scores(
    picture: Float32[np.ndarray, "h w 3"], photo: Float32[np.ndarray, "h w 3"], used: Bool[np.ndarray, "h w"]
) -> tuple[float, float]:
    """PSNR over the pixels that count, and SSIM with the others black in both."""
    picture, photo = (np.where(used[..., None], image, np.float32(0)) for image in (picture, photo))
    return psnr(picture, photo, used), ssim(picture, photo)
