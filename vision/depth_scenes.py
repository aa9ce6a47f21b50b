"""Made-up scenes with exact depth for training: rooms, streets, landscapes, people close up, things near and on tables.

Boxes, ellipsoids and cylinders are met by rays in closed form; surfaces carry crops of given pictures or patterns
made of noise. Owns the pictures and their inverse depth. Does not own any network.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numba import njit

BOX, ELLIPSOID, CYLINDER = 0, 1, 2
KINDS = ("room", "street", "landscape", "portrait", "table", "object")
_SKY = 0.0
Numbers = Sequence[float | int]


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture and its inverse depth along z in 1/metre; 0 is the sky."""

    rgb: UInt8[np.ndarray, "h w 3"]
    inverse: Float32[np.ndarray, "h w"]
    kind: str


@dataclass
class _Parts:
    """Shapes while a scene is put together: kind, middle, half sizes, turn about y, and the texture's number."""

    kind: list[int] = field(default_factory=list)
    middle: list[tuple[float, float, float]] = field(default_factory=list)
    half: list[tuple[float, float, float]] = field(default_factory=list)
    turn: list[float] = field(default_factory=list)
    texture: list[int] = field(default_factory=list)

    def add(self, kind: int, middle: Numbers, half: Numbers, turn: float | int, texture: int) -> None:
        self.kind.append(kind)
        self.middle.append((float(middle[0]), float(middle[1]), float(middle[2])))
        self.half.append((float(half[0]), float(half[1]), float(half[2])))
        self.turn.append(float(turn))
        self.texture.append(texture)


def make_scene(
    rng: np.random.Generator,
    *,
    height: int = 192,
    width: int = 256,
    kind: str | None = None,
    textures: Sequence[UInt8[np.ndarray, "h2 w2 3"]] = (),
) -> Scene:
    """One random scene; `textures` are photographs that some of the surfaces show."""
    kind = kind or str(rng.choice(KINDS, p=(0.32, 0.14, 0.12, 0.14, 0.14, 0.14)))
    if kind not in KINDS:
        raise ValueError(f"kind: must be one of {', '.join(KINDS)} (got {kind!r})")
    parts, eye, direction = _Parts(), np.zeros(3), np.zeros(2)
    eye, direction = _LAYOUTS[kind](rng, parts)
    yaw, pitch = direction[0] + rng.normal() * 0.15, direction[1] + rng.normal() * 0.06
    focal = width / (2 * np.tan(np.radians(rng.uniform(38, 78)) / 2))
    rays = _rays(height, width, focal, yaw, pitch, rng.normal() * 0.03)
    arrays = [np.array(values, np.float64) for values in (parts.middle, parts.half, parts.turn)]
    distance, which, point, normal = _cast(rays, eye, np.array(parts.kind, np.int64), *arrays)
    inverse = np.where(which >= 0, 1 / np.maximum(distance, 1e-3), _SKY)  # rays have z = 1: distances are depths
    image = _paint(rng, which, point, normal, np.array(parts.texture), textures, kind)
    image = _lit(rng, image, inverse, point, normal, eye, kind)
    sky = _sky(rng, height, width)
    image = np.where((which >= 0)[..., None], image, sky)
    image = _aired(rng, image, inverse, sky, kind)
    return Scene(_photographed(rng, image, inverse, kind), inverse.astype(np.float32), kind)


def _room(rng: np.random.Generator, parts: _Parts) -> tuple[np.ndarray, np.ndarray]:
    w, h, d = rng.uniform(2.5, 7), rng.uniform(2.3, 3.4), rng.uniform(3, 8)
    for k, (middle, half) in enumerate(
        (
            ((0, -0.05, d / 2), (w, 0.05, d)),
            ((0, h + 0.05, d / 2), (w, 0.05, d)),
            ((-w / 2 - 0.05, h / 2, d / 2), (0.05, h, d)),
            ((w / 2 + 0.05, h / 2, d / 2), (0.05, h, d)),
            ((0, h / 2, d + 0.05), (w, h, 0.05)),
        )
    ):
        parts.add(BOX, middle, half, 0, k)
    for _ in range(rng.integers(4, 15)):
        _thing(rng, parts, (rng.uniform(-w / 2, w / 2), 0, rng.uniform(1.2, d)), rng.uniform(0.5, 1.7))
    for _ in range(rng.integers(0, 6)):  # pictures and shelves on the walls
        a, b, t = rng.uniform(0.15, 0.6), rng.uniform(0.1, 0.5), rng.uniform(0.01, 0.2)
        y, side = rng.uniform(1.0, 2.0), rng.integers(0, 3)
        if side == 0:
            parts.add(BOX, (rng.uniform(-w / 2, w / 2), y, d - t), (a, b, t), 0, _fresh(rng))
        else:
            parts.add(BOX, ((2 * side - 3) * (w / 2 - t), y, rng.uniform(1, d)), (t, b, a), 0, _fresh(rng))
    eye = np.array([rng.uniform(-0.3, 0.3) * w, rng.uniform(0.9, 1.8), rng.uniform(0, 0.6)])
    return eye, np.array([np.arctan2(-eye[0], d) + rng.normal() * 0.3, rng.uniform(-0.35, 0.05)])


def _street(rng: np.random.Generator, parts: _Parts) -> tuple[np.ndarray, np.ndarray]:
    parts.add(BOX, (0, -0.5, 0), (500, 0.5, 500), 0, 0)
    gap = rng.uniform(3, 9)
    for side in (-1, 1):
        z = rng.uniform(-4, 4)
        while z < 120:
            long, high, back = rng.uniform(3, 9), rng.uniform(3, 14), rng.uniform(0, 1.5)
            parts.add(BOX, (side * (gap + 4 + back), high, z + long), (4, high, long), 0, _fresh(rng))
            z += 2 * long + (rng.uniform(0, 6) if rng.random() < 0.3 else 0)
    for _ in range(rng.integers(3, 14)):
        _thing(rng, parts, (rng.uniform(-gap, gap), 0, np.exp(rng.uniform(0.9, 3.8))), rng.uniform(1.2, 2.2))
    return np.array([rng.uniform(-1, 1), rng.uniform(1.2, 2.2), 0]), np.array([0, rng.uniform(-0.1, 0.1)])


def _landscape(rng: np.random.Generator, parts: _Parts) -> tuple[np.ndarray, np.ndarray]:
    parts.add(BOX, (0, -0.5, 0), (900, 0.5, 900), 0, 0)
    for _ in range(rng.integers(2, 7)):
        r, a = rng.uniform(60, 400), rng.uniform(-0.8, 0.8)
        size = (rng.uniform(30, 120), rng.uniform(6, 50), rng.uniform(20, 90))
        parts.add(ELLIPSOID, (np.sin(a) * r, -3, np.cos(a) * r), size, rng.uniform(0, 3), _fresh(rng))
    for _ in range(rng.integers(5, 26)):
        r, a = np.exp(rng.uniform(0.7, 4.2)), rng.uniform(-0.8, 0.8)
        _thing(rng, parts, (np.sin(a) * r, 0, np.cos(a) * r), rng.uniform(0.5, 1.6) * (1 if r < 6 else 4))
    return np.array([0, rng.uniform(0.8, 3.5), 0]), np.array([0, rng.uniform(-0.25, 0.1)])


def _portrait(rng: np.random.Generator, parts: _Parts) -> tuple[np.ndarray, np.ndarray]:
    z, scale = rng.uniform(0.6, 1.8), rng.uniform(0.85, 1.2)
    x, y, body, skin = rng.uniform(-0.25, 0.25), rng.uniform(-0.15, 0.12), _fresh(rng), _fresh(rng)
    parts.add(ELLIPSOID, (x, y - 0.55 * scale, z + 0.05), (0.27 * scale, 0.34 * scale, 0.16 * scale), 0, body)
    parts.add(ELLIPSOID, (x, y, z), (0.09 * scale, 0.125 * scale, 0.1 * scale), 0, skin)
    parts.add(CYLINDER, (x, y - 0.17 * scale, z + 0.02), (0.05, 0.09, 0.05), 0, skin)
    if rng.random() < 0.7:
        hair = (0.11 * scale, 0.12 * scale, 0.1 * scale)
        parts.add(ELLIPSOID, (x, y + 0.04 * scale, z + 0.03), hair, 0, _fresh(rng))
    parts.add(BOX, (0, -1.6, 30), (60, 0.1, 60), 0, 0)
    if rng.random() < 0.7:
        parts.add(BOX, (0, 2, z + rng.uniform(0.4, 7)), (40, 14, 0.05), rng.normal() * 0.1, _fresh(rng))
    for _ in range(rng.integers(0, 8)):
        _thing(rng, parts, (rng.uniform(-2, 2), -1.5, z + rng.uniform(0.5, 5)), rng.uniform(0.7, 2.2))
    return np.zeros(3), np.array([0, rng.uniform(-0.1, 0.05)])


def _table(rng: np.random.Generator, parts: _Parts) -> tuple[np.ndarray, np.ndarray]:
    parts.add(BOX, (0, -0.05, 0), (3, 0.05, 3), rng.uniform(0, 3), 0)
    parts.add(BOX, (0, 2, rng.uniform(0.8, 4)), (9, 5, 0.05), 0, _fresh(rng))
    for _ in range(rng.integers(1, 10)):
        _thing(rng, parts, (rng.uniform(-0.5, 0.5), 0, rng.uniform(-0.3, 0.7)), rng.uniform(0.1, 0.5))
    eye = np.array([rng.uniform(-0.2, 0.2), rng.uniform(0.15, 0.9), -rng.uniform(0.5, 1.1)])
    return eye, np.array([0, -np.arctan2(eye[1], -eye[2]) + rng.uniform(-0.05, 0.3)])


def _object(rng: np.random.Generator, parts: _Parts) -> tuple[np.ndarray, np.ndarray]:
    """One thing of many parts that fills the picture: a machine, a heap, a bush, a beast."""
    size = rng.uniform(0.35, 1.0)
    z = size * rng.uniform(1.4, 3.2) + 0.5
    parts.add(BOX, (0, -0.5, 0), (60, 0.5, 60), 0, 0)
    if rng.random() < 0.75:
        parts.add(BOX, (0, 2, z + size + rng.uniform(0.1, 4)), (30, 9, 0.05), rng.normal() * 0.2, _fresh(rng))
    looks = [_fresh(rng) for _ in range(rng.integers(1, 5))]
    stretch = np.array([rng.uniform(0.6, 1.5), rng.uniform(0.4, 1.0), rng.uniform(0.3, 1.0)]) * size
    thin = rng.uniform(0.05, 0.5)
    for _ in range(rng.integers(5, 28)):
        middle = rng.normal(size=3) * 0.45 * stretch + (0, stretch[1], z)
        half = np.exp(rng.uniform(np.log(thin), np.log(0.6), 3)) * size * 0.6
        middle[1] = max(middle[1], half[1])
        kind, turn, look = int(rng.integers(0, 3)), rng.uniform(0, 6.3), looks[rng.integers(len(looks))]
        parts.add(kind, middle.tolist(), half.tolist(), turn, look)
    for _ in range(rng.integers(0, 6)):
        _thing(rng, parts, (rng.uniform(-3, 3), 0, z + rng.uniform(0.6, 4)), rng.uniform(0.5, 1.7))
    if rng.random() < 0.3:  # something hangs or leans into the picture
        place = (rng.uniform(-0.6, 0.6), 2 * size + rng.uniform(0.1, 0.6), rng.uniform(0.7, z))
        parts.add(ELLIPSOID, place, rng.uniform(0.1, 0.4, 3).tolist(), 0, _fresh(rng))
    eye = np.array([rng.uniform(-0.4, 0.4), rng.uniform(0.2, 1.7), 0])
    return eye, np.array([rng.normal() * 0.1, np.arctan2(stretch[1] - eye[1], z) + rng.normal() * 0.06])


_LAYOUTS = {
    "room": _room,
    "street": _street,
    "landscape": _landscape,
    "portrait": _portrait,
    "table": _table,
    "object": _object,
}


def _fresh(rng: np.random.Generator) -> int:
    return int(rng.integers(0, 1 << 20))


def _thing(rng: np.random.Generator, parts: _Parts, foot: Numbers, size: float | int) -> None:
    """Something that stands on the ground: a block, ball, post, table, seat, tree or person."""
    (x, y, z), turn, look = foot, rng.uniform(0, 6.3), _fresh(rng)

    def size_of(low: float, high: float) -> float:
        return float(size * rng.uniform(low, high))

    choice = rng.integers(0, 7)
    if choice == 0:
        h = size_of(0.1, 0.6)
        parts.add(BOX, (x, y + h, z), (size_of(0.15, 0.5), h, size_of(0.15, 0.5)), turn, look)
    elif choice == 1:
        h = size_of(0.15, 0.5)
        parts.add(ELLIPSOID, (x, y + h, z), (size_of(0.15, 0.5), h, size_of(0.15, 0.5)), turn, look)
    elif choice == 2:
        h, r = size_of(0.15, 0.8), size_of(0.05, 0.35)
        parts.add(CYLINDER, (x, y + h, z), (r, h, r), 0, look)
    elif choice == 3:
        w, d, h = size_of(0.3, 0.8), size_of(0.25, 0.6), size_of(0.4, 0.75)
        parts.add(BOX, (x, y + h, z), (w, 0.03 * size, d), turn, look)
        for a, b in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            u, v = a * w * 0.9, b * d * 0.9
            leg = (x + u * np.cos(turn) + v * np.sin(turn), y + h / 2, z - u * np.sin(turn) + v * np.cos(turn))
            parts.add(BOX, leg, (0.03 * size, h / 2, 0.03 * size), turn, look)
    elif choice == 4:
        w, h = size_of(0.25, 0.6), size_of(0.15, 0.3)
        parts.add(BOX, (x, y + h, z), (w, h, w * 0.8), turn, look)
        behind = (x + np.sin(turn) * w * 0.8, y + 2 * h, z + np.cos(turn) * w * 0.8)
        parts.add(BOX, behind, (w, 2 * h, 0.1 * w), turn, look)
    elif choice == 5:
        h = size_of(0.5, 0.9)
        parts.add(CYLINDER, (x, y + h / 2, z), (0.05 * size, h / 2, 0.05 * size), 0, look)
        for _ in range(4):
            place = (x + size_of(-0.25, 0.25), y + h + size_of(-0.1, 0.4), z + size_of(-0.25, 0.25))
            parts.add(ELLIPSOID, place, (size_of(0.15, 0.35),) * 3, 0, look + 1)
    else:
        parts.add(ELLIPSOID, (x, y + 0.45 * size, z), (0.16 * size, 0.46 * size, 0.12 * size), turn, look)
        parts.add(ELLIPSOID, (x, y + size, z), (0.08 * size, 0.11 * size, 0.09 * size), turn, look + 1)


def _rays(height: int, width: int, focal: float, yaw: float, pitch: float, roll: float) -> Float64[np.ndarray, "h w 3"]:
    """World directions (y up, z ahead) with one unit of depth each."""
    u, v = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
    x = (u * np.cos(roll) - v * np.sin(roll)) / focal
    y = -(u * np.sin(roll) + v * np.cos(roll)) / focal
    up, ahead = y * np.cos(pitch) + np.sin(pitch), np.cos(pitch) - y * np.sin(pitch)
    return np.stack([x * np.cos(yaw) + ahead * np.sin(yaw), up, -x * np.sin(yaw) + ahead * np.cos(yaw)], axis=-1)


@njit(cache=True)
@no_type_check
def _cast(rays: Any, eye: Any, kinds: Any, middles: Any, halves: Any, turns: Any) -> Any:
    """The nearest shape along each ray: distance in units of the ray, its number, point in its axes, normal in ours."""
    height, width = rays.shape[:2]
    distance = np.full((height, width), np.inf)
    which = np.full((height, width), -1, np.int64)
    point, normal = np.zeros((height, width, 3)), np.zeros((height, width, 3))
    for s in range(kinds.size):
        c, sn = np.cos(turns[s]), np.sin(turns[s])
        ox, oy, oz = eye[0] - middles[s, 0], eye[1] - middles[s, 1], eye[2] - middles[s, 2]
        a = (c * ox - sn * oz) / halves[s, 0], oy / halves[s, 1], (sn * ox + c * oz) / halves[s, 2]
        for y in range(height):
            for x in range(width):
                dx, dy, dz = rays[y, x, 0], rays[y, x, 1], rays[y, x, 2]
                b = (c * dx - sn * dz) / halves[s, 0], dy / halves[s, 1], (sn * dx + c * dz) / halves[s, 2]
                t, axis = _meet(kinds[s], a, b)
                if 0.05 < t < distance[y, x]:
                    distance[y, x], which[y, x] = t, s
                    p = a[0] + t * b[0], a[1] + t * b[1], a[2] + t * b[2]
                    n0, n1, n2 = p[0], p[1], p[2]
                    if axis == 0:
                        n0, n1, n2 = np.sign(p[0]), 0.0, 0.0
                    elif axis == 1:
                        n0, n1, n2 = 0.0, np.sign(p[1]), 0.0
                    elif axis == 2:
                        n0, n1, n2 = 0.0, 0.0, np.sign(p[2])
                    elif axis == 4:
                        n1 = 0.0
                    n0, n1, n2 = n0 / halves[s, 0], n1 / halves[s, 1], n2 / halves[s, 2]
                    length = np.sqrt(n0 * n0 + n1 * n1 + n2 * n2) + 1e-12
                    for k in range(3):
                        point[y, x, k] = p[k] * halves[s, k]
                    normal[y, x, 0] = (c * n0 + sn * n2) / length
                    normal[y, x, 1] = n1 / length
                    normal[y, x, 2] = (-sn * n0 + c * n2) / length
    return distance, which, point, normal


@njit(cache=True)
@no_type_check
def _meet(kind: Any, a: Any, b: Any) -> Any:
    """Where a ray enters the unit box, ball or cylinder, and through what: an axis, 3 for round, 4 round about y."""
    if kind == BOX:
        low, high, axis = -np.inf, np.inf, 0
        for k in range(3):
            slope = b[k] if abs(b[k]) > 1e-12 else 1e-12
            t0, t1 = (-1 - a[k]) / slope, (1 - a[k]) / slope
            if min(t0, t1) > low:
                low, axis = min(t0, t1), k
            high = min(high, max(t0, t1))
        return (low, axis) if low < high else (np.inf, 0)
    if kind == ELLIPSOID:
        return _root(
            b[0] * b[0] + b[1] * b[1] + b[2] * b[2],
            a[0] * b[0] + a[1] * b[1] + a[2] * b[2],
            a[0] * a[0] + a[1] * a[1] + a[2] * a[2] - 1,
        ), 3
    t = _root(b[0] * b[0] + b[2] * b[2], a[0] * b[0] + a[2] * b[2], a[0] * a[0] + a[2] * a[2] - 1)
    if abs(a[1] + t * b[1]) <= 1:
        return t, 4
    if abs(b[1]) > 1e-12:
        t = (-np.sign(b[1]) - a[1]) / b[1]
        if (a[0] + t * b[0]) ** 2 + (a[2] + t * b[2]) ** 2 <= 1:
            return t, 1
    return np.inf, 4


@njit(cache=True)
@no_type_check
def _root(square: Any, half: Any, rest: Any) -> Any:
    inside = half * half - square * rest
    return (-half - np.sqrt(inside)) / square if inside > 0 and square > 0 else np.inf


def _paint(
    rng: np.random.Generator,
    which: np.ndarray,
    point: np.ndarray,
    normal: np.ndarray,
    looks: np.ndarray,
    textures: Sequence[np.ndarray],
    kind: str,
) -> Float64[np.ndarray, "h w 3"]:
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
    rough = _noise(rng, n, rng.uniform(1, 3))
    choice = rng.integers(0, 5)
    if choice == 0:
        level = rough
    elif choice == 1:
        level = np.sin(2 * np.pi * (u * rng.integers(3, 16) + 0.4 * _noise(rng, n, 3))) + 0.2 * rough
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


def _noise(rng: np.random.Generator, n: int, beta: float | int) -> Float64[np.ndarray, "size size"]:
    """Noise whose power falls with frequency to the `beta`."""
    f = np.fft.fftfreq(n)
    radius = np.hypot(f[:, None], f[None])
    radius[0, 0] = 1
    wave = radius ** (-beta / 2) * np.exp(2j * np.pi * rng.random((n, n)))
    wave[0, 0] = 0
    values = np.fft.ifft2(wave).real
    return np.asarray((values - values.mean()) / (values.std() + 1e-12))


def _lit(
    rng: np.random.Generator,
    image: np.ndarray,
    inverse: np.ndarray,
    point: np.ndarray,
    normal: np.ndarray,
    eye: np.ndarray,
    kind: str,
) -> Float64[np.ndarray, "h w 3"]:
    sun = np.array([rng.uniform(-1, 1), rng.uniform(0.3, 1.5), rng.uniform(-1, 0.5)])
    sun /= np.linalg.norm(sun)
    facing = np.clip((normal * sun).sum(axis=-1), 0, 1)
    around = rng.uniform(0.3, 0.7) * (0.7 + 0.3 * normal[..., 1])
    fall = 1.0 if kind in ("street", "landscape") else 1 / (1 + rng.uniform(0, 0.3) / np.maximum(inverse, 0.05))
    tint = 1 + 0.12 * rng.normal(size=3)
    return np.asarray(image * ((around + rng.uniform(0.3, 1.0) * facing) * fall)[..., None] * tint)


def _sky(rng: np.random.Generator, height: int, width: int) -> Float64[np.ndarray, "h w 3"]:
    top, low = rng.random(3) * 0.4 + (0.2, 0.35, 0.5), rng.random(3) * 0.3 + 0.65
    share = np.linspace(0, 1, height)[:, None, None]
    plain = np.broadcast_to(top * (1 - share) + low * share, (height, width, 3))
    if rng.random() < 0.4:
        return np.asarray(plain)
    n = max(height, width)
    clouds = np.clip(_noise(rng, n, 3)[:height, :width], 0, 3)[..., None]
    return np.asarray(plain + 0.2 * clouds)


def _aired(
    rng: np.random.Generator, image: np.ndarray, inverse: np.ndarray, sky: np.ndarray, kind: str
) -> Float64[np.ndarray, "h w 3"]:
    """Haze in the open."""
    if kind not in ("street", "landscape"):
        return image
    clear = np.exp(-np.exp(rng.uniform(-8, -3.2)) / np.maximum(inverse, 1e-3))[..., None]
    return np.asarray(image * clear + (1 - clear) * sky[-1:, :1])


def _photographed(
    rng: np.random.Generator, image: np.ndarray, inverse: np.ndarray, kind: str
) -> UInt8[np.ndarray, "h w 3"]:
    """Out of focus behind what is near, exposed, with a camera's curve and noise."""
    from scipy.ndimage import gaussian_filter

    if kind in ("portrait", "table", "object") and rng.random() < 0.6:
        width = rng.uniform(1, 4)
        soft = gaussian_filter(image, (width, width, 0))
        near = np.percentile(inverse, 95)
        share = np.clip((near - inverse) / max(near, 1e-6) * rng.uniform(1, 2) - 0.3, 0, 1)
        share = gaussian_filter(share, 1)[..., None]
        image = image * (1 - share) + soft * share
    image = np.clip(image * rng.uniform(0.7, 1.2) / max(np.percentile(image, 97), 1e-3), 0, 1)
    image = image ** (1 / rng.uniform(1.4, 2.3)) + rng.normal(size=image.shape) * rng.uniform(0, 0.03)
    return (np.clip(image, 0, 1) * 255).astype(np.uint8)
