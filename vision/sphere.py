"""Square views that together look all around, and values carried between them and a panorama.

Owns the overlaps of views on the sphere: which pixel of one shows what a pixel of another shows. Conventions are those
of `panorama.py`; camera axes are x right, y down, z forward, and a view's rotation leads from them to the room.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, Int64

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Views:
    """`rotations` of square views that share `tangent`, that of half their angle."""

    rotations: Float64[np.ndarray, "views 3 3"]
    tangent: float

    def __len__(self) -> int:
        return len(self.rotations)

    def rays(self, size: int) -> Float64[np.ndarray, "size size 3"]:
        """Directions through the pixel centres of a view, in its own axes; z is 1."""
        across = ((np.arange(size) + 0.5) / size * 2 - 1) * self.tangent
        x, y = np.meshgrid(across, across)
        return np.stack([x, y, np.ones_like(x)], axis=-1)

    def ways(self, view: int, size: int) -> Float64[np.ndarray, "size size 3"]:
        """The same in the room's axes."""
        return np.asarray(self.rays(size) @ self.rotations[view].T)

    def places(self, view: int, ways: Float64[np.ndarray, "*n 3"]) -> Float64[np.ndarray, "*n 2"]:
        """Where a view shows directions, from -1 to 1 across and down; NaN where it does not."""
        local = ways @ self.rotations[view]
        ahead = local[..., 2:] > 1e-6
        at = np.where(ahead, local[..., :2] / np.where(ahead, local[..., 2:], 1.0) / self.tangent, np.nan)
        return np.where(np.all(np.abs(at) <= 1, axis=-1, keepdims=True), at, np.nan)


def views_around(count: int, degrees: float) -> Views:
    """`count` views in a ring at the height of the eyes, and one up and one down.

    Raises ValueError where they leave gaps.
    """
    rotations = [_facing(2 * np.pi * k / count, 0.0) for k in range(count)]
    rotations += [_facing(0.0, np.pi / 2), _facing(0.0, -np.pi / 2)]
    views = Views(np.array(rotations), float(np.tan(np.radians(degrees) / 2)))
    seen = [np.isfinite(views.places(k, directions(64))).all(axis=-1) for k in range(len(views))]
    if not np.any(seen, axis=0).all():
        raise ValueError(f"views: {count} around of {degrees:g} degrees leave gaps; give more or wider ones")
    return views


def directions(height: int) -> Float64[np.ndarray, "h w 3"]:
    """The unit direction of every pixel of a panorama, which is twice as wide."""
    longitude = ((np.arange(2 * height) + 0.5) / (2 * height) * 2 - 1) * np.pi
    latitude = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    around, up = np.meshgrid(longitude, latitude)
    return np.stack([np.sin(around) * np.cos(up), np.sin(up), -np.cos(around) * np.cos(up)], axis=-1)


def seen_from(views: Views, panorama: Array, size: int) -> Array:
    """What each view shows of a panorama (h, w, ...), by the nearest pixels: (views, size, size, ...)."""
    h, w = panorama.shape[:2]
    pictures = []
    for view in range(len(views)):
        x, y, z = np.moveaxis(views.ways(view, size), -1, 0)
        column = np.floor((np.arctan2(x, -z) / (2 * np.pi) + 0.5) * w).astype(np.int64) % w
        row = np.floor((0.5 - np.arctan2(y, np.hypot(x, z)) / np.pi) * h).astype(np.int64)
        pictures.append(panorama[np.clip(row, 0, h - 1), column])
    return np.stack(pictures)


def merged(views: Views, pictures: Float[Array, "views size size c"], height: int) -> Float32[Array, "h w c"]:
    """Views blended into a panorama: each weighs most in its middle and nothing at its rim."""
    ways = directions(height)
    values = torch.from_numpy(np.ascontiguousarray(np.moveaxis(pictures, -1, 1), dtype=np.float32))
    total = torch.zeros(values.shape[1], height, 2 * height)
    weight = torch.zeros(height, 2 * height)
    for view in range(len(views)):
        at = views.places(view, ways)
        share = torch.from_numpy(_share(at))
        total += _sampled(values[view], at) * share
        weight += share
    return np.ascontiguousarray((total / weight.clamp(min=1e-12)).permute(1, 2, 0).numpy())


def shared_noise(views: Views, size: int, channels: int, random: np.random.Generator) -> Float32[Array, "views c s s"]:
    """White noise for each view, the same where views show the same.

    A view takes a pixel's noise over from the views before it, each at most once: so overlaps agree as far as pixels
    correspond, and within a view no two pixels are alike. Sampling one noisy panorama would repeat its pixels, or
    blur them.
    """
    owners: list[Int64[Array, "size size"]] = []
    fresh = 0
    for view in range(len(views)):
        owner = np.full(size * size, -1, np.int64)
        for before, given in enumerate(owners):
            at = views.places(before, views.ways(view, size)).reshape(-1, 2)
            there = np.isfinite(at).all(axis=1) & (owner < 0)
            column, row = np.clip(((at[there] + 1) / 2 * size).astype(np.int64), 0, size - 1).T
            owner[there] = given[row, column]
        number, first = np.unique(owner, return_index=True)
        kept = np.full(size * size, -1, np.int64)
        kept[first[number >= 0]] = number[number >= 0]
        lacking = np.flatnonzero(kept < 0)
        kept[lacking] = fresh + np.arange(len(lacking))
        fresh += len(lacking)
        owners.append(kept.reshape(size, size))
    noise = random.standard_normal((fresh, channels), dtype=np.float32)
    return np.ascontiguousarray(np.moveaxis(noise[np.stack(owners)], -1, 1))


class Overlaps:
    """Where the pixels of each view lie in the others, ready to bring views to what they agree on."""

    def __init__(self, views: Views, size: int, device: str = "cpu") -> None:
        self._pairs: list[tuple[int, int, torch.Tensor, torch.Tensor]] = []
        rim = views.rays(size)[..., :2] / views.tangent
        self._own = torch.from_numpy(_share(rim)).to(device)
        for view in range(len(views)):
            ways = views.ways(view, size)
            for other in range(len(views)):
                at = views.places(other, ways)
                if other != view and np.isfinite(at).any():
                    share = torch.from_numpy(_share(at)).to(device)
                    grid = torch.from_numpy(np.nan_to_num(at, nan=-2.0).astype(np.float32)).to(device)
                    self._pairs.append((view, other, grid, share))

    def agreed(self, values: Float[torch.Tensor, "views c size size"]) -> Float[torch.Tensor, "views c size size"]:
        """Every pixel's mean over the views that show it, each counting most in its own middle.

        A view's own pixels are not resampled, so its middle stays as sharp as it was.
        """
        total, weight = values * self._own, self._own.expand(len(values), -1, -1).clone()
        for view, other, grid, share in self._pairs:
            total[view] += _gathered(values[other], grid) * share
            weight[view] += share
        mean: torch.Tensor = total / weight[:, None]
        return mean

    def disagreement(self, values: Float[torch.Tensor, "views c size size"]) -> float:
        """The mean step between what two views show of the same place."""
        steps, count = 0.0, 0.0
        for view, other, grid, share in self._pairs:
            inside = share > 0
            steps += float(((_gathered(values[other], grid) - values[view]).abs() * inside).mean(dim=0).sum())
            count += float(inside.sum())
        return steps / max(count, 1.0)


def _facing(yaw: float, pitch: float) -> Float64[np.ndarray, "3 3"]:
    right = np.array([np.cos(yaw), 0.0, np.sin(yaw)])
    forward = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), -np.cos(yaw) * np.cos(pitch)])
    return np.stack([right, np.cross(forward, right), forward], axis=1)


def _share(at: Float64[np.ndarray, "h w 2"]) -> Float32[np.ndarray, "h w"]:
    """How much a view counts at places from -1 to 1: 1 in its middle, next to nothing at its rim, 0 outside."""
    inner = 1 - np.abs(at).max(axis=-1)
    return np.where(np.isfinite(inner), np.maximum(np.nan_to_num(inner), 1e-3) ** 2, 0).astype(np.float32)


def _sampled(picture: Float[torch.Tensor, "c s s"], at: Float64[np.ndarray, "h w 2"]) -> torch.Tensor:
    return _gathered(picture, torch.from_numpy(np.nan_to_num(at, nan=-2.0).astype(np.float32)))


def _gathered(picture: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    found: torch.Tensor = torch.nn.functional.grid_sample(
        picture[None], grid[None].to(picture.dtype), mode="bilinear", padding_mode="border", align_corners=False
    )[0]
    return found
