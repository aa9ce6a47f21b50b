"""Training pixels as bytes in one memory-mapped file, and the ray of each pixel.

Photos are decoded in a fixed random order by background threads; a step may use those that its number allows, so that
training starts at once and still does not depend on how fast the decoder was.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64, UInt8
from PIL import Image

from nerf.camera import Camera
from nerf.ngp.volume import Volume
from nerf.posed_images import PosedImages

BLACK = 6  # a photo with nearly all pixels below this is none
IGNORED = 1  # alpha byte of a pixel that no ray may use
SPACING = 16  # pixels between the nodes of a direction table
FIRST, PER_STEP = 64, 2  # photos that the first step may use, and how many more each further step


@dataclass(frozen=True, eq=False)
class Lenses:
    """Ray directions of each camera on a lattice every `SPACING` pixels, to be interpolated; all tables in a row."""

    table: Float32[np.ndarray, "nodes 3"]
    starts: Int64[np.ndarray, " cameras"]
    columns: Int64[np.ndarray, " cameras"]


def lenses(cameras: Sequence[Camera]) -> Lenses:
    """Direction tables; linear interpolation errs by less than a hundredth of a pixel for ordinary lenses."""
    tables, columns = [], []
    for camera in cameras:
        x, y = (np.arange(0, size + SPACING, SPACING, dtype=np.float64) for size in (camera.width, camera.height))
        nodes = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
        tables.append(camera.directions(nodes).astype(np.float32))
        columns.append(len(x))
    starts = np.concatenate([[0], np.cumsum([len(table) for table in tables])[:-1]])
    return Lenses(np.concatenate(tables), starts.astype(np.int64), np.array(columns, np.int64))


def fitted(camera: Camera, long_side: int) -> Camera:
    """The camera with its longer side reduced to at most `long_side` pixels."""
    factor = min(1.0, long_side / max(camera.width, camera.height))
    return camera.resized(max(1, round(camera.width * factor)), max(1, round(camera.height * factor)))


def decode(views: PosedImages, view: int, camera: Camera) -> UInt8[np.ndarray, "h w 4"]:
    """A photo at a camera's size: colours not multiplied by alpha, and alpha, `IGNORED` where the mask forbids."""
    colour, alpha, mask = views.image(view), views.alpha(view), views.mask(view)
    opacity = np.full(colour.shape[:2], 255, np.uint8) if alpha is None else np.round(alpha * 255).astype(np.uint8)
    if colour.shape[:2] != (camera.height, camera.width):
        size = camera.width, camera.height
        picture = Image.fromarray(np.dstack([colour, opacity]))  # Pillow weighs colours by alpha while resampling RGBA
        colour, opacity = np.split(np.asarray(picture.resize(size, Image.Resampling.BOX)), [3], axis=2)
        opacity = opacity[..., 0]
        if mask is not None:
            mask = np.asarray(Image.fromarray(mask.astype(np.uint8) * 255).resize(size, Image.Resampling.BOX)) == 255
    opacity = np.where(opacity == IGNORED, 0, opacity).astype(np.uint8)
    if mask is not None:
        opacity = np.where(mask, opacity, IGNORED).astype(np.uint8)
    if np.percentile(colour.max(2), 99.5) < BLACK:
        opacity[:] = IGNORED  # a lens cap, a failed exposure: no view of the scene
    return np.dstack([colour, opacity])


def decode_depth(views: PosedImages, view: int, camera: Camera) -> Float32[np.ndarray, "h w"]:
    """Depth along z at a camera's size, 0 where none: the nearest pixel, so that edges are not mixed."""
    depth = views.depth(view)
    rows = ((np.arange(camera.height) + 0.5) * depth.shape[0] / camera.height).astype(np.int64)
    columns = ((np.arange(camera.width) + 0.5) * depth.shape[1] / camera.width).astype(np.int64)
    return np.ascontiguousarray(depth[rows[:, None], columns])


def depth_spread(depth: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Standard deviation of the known depths around each pixel (3x3): large at edges, on slopes and in noise."""
    from scipy.ndimage import uniform_filter

    known = (depth > 0).astype(np.float64)
    share = np.maximum(uniform_filter(known, 3, mode="nearest"), 1e-9)
    shifted = np.where(depth > 0, depth - depth.max() / 2, 0.0)  # keeps digits where depths are alike
    mean, square = (uniform_filter(values, 3, mode="nearest") / share for values in (shifted, shifted**2))
    return np.where(depth > 0, np.sqrt(np.maximum(square - mean**2, 0)), 0).astype(np.float32)


class PhotoStore:
    """Bytes of all training photos on disk, mapped into memory; photos appear in a fixed order."""

    def __init__(
        self, views: PosedImages, volume: Volume, folder: Path, *, long_side: int, seed: int, with_depth: bool
    ) -> None:
        self.views, self.with_depth, self.scale = views, with_depth, np.float32(volume.scale)
        self.cameras = [fitted(camera, long_side) for camera in views.cameras]
        self.lenses = lenses(self.cameras)
        self.sizes = np.array([[self.camera(v).width, self.camera(v).height] for v in range(len(views))], np.int64)
        self.offsets = np.concatenate([[0], np.cumsum(self.sizes.prod(1))]).astype(np.int64)
        self.poses = flat_poses(views, volume)
        self.order = np.random.default_rng(seed).permutation(len(views)).astype(np.int64)
        folder.mkdir(parents=True, exist_ok=True)
        n = int(self.offsets[-1])
        self.pixels = np.memmap(folder / "photos.bin", np.uint8, "w+", shape=(n, 4))
        self.depths, self.spreads = np.zeros(1, np.float32), np.zeros(1, np.float32)
        if with_depth:
            self.depths, self.spreads = (
                np.memmap(folder / name, np.float32, "w+", shape=(n,)) for name in ("depths.bin", "spreads.bin")
            )
        self._pool = ThreadPoolExecutor(2)
        self._decoded: list[Future[None]] = [self._pool.submit(self._decode, int(view)) for view in self.order]

    def camera(self, view: int) -> Camera:
        """The camera of a view at the size its pixels are stored in."""
        return self.cameras[self.views.photos[view].camera]

    def ready(self, step: int) -> int:
        """Wait until all photos that a step may use are decoded; how many those are, in `order`."""
        n = min(len(self.order), FIRST + PER_STEP * step)
        while self._decoded and len(self.order) - len(self._decoded) < n:
            self._decoded.pop(0).result()
        return n

    def left_out(self, n: int) -> list[str]:
        """Names of photos among the first n in `order` that no pixel of is used."""
        names = self.views.names
        parts = {int(v): self.pixels[self.offsets[v] : self.offsets[v + 1], 3] for v in self.order[:n]}
        return sorted(names[view] for view, alpha in parts.items() if (alpha == IGNORED).all())

    def close(self) -> None:
        """Stop the decoders."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _decode(self, view: int) -> None:
        part = slice(int(self.offsets[view]), int(self.offsets[view + 1]))
        self.pixels[part] = decode(self.views, view, self.camera(view)).reshape(-1, 4)
        if self.with_depth:
            depth = decode_depth(self.views, view, self.camera(view)) * self.scale
            self.depths[part], self.spreads[part] = depth.reshape(-1), depth_spread(depth).reshape(-1)


def flat_poses(views: PosedImages, volume: Volume) -> Float32[np.ndarray, "views 3 4"]:
    """Rotation of camera directions and the camera's place, in flat coordinates."""
    poses = views.world_from_camera[:, :3].copy()
    poses[:, :, 3] = volume.flat(poses[:, :, 3])
    return poses.astype(np.float32)
