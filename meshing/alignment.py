"""Photos brought to lie where the mesh is: poses refined until all photos agree on the surface's brightness.

Depth cameras and photo cameras sit beside each other, are rarely calibrated and never take their pictures at the same
moment, so photos miss the surface by many pixels. As in Zhou and Koltun 2014: points on the surface get the mean
brightness of the photos that see them, and each pose takes the Gauss-Newton step that brings its photo nearer to it,
from blurred photos to sharp ones. A first round moves all photos alike: the mount and the focal length that they
share.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Float64, Int64

from meshing.distance import samples
from meshing.mesh import Mesh
from meshing.raycast_embree import RayCaster
from meshing.views import Photo, Project, facing, pixels_of, visible

_WIDTH = 320  # pixels of the sharpest pictures used: finer ones cost time and moved poses by less than a pixel
_LEVELS = (8, 4, 2, 1)
_ROUNDS = 8
_FEW = 50  # points under which a photo says nothing
_USUAL = np.array([0.03] * 3 + [0.03] * 3 + [0.1])  # a mount's turn, shift (per distance to the surface) and log zoom
_SQUARELY = 0.35  # cosine; near a silhouette blurred photos show what is behind
_ROBUST = 12.0  # brightness levels beyond which a difference stops counting more (Huber)


@dataclass(frozen=True, eq=False)
class Alignment:
    """`world_from_camera` per photo; `zoom` multiplies distances from the picture's centre, for all photos alike.

    `before` and `after` are the mean brightness differences between photos and surface.
    """

    world_from_camera: Float64[np.ndarray, "photos 4 4"]
    zoom: float
    before: float
    after: float

    def applied(self, photo: Photo, number: int) -> Photo:
        """The photo, aligned."""
        view = photo.view
        project = zoomed(view.project, self.zoom, (view.width / 2, view.height / 2))
        return replace(photo, view=replace(view, project=project, world_from_camera=self.world_from_camera[number]))


def zoomed(project: Project, zoom: float, center: tuple[float, float]) -> Project:
    """`project` with distances from `center` multiplied."""
    if zoom == 1.0:
        return project
    return lambda points: center + zoom * (project(points) - center)


@dataclass(frozen=True, eq=False)
class _Sight:
    """What the solver keeps of a photo: the points it sees, in its own coordinates, and its blurred pictures."""

    point: Int64[np.ndarray, "n"]
    local: Float64[np.ndarray, "n 3"]
    project: Project
    size: tuple[int, int]
    trusted: bool  # whether it has a say in what all photos agree on
    pyramid: list[Float32[np.ndarray, "_ _ 3"]]  # brightness and its slopes along x and y, per full-size pixel


@dataclass(eq=False)
class _State:
    """How photos have been moved so far: in all, the sum of each one's own steps, and the steps that all made."""

    moves: Float64[np.ndarray, "photos 4 4"]  # moved camera from camera
    own: Float64[np.ndarray, "photos 7"]
    common: Float64[np.ndarray, "7"]
    exposure: Float64[np.ndarray, "photos 2"]  # gain and offset that bring each photo to the others' brightness

    @property
    def zoom(self) -> float:
        return float(np.exp(self.common[6]))


def align_photos(
    mesh: Mesh,
    photos: Sequence[Photo],
    *,
    shared: bool = True,
    n_points: int = 20_000,
    slack: float = 0.01,
    seed: int = 0,
    trusted: Sequence[int] | None = None,
) -> Alignment:
    """Poses (and, with `shared`, a mount and a focal length that all photos have in common) that fit photos to a mesh.

    Photos are read once, one at a time; of each, small pictures are kept. With `trusted`, these photos alone say how
    the surface looks, and the others are moved to where they fit: photos held out, which nothing may learn from.
    """
    believed = range(len(photos)) if trusted is None else trusted
    rng = np.random.default_rng(seed)
    points, face = samples(mesh.vertices, mesh.faces, n_points, rng)
    caster = RayCaster(mesh.vertices, mesh.faces)
    a, b, c = (mesh.vertices[mesh.faces[face, k]].astype(np.float64) for k in range(3))
    normals = np.cross(b - a, c - a)
    poses = np.stack([photos[k].view.world_from_camera for k in range(len(photos))])
    sights = [_sight(photos[k], points, normals, caster, slack, trusted=k in believed) for k in range(len(photos))]
    state = _State(
        np.tile(np.eye(4), (len(photos), 1, 1)),
        np.zeros((len(photos), 7)),
        np.zeros(7),
        np.ones((len(photos), 1)) * [1.0, 0.0],
    )
    before = _differences(sights, state, n_points)
    for level in range(len(_LEVELS)):
        for step in range(_ROUNDS if shared else 0):
            _move_all(sights, state, level, n_points, with_zoom=level > 0 or step >= 2)
        for _ in range(_ROUNDS):
            _move_each(sights, state, level, n_points)
    after = _differences(sights, state, n_points)
    return Alignment(poses @ np.linalg.inv(state.moves), state.zoom, before, after)


def _sight(
    photo: Photo,
    points: Float64[np.ndarray, "p 3"],
    normals: Float64[np.ndarray, "p 3"],
    caster: RayCaster,
    slack: float,
    *,
    trusted: bool,
) -> _Sight:
    view = photo.view
    _, inside = pixels_of(view, points)
    index = np.flatnonzero(
        visible(view, points, inside & (facing(view, points, normals) > _SQUARELY), caster, slack=slack)
    )
    camera_from_world = np.linalg.inv(view.world_from_camera)
    local = points[index] @ camera_from_world[:3, :3].T + camera_from_world[:3, 3]
    return _Sight(index, local, view.project, (view.width, view.height), trusted, _pyramid(photo.image))


def _pyramid(image: np.ndarray) -> list[np.ndarray]:
    from scipy.ndimage import gaussian_filter

    gray = image.mean(axis=2, dtype=np.float32)
    finest = max(1, round(image.shape[1] / _WIDTH))
    found = []
    for level in _LEVELS:
        step = finest * level
        soft = gaussian_filter(gray, 0.5 * step)[step // 2 :: step, step // 2 :: step]
        dy, dx = np.gradient(soft, step)
        found.append(np.stack([soft, dx, dy], axis=-1).astype(np.float32))
    return found


Look = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _look(sight: _Sight, move: Float64[np.ndarray, "4 4"], zoom: float, level: int) -> Look:
    """Points in the moved camera, pixels from the centre, brightness there with its slopes, and which are in view."""
    local = sight.local @ move[:3, :3].T + move[:3, 3]
    picture = sight.pyramid[level]
    step = sight.size[0] / picture.shape[1]
    center = 0.5 * np.array(sight.size)
    offset = zoom * (sight.project(local) - center)
    place = np.nan_to_num((center + offset) / step - 0.5, nan=-9.0)
    h, w = picture.shape[:2]
    seen = (place >= 0).all(axis=1) & (place < (w - 1, h - 1)).all(axis=1)
    x, y = np.where(seen[:, None], place, 0).T
    x0, y0 = x.astype(np.int64), y.astype(np.int64)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    values = (picture[y0, x0] * (1 - fx) + picture[y0, x0 + 1] * fx) * (1 - fy)
    values += (picture[y0 + 1, x0] * (1 - fx) + picture[y0 + 1, x0 + 1] * fx) * fy
    return local, offset, values, seen


def _agreed(looks: Sequence[Look], sights: list[_Sight], state: _State, n_points: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean brightness of each point over the photos that show it, and how many do; exposures are fitted to it after."""
    total, count = np.zeros(n_points), np.zeros(n_points)
    for (_, _, values, seen), sight, (gain, offset) in zip(looks, sights, state.exposure, strict=True):
        if sight.trusted:
            total[sight.point[seen]] += gain * values[seen, 0] + offset
            count[sight.point[seen]] += 1
    agreed = total / np.maximum(count, 1)
    for number, ((_, _, values, seen), sight) in enumerate(zip(looks, sights, strict=True)):
        if seen.sum() >= _FEW:
            bright, wanted = values[seen, 0], agreed[sight.point[seen]]
            spread = bright - bright.mean()
            gain = float(np.clip((spread * wanted).sum() / max((spread**2).sum(), 1e-9), 0.3, 3.0))
            state.exposure[number] = gain, wanted.mean() - gain * bright.mean()
    state.exposure[:, 0] /= state.exposure[
        [sight.trusted for sight in sights], 0
    ].mean()  # else all could fade to grey together
    return agreed, count


def _equations(
    sight: _Sight, look: Look, exposure: Float64[np.ndarray, "2"], agreed: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Normal equations of one photo for a turn, a shift and a zoom: (7, 7) and (7,)."""
    local, offset, values, seen = look
    seen = seen & (count[sight.point] >= 2)
    if seen.sum() < _FEW:
        return np.zeros((7, 7)), np.zeros(7)
    q, values, wanted = local[seen], values[seen], agreed[sight.point[seen]]
    gain = exposure[0]
    residual = gain * (values[:, 0] - values[:, 0].mean()) - (wanted - wanted.mean())
    weight = _ROBUST / np.maximum(np.abs(residual), _ROBUST)
    slope = gain * values[:, 1:]
    epsilon = 1e-5 * np.abs(q[:, 2]).mean()
    start = sight.project(q)
    by_point = np.stack([(sight.project(q + epsilon * axis) - start) / epsilon for axis in np.eye(3)], axis=2)
    by_point = np.einsum("nc,ncd->nd", slope, by_point)  # brightness by the point's place
    jacobian = np.concatenate([np.cross(q, by_point), by_point, (slope * offset[seen]).sum(axis=1)[:, None]], axis=1)
    weighted = jacobian * (weight / len(q))[:, None]
    return weighted.T @ jacobian, weighted.T @ residual


def _move_all(sights: list[_Sight], state: _State, level: int, n_points: int, *, with_zoom: bool) -> None:
    looks = [_look(sight, move, state.zoom, level) for sight, move in zip(sights, state.moves, strict=True)]
    agreed, count = _agreed(looks, sights, state, n_points)
    believed = [each for each in zip(sights, looks, state.exposure, strict=True) if each[0].trusted]
    pairs = [_equations(*each, agreed, count) for each in believed]
    matrix, vector = np.mean([m for m, _ in pairs], axis=0), np.mean([v for _, v in pairs], axis=0)
    distance = float(np.mean([sight.local[:, 2].mean() for sight, *_ in believed if len(sight.local)] or [1.0]))
    step = _solved(matrix, vector, state.common, distance, 7 if with_zoom else 6)
    state.common += step
    state.moves[:] = _rigid(step[:6]) @ state.moves


def _move_each(sights: list[_Sight], state: _State, level: int, n_points: int) -> None:
    looks = [_look(sight, move, state.zoom, level) for sight, move in zip(sights, state.moves, strict=True)]
    agreed, count = _agreed(looks, sights, state, n_points)
    for number, (sight, look) in enumerate(zip(sights, looks, strict=True)):
        distance = float(sight.local[:, 2].mean()) if len(sight.local) else 1.0
        step = _solved(*_equations(sight, look, state.exposure[number], agreed, count), state.own[number], distance, 6)
        state.own[number] += step
        state.moves[number] = _rigid(step[:6]) @ state.moves[number]


def _solved(matrix: np.ndarray, vector: np.ndarray, so_far: np.ndarray, distance: float, n: int) -> np.ndarray:
    """The Gauss-Newton step for the first `n` unknowns, held back by how far a mount usually is from none.

    Without that, turn against shift and zoom against distance drift along: photos hardly tell them apart.
    """
    usual = _USUAL.copy()
    usual[3:6] *= distance
    step = np.zeros(7)
    if matrix.any():
        held = np.diag(1 / usual**2)[:n, :n]
        step[:n] = -np.linalg.solve(matrix[:n, :n] + held, vector[:n] + held @ so_far[:n])
    return step


def _rigid(step: np.ndarray) -> np.ndarray:
    """The rigid motion of a turn (axis times angle) and a shift."""
    from scipy.spatial.transform import Rotation

    motion = np.eye(4)
    motion[:3, :3] = Rotation.from_rotvec(step[:3]).as_matrix()
    motion[:3, 3] = step[3:]
    return motion


def _differences(sights: list[_Sight], state: _State, n_points: int) -> float:
    level = len(_LEVELS) - 1
    looks = [_look(sight, move, state.zoom, level) for sight, move in zip(sights, state.moves, strict=True)]
    for _ in range(3):  # exposures settle
        agreed, _count = _agreed(looks, sights, state, n_points)
    parts = [
        np.abs(gain * values[seen, 0] + offset - agreed[sight.point[seen]])
        for (_, _, values, seen), sight, (gain, offset) in zip(looks, sights, state.exposure, strict=True)
        if seen.sum() >= _FEW
    ]
    return float(np.concatenate(parts).mean()) if parts else 0.0
