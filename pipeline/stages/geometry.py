"""Rough geometry for a reconstruction to start from."""

from pydantic import Field

from meshing.mesh import Mesh
from nerf.ngp.radiance_field import RadianceField
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


class GeometryFromMeshConfig(StageConfig):
    points: int = Field(50_000, ge=1, le=10_000_000)
    """How many points to take, evenly over the surface."""


def geometry_from_mesh(
    config: GeometryFromMeshConfig, context: Context, *, mesh: Mesh, views: PosedImages
) -> PointCloud:
    """Take points from a coarse or proxy mesh, which must lie in the coordinates of the views' capture."""
    import numpy as np

    from nerf.frame import transform
    from nerf.ngp.surface_points import points_on_triangles
    from nerf.point_cloud import PointCloud

    scene_from_mesh = views.scene.scene_from_capture @ mesh.capture_from_mesh
    vertices = transform(scene_from_mesh, mesh.vertices.astype(np.float64))
    points = points_on_triangles(vertices, mesh.faces, config.points, context.seed)
    context.metric("points", len(points))
    for licence in mesh.licences:
        context.licence(licence)
    return PointCloud(points, None, views.scene)


class GeometryFromFieldConfig(StageConfig):
    points: int = Field(50_000, ge=1, le=10_000_000)
    """How many points to take at most."""


def geometry_from_field(
    config: GeometryFromFieldConfig, context: Context, *, field: RadianceField, views: PosedImages
) -> PointCloud:
    """Take points from the surface of another field, such as a quick one of the same place on another day."""
    from nerf.ngp.surface_points import points_in_field
    from nerf.point_cloud import PointCloud

    found = points_in_field(field, config.points, context.seed)
    points = views.scene.scene_points(field.scene.capture_points(found))
    context.metric("points", len(points))
    return PointCloud(points, None, views.scene)
