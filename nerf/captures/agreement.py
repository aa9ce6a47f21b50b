"""Do the poses agree with what the cameras saw? Depth and points of one view must land where another view sees them.

Owns the search for a better reading of the poses (other axes, inverse, mirrored) and the overlap between views.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from nerf.camera import Camera
from nerf.captures.finding import Finding, named
from nerf.frame import transform
from nerf.posed_images import PosedImages

Array = np.ndarray

PAIRS = 24
SAMPLES = 400  # pixels of a view
MOST_VIEWS = 150  # whose overlap is looked at
AGREES = 0.05  # relative difference of depth
CLEARLY = 0.25  # by which share of agreeing pixels another reading must win
GOOD = 0.5  # share of agreeing pixels above which a reading may be proposed
BEHIND = 0.8  # share of cameras with the common point behind them
LITTLE_OVERLAP = 0.25
LITTLE_PARALLAX = 0.01  # of the depth


@dataclass(frozen=True)
class Reading:
    """Another way to read a camera-to-world matrix: signs of the camera axes, and whether it is world-to-camera."""

    signs: tuple[int, int, int]
    inverse: bool

    def applied(self, poses: Float64[Array, "views 4 4"]) -> Float64[Array, "views 4 4"]:
        """The poses read this way; a mirrored reading is made right-handed again by mirroring the world too."""
        signs = np.diag([*self.signs, 1.0])
        poses = np.linalg.inv(poses) if self.inverse else poses
        world = np.diag([1.0, 1.0, float(np.prod(self.signs)), 1.0])
        return np.asarray(world @ poses @ signs)

    def __str__(self) -> str:
        told = {(1, 1, 1): "", (1, -1, -1): "camera axes y and z the other way round (OpenGL instead of OpenCV)"}
        flipped = [axis for axis, sign in zip("xyz", self.signs, strict=True) if sign < 0]
        mirrored = f"camera axes {' and '.join(flipped)} the other way round"
        if int(np.prod(self.signs)) < 0:
            mirrored += ", which makes them left-handed"
        parts = [told.get(self.signs, mirrored), "world-to-camera instead of camera-to-world" if self.inverse else ""]
        return " and ".join(part for part in parts if part)


SIGNS = (1, -1)
READINGS = [
    Reading((x, y, z), inverse) for inverse in (False, True) for x, y, z in itertools.product(SIGNS, SIGNS, SIGNS)
]
AS_GIVEN = Reading((1, 1, 1), False)


def check_poses_against_photos(views: PosedImages) -> list[Finding]:
    """Whether another reading of the poses fits depth or points clearly better, or the cameras look away."""
    scores = _depth_scores(views) or _point_scores(views)
    if scores is None:
        return _check_looking_away(views)
    best = max(scores, key=lambda reading: scores[reading])
    given = scores[AS_GIVEN]
    if scores[best] > GOOD and scores[best] > given + CLEARLY:
        message = f"the poses fit only {given:.0%} of what the cameras saw; read as {best} they fit {scores[best]:.0%}"
        return [Finding("error", "poses", message, _advice(best))]
    if given < CLEARLY:
        message = f"depth or points of one view fit what others saw at only {given:.0%} of the pixels"
        return [Finding("warning", "poses", message, "check the poses' convention, their unit and the depth's unit")]
    return []


def check_overlap(views: PosedImages) -> list[Finding]:
    """Views that share little with any other, and cameras that hardly move."""
    depth = _typical_depth(views)
    if len(views) < 2 or depth is None:
        return []
    chosen = np.unique(np.linspace(0, len(views) - 1, min(len(views), MOST_VIEWS)).astype(int))
    lonely = [views.names[view] for view in chosen if _best_overlap(views, int(view), depth) < LITTLE_OVERLAP]
    findings = []
    if lonely:
        message = f"{len(lonely)} of {len(chosen)} views share less than a quarter with any other: {named(lonely)}"
        findings.append(Finding("warning", "frames", message, "add photos in between: neighbours share two thirds"))
    spread = float(np.linalg.norm(np.ptp(views.world_from_camera[:, :3, 3], axis=0)))
    if spread < LITTLE_PARALLAX * depth and not views.has_depth:
        message = f"the cameras move by only {spread / depth:.2%} of the distance to the scene, so depth cannot be told"
        findings.append(Finding("error", "poses", message, "step sideways between photos instead of turning"))
    return findings


def _advice(best: Reading) -> str:
    if best == Reading((1, -1, -1), False):
        return "set camera_axes to the other of opencv and opengl"
    if best.inverse and best.signs in ((1, 1, 1), (1, -1, -1)):
        return "invert the matrices in the file" + (" and set camera_axes" if best.signs != (1, 1, 1) else "")
    return "export the poses again with right-handed camera axes: x right, y down, z forward, or x right, y up, z back"


def _depth_scores(views: PosedImages) -> dict[Reading, float] | None:
    """For each reading, the share of pixels whose depth another view confirms; None where too few have depth."""
    with_depth = [view for view, photo in enumerate(views.photos) if photo.depth]
    if len(with_depth) < 2:
        return None
    starts = np.unique(np.linspace(0, len(with_depth) - 2, min(PAIRS, len(with_depth) - 1)).astype(int))
    pairs = [(with_depth[start], with_depth[start + 1]) for start in starts]
    clouds = {view: views.depth(view) for view in {view for pair in pairs for view in pair}}
    scores = {}
    for reading in READINGS:
        poses = reading.applied(views.world_from_camera)
        agreed = [_share_confirmed(views, poses, first, second, clouds) for first, second in pairs]
        known = [share for share in agreed if share is not None]
        scores[reading] = float(np.mean(known)) if known else 0.0
    return scores


def _share_confirmed(
    views: PosedImages, poses: Float64[Array, "views 4 4"], first: int, second: int, depths: dict[int, Array]
) -> float | None:
    """Of a view's pixels with depth, the share that another view sees at that depth; None where it has no depth."""
    pixels = _spread_pixels(views.camera(first))
    depth = depths[first][pixels[:, 1].astype(int), pixels[:, 0].astype(int)].astype(np.float64)
    pixels, depth = pixels[depth > 0], depth[depth > 0]
    if not len(depth):
        return None
    points = views.camera(first).directions(pixels) * depth[:, None]
    moved = transform(np.linalg.inv(poses[second]) @ poses[first], points)
    inside, landed = _landed(views.camera(second), moved)
    seen = depths[second][landed[:, 1], landed[:, 0]]
    agrees = (seen > 0) & (np.abs(seen - moved[inside, 2]) < AGREES * moved[inside, 2])
    return float(agrees.sum() / len(depth))


def _point_scores(views: PosedImages) -> dict[Reading, float] | None:
    """For each reading, how many sparse points are in view, and with colours, how many look as they should."""
    points = views.points
    if points is None or len(points.xyz) < 20:
        return None
    chosen = np.unique(np.linspace(0, len(points.xyz) - 1, min(len(points.xyz), 2000)).astype(int))
    few = np.unique(np.linspace(0, len(views) - 1, min(len(views), 8)).astype(int)).tolist()
    photos = {view: views.image(view) for view in few}
    scores = {}
    for reading in READINGS:
        if int(np.prod(reading.signs)) < 0:
            continue  # points do not follow a mirrored world
        poses = reading.applied(views.world_from_camera)
        shares = []
        for view in few:
            moved = transform(np.linalg.inv(poses[view]), points.xyz[chosen])
            inside, landed = _landed(views.camera(view), moved)
            if points.rgb is None:
                shares.append(float(inside.mean()))
                continue
            seen = photos[view][landed[:, 1], landed[:, 0]].astype(np.float64)
            off = np.abs(seen - points.rgb[chosen][inside]).mean(axis=1)
            shares.append(float((off < 30).sum() / len(chosen)))
        scores[reading] = float(np.mean(shares))
    highest = max(scores.values())
    return {reading: score / highest for reading, score in scores.items()} if highest > 0.02 else None


def _check_looking_away(views: PosedImages) -> list[Finding]:
    """Cameras around something normally look at it; poses read with the wrong axes look away from it."""
    centre = common_point(views.world_from_camera)
    if centre is None:
        return []
    positions, forward = views.world_from_camera[:, :3, 3], views.world_from_camera[:, :3, 2]
    behind = float((np.einsum("ij,ij->i", centre - positions, forward) < 0).mean())
    up = views.scene.capture_from_scene[:3, 1] / views.scene.scale
    upside_down = views.source.format in ("transforms", "nerf_synthetic") and up[2] < -0.5
    if behind < BEHIND:
        return []
    message = f"{behind:.0%} of the cameras look away from the point that their axes share"
    if upside_down:
        message += ", and hold what the file calls up to be down"
        advice = "set camera_axes to the other of opencv and opengl; a transforms.json counts as opengl unless told"
        return [Finding("error", "poses", message, advice)]
    advice = "set camera_axes to the other of opencv and opengl, unless the photos were taken outwards from one place"
    return [Finding("warning", "poses", message, advice)]


def common_point(world_from_camera: Float64[Array, "views 4 4"]) -> Float64[Array, "3"] | None:
    """The point nearest to all viewing axes; None where they are too parallel to have one."""
    positions, forward = world_from_camera[:, :3, 3], world_from_camera[:, :3, 2]
    across = np.eye(3) - forward[:, :, None] * forward[:, None, :]  # (views, 3, 3)
    total = across.sum(axis=0)
    if len(forward) < 3 or np.linalg.eigvalsh(total)[0] < 0.02 * len(forward):
        return None
    return np.asarray(np.linalg.solve(total, np.einsum("vij,vj->i", across, positions)))


def _typical_depth(views: PosedImages) -> float | None:
    """The distance at which the scene usually is, from depth, points or the point that the cameras look at."""
    if views.has_depth:
        some = [view for view, photo in enumerate(views.photos) if photo.depth][:: max(1, len(views) // 8)]
        depths = np.concatenate([views.depth(view)[::8, ::8].ravel() for view in some])
        return float(np.median(depths[depths > 0])) if (depths > 0).any() else None
    if views.points is not None:
        inverse = np.linalg.inv(views.world_from_camera[:: max(1, len(views) // 8)])
        along = np.concatenate([transform(pose, views.points.xyz)[:, 2] for pose in inverse])
        return float(np.median(along[along > 0])) if (along > 0).any() else None
    centre = common_point(views.world_from_camera)
    if centre is None:
        return None
    return float(np.median(np.linalg.norm(views.world_from_camera[:, :3, 3] - centre, axis=1)))


def _best_overlap(views: PosedImages, view: int, depth: float) -> float:
    """The largest share of a view that a neighbour, in order or in space, sees at the typical depth."""
    if views.camera(view).model == "equirect":
        return 1.0
    points = views.camera(view).directions(_spread_pixels(views.camera(view), 25)) * depth
    world = transform(views.world_from_camera[view], points[np.isfinite(points).all(axis=1)])
    return max(
        float(_landed(views.camera(other), transform(np.linalg.inv(views.world_from_camera[other]), world))[0].mean())
        for other in _neighbours(views, view)
    )


def _neighbours(views: PosedImages, view: int) -> list[int]:
    """The views nearest in position and direction, and those before and after."""
    poses = views.world_from_camera
    distance = np.linalg.norm(poses[:, :3, 3] - poses[view, :3, 3], axis=1)
    turn = 1 - poses[:, :3, 2] @ poses[view, :3, 2]
    near = np.argsort(distance / (distance.max() or 1.0) + turn, kind="stable")[:9]
    beside = np.arange(max(0, view - 3), min(len(views), view + 4))
    return [int(other) for other in np.union1d(near, beside) if other != view]


def _spread_pixels(camera: Camera, count: int = SAMPLES) -> Float64[Array, "pixels 2"]:
    """Pixel centres on an even grid."""
    columns = max(2, round(np.sqrt(count * camera.width / camera.height)))
    rows = max(2, round(count / columns))
    x = np.floor((np.arange(columns) + 0.5) * camera.width / columns) + 0.5
    y = np.floor((np.arange(rows) + 0.5) * camera.height / rows) + 0.5
    return np.stack([grid.ravel() for grid in np.meshgrid(x, y)], axis=1)


def _landed(camera: Camera, points: Float64[Array, "points 3"]) -> tuple[Bool[Array, "points"], Int64[Array, "seen 2"]]:
    """Which points the camera has in its picture, and the columns and rows of those."""
    pixels = camera.project(points)
    with np.errstate(invalid="ignore"):
        inside = np.all((pixels >= 0) & (pixels < (camera.width, camera.height)), axis=1)
    return inside, np.floor(pixels[inside]).astype(np.int64)
