"""What the surfaces of made-up scenes show: crops of given pictures, or patterns made of noise."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int64, UInt8


def paint(
    rng: np.random.Generator,
    which: Int64[np.ndarray, "h w"],
    point: Float64[np.ndarray, "h w 3"],
    normal: Float64[np.ndarray, "h w 3"],
    looks: Int64[np.ndarray, "shapes"],
    *,
    textures: Sequence[UInt8[np.ndarray, "_ _ 3"]],
    kind: str,
) -> Float64[np.ndarray, "h w 3"]:
    """The colours without light: `which` shape a pixel shows (-1 for none), where on it, and the number of its look."""
    image = np.zeros((*which.shape, 3))
    for look in np.unique(looks[which[which >= 0]]) if (which >= 0).any() else []:
        where = (which >= 0) & (looks[np.maximum(which, 0)] == look)
        own = np.random.default_rng([int(look), int(rng.integers(1 << 30))])
        texture = textures[int(own.integers(len(textures)))] / 255 if textures and own.random() < 0.5 else _pattern(own)
        p, steep = point[where], np.abs(normal[where]).argmax(axis=1)
        ways = np.array([[2, 1], [0, 2], [0, 1]])[steep]
        uv = np.take_along_axis(p, ways, axis=1)
        reach = own.uniform(0.3, 3) * {"table": 0.3, "object": 0.5, "landscape": 5, "street": 2}.get(kind, 1)
        size = np.array(texture.shape[:2])[::-1]
        pixel = ((uv / reach) % 1 * (size - 1)).astype(int)
        image[where] = texture[pixel[:, 1], pixel[:, 0]]
    return image


def _pattern(rng: np.random.Generator, n: int = 128) -> Float64[np.ndarray, "size size 3"]:
    """Noise, grain, tiles, stripes or a plain colour."""
    v, u = np.mgrid[:n, :n] / n
    rough = noise(rng, n, rng.uniform(1, 3))
    choice = rng.integers(0, 5)
    if choice == 0:
        level = rough
    elif choice == 1:
        level = np.sin(2 * np.pi * (u * rng.integers(3, 16) + 0.4 * noise(rng, n, 3))) + 0.2 * rough
    elif choice == 2:
        a, b = rng.integers(2, 9, 2)
        joints = (u * a % 1 < 0.07) | (v * b % 1 < 0.07)
        level = rng.random(64)[((u * a).astype(int) * 7 + (v * b).astype(int) * 13) % 64] * 2 - 3 * joints + 0.2 * rough
    elif choice == 3:
        level = np.sign(np.sin(2 * np.pi * u * rng.integers(1, 9))) + 0.15 * rough
    else:
        level = 0.15 * rough
    share = (level - level.min()) / (np.ptp(level) + 1e-9)
    first, second = rng.random(3), rng.random(3)
    spread = rng.uniform(0.1, 0.8) if choice != 4 else 0.1
    return np.asarray(np.clip(first + spread * (share[..., None] - 0.5) * (second - first) * 2, 0.02, 1))


def noise(rng: np.random.Generator, n: int, beta: float | int) -> Float64[np.ndarray, "size size"]:
    """Noise whose power falls with frequency to the `beta`."""
    f = np.fft.fftfreq(n)
    radius = np.hypot(f[:, None], f[None])
    radius[0, 0] = 1
    wave = radius ** (-beta / 2) * np.exp(2j * np.pi * rng.random((n, n)))
    wave[0, 0] = 0
    values = np.fft.ifft2(wave).real
    return np.asarray((values - values.mean()) / (values.std() + 1e-12))
