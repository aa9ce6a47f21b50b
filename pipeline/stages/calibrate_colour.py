"""The colour camera of a depth sensor, where its capture came with the depth camera's numbers for both."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig

if TYPE_CHECKING:
    from meshing.alignment import Alignment


class CalibrateColourConfig(StageConfig):
    each_photo: bool = True
    """Also turn and move each photo to where it agrees with the others on the surface that depth gives: poses of
    depth sensors err by some pixels, and photos are taken a little earlier or later than depth. Photos that a
    reconstruction will hold out are moved too, and have no say in where the others go."""
    voxel: float = Field(0.02, gt=0)
    """The edge of a voxel of that surface, in metres (or in the capture's unit where that is unknown)."""


def calibrate_colour(config: CalibrateColourConfig, context: Context, *, views: PosedImages) -> PosedImages:
    """Find where a depth sensor's colour camera is and how long its lens, by how well photos agree at measured points.

    The views come back with the depth as their own cameras see it: for painting a fused surface and for training a
    field. Where nothing better is found, the cameras stay as they were given.
    """
    from nerf.captures.colour_camera import find_colour_camera, with_colour_camera, with_depth_of
    from nerf.ngp.evaluation import split

    if not views.has_depth:
        raise ValueError("views: have no depth, by which alone a colour camera can be found")
    train = split(views).train
    try:
        found = find_colour_camera(views, train, seed=context.seed)
    except ValueError as error:
        context.log(f"the cameras stay as they were given: {error}")
        return views
    context.metric("focal_factor", round(found.focal, 4))
    context.metric("offset_right", round(found.offset[0], 5))
    context.metric("offset_down", round(found.offset[1], 5))
    context.metric("colour_error_before", found.error_before)
    context.metric("colour_error_after", found.error_after)
    calibrated = with_colour_camera(views, found)
    if config.each_photo:
        calibrated = _moved(calibrated, _aligned(config, context, views, calibrated, train))
    return with_depth_of(calibrated, views, context.folder / "depth")


def _aligned(
    config: CalibrateColourConfig, context: Context, views: PosedImages, calibrated: PosedImages, train: tuple[int, ...]
) -> "Alignment":
    """Where each photo agrees with the training photos on the surface that their depth gives."""
    from meshing.alignment import align_photos
    from meshing.mesh import Mesh
    from meshing.tsdf import FusionSettings, fuse
    from pipeline.stages.handover import DepthViews, Photos

    fused = fuse(DepthViews(views.subset(train), context), FusionSettings(config.voxel))
    surface = Mesh(fused.vertices, fused.faces)
    found = align_photos(surface, Photos(calibrated, context), seed=context.seed, trusted=train)
    context.metric("difference_before_alignment", found.before)
    context.metric("difference_after_alignment", found.after)
    return found


def _moved(views: PosedImages, found: "Alignment") -> PosedImages:
    """The views with the poses and the zoom that were found."""
    cameras = []
    for camera in views.cameras:
        middle = np.array([camera.width, camera.height]) / 2
        cx, cy = middle + found.zoom * (np.array([camera.cx, camera.cy]) - middle)
        fx, fy = found.zoom * camera.fx, found.zoom * camera.fy
        cameras.append(replace(camera, fx=fx, fy=fy, cx=float(cx), cy=float(cy)))
    return replace(views, cameras=tuple(cameras), world_from_camera=found.world_from_camera)
