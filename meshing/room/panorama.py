"""Pictures all around one point: where their pixels look, and what points they show.

The middle column looks along -z, columns to the right turn towards +x, the upper rows look up (+y): so the picture
shows what a viewer sees who turns to the right. Pixel centres lie at integer + 0.5. Everything measured is a distance
along the ray, not a depth along z.
"""

import numpy as np
from jaxtyping import Float, Float32, Float64, UInt8

from meshing.pinhole import Pinhole


def directions(height: int, width: int) -> Float64[np.ndarray, "h w 3"]:
    """The unit direction of every pixel."""
    longitude = ((np.arange(width) + 0.5) / width * 2 - 1) * np.pi
    latitude = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    around, up = np.meshgrid(longitude, latitude)
    return np.stack([np.sin(around) * np.cos(up), np.sin(up), -np.cos(around) * np.cos(up)], axis=-1)


def solid_angles(height: int, width: int) -> Float64[np.ndarray, "h w"]:
    """How much of the sphere each pixel covers; they add up to 1."""
    edges = np.sin((0.5 - np.arange(height + 1) / height) * np.pi)
    return np.broadcast_to(((edges[:-1] - edges[1:]) / (2 * width))[:, None], (height, width)).copy()


def pixels_of(ways: Float[np.ndarray, "*n 3"], height: int, width: int) -> Float64[np.ndarray, "*n 2"]:
    """Column and row, with fractions, in which a panorama shows what lies in these directions."""
    x, y, z = ways[..., 0], ways[..., 1], ways[..., 2]
    column = (np.arctan2(x, -z) / (2 * np.pi) + 0.5) * width
    row = (0.5 - np.arctan2(y, np.hypot(x, z)) / np.pi) * height
    return np.stack([column, row], axis=-1)


def sampled(image: Float[np.ndarray, "h w c"], at: Float64[np.ndarray, "*n 2"]) -> Float64[np.ndarray, "*n c"]:
    """Values of a panorama between its pixels: bilinear, around the seam and mirrored over the poles."""
    height, width = image.shape[:2]
    x, y = at[..., 0] - 0.5, np.clip(at[..., 1] - 0.5, 0, height - 1)
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    a, b = (x - left)[..., None], (y - top)[..., None]
    right, low = (left + 1) % width, np.minimum(top + 1, height - 1)
    left = left % width
    upper = image[top, left] * (1 - a) + image[top, right] * a
    lower = image[low, left] * (1 - a) + image[low, right] * a
    return np.asarray(upper * (1 - b) + lower * b)


def nearest(image: np.ndarray, at: Float64[np.ndarray, "*n 2"]) -> np.ndarray:
    """Values of the panorama's pixels that lie nearest."""
    height, width = image.shape[:2]
    column = np.floor(at[..., 0]).astype(np.int64) % width
    return np.asarray(image[np.clip(np.floor(at[..., 1]).astype(np.int64), 0, height - 1), column])


def perspective(
    panorama: UInt8[np.ndarray, "h w 3"], camera: Pinhole, rotation: Float64[np.ndarray, "3 3"]
) -> UInt8[np.ndarray, "rows columns 3"]:
    """What a camera in the same place sees; `rotation` leads from its axes (x right, y down, z forward) to the room."""
    ways = camera.rays() @ rotation.T
    colors = sampled(panorama.astype(np.float64), pixels_of(ways, *panorama.shape[:2]))
    return np.asarray(np.rint(colors).astype(np.uint8))


def facing(yaw: float, pitch: float = 0.0) -> Float64[np.ndarray, "3 3"]:
    """The rotation of a camera that looks along -z, turned by `yaw` to the right and `pitch` up, in radians."""
    right = np.array([np.cos(yaw), 0.0, np.sin(yaw)])
    forward = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), -np.cos(yaw) * np.cos(pitch)])
    return np.stack([right, np.cross(forward, right), forward], axis=1)


def around(n: int, size: int, field_of_view: float = np.pi / 2) -> list[tuple[Pinhole, Float64[np.ndarray, "3 3"]]]:
    """`n` square views in a ring and one up and one down, which together cover the sphere where they overlap enough."""
    focal = size / 2 / np.tan(field_of_view / 2)
    camera = Pinhole(size, size, focal, focal, size / 2, size / 2)
    ring = [(camera, facing(2 * np.pi * k / n)) for k in range(n)]
    return [*ring, (camera, facing(0.0, np.pi / 2 - 1e-6)), (camera, facing(0.0, -np.pi / 2 + 1e-6))]


def merged(
    values: list[Float[np.ndarray, "rows columns c"]],
    views: list[tuple[Pinhole, Float64[np.ndarray, "3 3"]]],
    height: int,
    width: int,
) -> Float32[np.ndarray, "h w c"]:
    """Perspective pictures blended into a panorama: each weighs most in its middle and nothing at its rim."""
    ways = directions(height, width)
    total = np.zeros((height, width, values[0].shape[2]))
    weight = np.zeros((height, width, 1))
    for picture, (camera, rotation) in zip(values, views, strict=True):
        local = ways @ rotation
        ahead = local[..., 2] > 1e-3
        at = camera.project(local.reshape(-1, 3)).reshape(height, width, 2)
        u, v = at[..., 0] / camera.width, at[..., 1] / camera.height
        inside = ahead & (u > 0) & (u < 1) & (v > 0) & (v < 1)
        share = np.where(inside, np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v)), 0.0) ** 2
        x = np.clip(at[inside], 0.5, np.array([camera.width, camera.height]) - 0.5) - 0.5
        left, top = np.floor(x[:, 0]).astype(np.int64), np.floor(x[:, 1]).astype(np.int64)
        right, low = np.minimum(left + 1, camera.width - 1), np.minimum(top + 1, camera.height - 1)
        a, b = (x[:, 0] - left)[:, None], (x[:, 1] - top)[:, None]
        here = (picture[top, left] * (1 - a) + picture[top, right] * a) * (1 - b)
        here = here + (picture[low, left] * (1 - a) + picture[low, right] * a) * b
        total[inside] += here * share[inside][:, None]
        weight[inside, 0] += share[inside]
    return np.asarray((total / np.maximum(weight, 1e-12)).astype(np.float32))
