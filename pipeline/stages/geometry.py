"""Rough geometry for a reconstruction to start from."""

from pydantic import Field

from nerf.point_cloud import PointCloud
from nerf.posed_images import PosedImages
from pipeline.stage import Context, InputPath, StageConfig


class GeometryFromDepthConfig(StageConfig):
    points: int = Field(50_000, ge=1, le=10_000_000)
    """How many measured pixels to take, evenly over the views."""


def geometry_from_depth(config: GeometryFromDepthConfig, context: Context, *, views: PosedImages) -> PointCloud:
    """Take points from the views' measured depth."""
    from nerf.point_cloud import points_from_depth

    cloud = points_from_depth(views, config.points, context.seed)
    context.metric("points", len(cloud.points))
    return cloud


class GeometryFromPointsConfig(StageConfig):
    path: InputPath | None = None
    """A PLY file in the capture's own coordinates; left out, the points that the capture brought along are taken."""


def geometry_from_points(config: GeometryFromPointsConfig, context: Context, *, views: PosedImages) -> PointCloud:
    """Take points from a scan or from the capture itself (COLMAP's, or those beside a transforms.json)."""
    from nerf.captures.ply import read_points
    from nerf.point_cloud import PointCloud, sparse_points

    if config.path is None:
        cloud = sparse_points(views)
    else:
        read = read_points(config.path)
        cloud = PointCloud(views.scene.scene_points(read.xyz), read.rgb, views.scene)
    context.metric("points", len(cloud.points))
    return cloud
