"""Points near surfaces: what depth pictures, COLMAP or a scanner say of a scene, for whoever starts from geometry."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, UInt8

from nerf.frame import SceneFrame, identity_frame
from nerf.posed_images import PosedImages

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class PointCloud:
    """Points in scene coordinates (right-handed, y up), with sRGB colours where they are known."""

    points: Float64[Array, "points 3"]
    colors: UInt8[Array, "points 3"] | None = None
    scene: SceneFrame = field(default_factory=identity_frame)

    def __post_init__(self) -> None:
        if not np.isfinite(self.points).all():
            bad = int(np.flatnonzero(~np.isfinite(self.points).all(axis=1))[0])
            raise ValueError(f"points: must be finite (got {self.points[bad].tolist()} in row {bad})")
        if self.colors is not None and len(self.colors) != len(self.points):
            raise ValueError(f"colors: must be one per point, {len(self.points)} (got {len(self.colors)})")

    def save(self, folder: Path) -> None:
        """Write `points.npz` and `scene.json`."""
        colors: dict[str, Any] = {} if self.colors is None else {"colors": self.colors}
        np.savez(folder / "points.npz", points=self.points, **colors)
        (folder / "scene.json").write_text(json.dumps(self.scene.to_json(), sort_keys=True))

    @classmethod
    def load(cls, folder: Path) -> "PointCloud":
        """The points that `save` wrote into `folder`."""
        with np.load(folder / "points.npz", allow_pickle=False) as arrays:
            points, colors = arrays["points"], arrays["colors"] if "colors" in arrays.files else None
        return cls(points, colors, SceneFrame.from_json(json.loads((folder / "scene.json").read_text())))


def points_from_depth(views: PosedImages, n_points: int, seed: int) -> PointCloud:
    """`n_points` of the measured pixels of all views, drawn evenly over the views, with the photos' colours."""
    if not views.has_depth:
        raise ValueError("views: have no depth to take points from")
    rng = np.random.default_rng(seed)
    with_depth = [view for view in range(len(views)) if views.photos[view].depth is not None]
    share = -(-n_points // len(with_depth))
    found = [_points_of_view(views, view, share, rng) for view in with_depth]
    points, colors = (np.concatenate(parts)[:n_points] for parts in zip(*found, strict=True))
    if len(points) == 0:
        raise ValueError("views: their depth holds no measurement")
    return PointCloud(points, colors, views.scene)


def sparse_points(views: PosedImages) -> PointCloud:
    """The points that a capture brought along, such as COLMAP's."""
    if views.points is None or len(views.points.xyz) == 0:
        raise ValueError("views: the capture brought no points along")
    return PointCloud(views.points.xyz, views.points.rgb, views.scene)


def _points_of_view(views: PosedImages, view: int, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    depth, camera, pose = views.depth(view), views.camera(view), views.world_from_camera[view]
    rows, columns = np.nonzero(depth > 0)
    pick = rng.permutation(len(rows))[:count]
    rows, columns = rows[pick], columns[pick]
    directions = camera.directions(np.stack([columns + 0.5, rows + 0.5], axis=1))
    local = directions * (depth[rows, columns] / directions[:, 2])[:, None]
    seen = np.isfinite(local).all(axis=1)
    points = local[seen] @ pose[:3, :3].T + pose[:3, 3]
    return points, views.image(view)[rows, columns][seen]
