"""The colour camera of a depth sensor, where its capture came with the depth camera's numbers for both."""

from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig


class CalibrateColourConfig(StageConfig):
    """Nothing to set: what photos show at measured points is all it goes by."""


def calibrate_colour(config: CalibrateColourConfig, context: Context, *, views: PosedImages) -> PosedImages:
    """Find where a depth sensor's colour camera is and how long its lens, by how well photos agree at measured points.

    The views come back without depth, which lies where the depth camera saw it: they are for painting a fused surface
    and for training a field. Where nothing better is found, the cameras stay as they were given.
    """
    from nerf.captures.colour_camera import find_colour_camera, with_colour_camera

    if not views.has_depth:
        raise ValueError("views: have no depth, by which alone a colour camera can be found")
    try:
        found = find_colour_camera(views, seed=context.seed)
    except ValueError as error:
        context.log(f"the cameras stay as they were given: {error}")
        return views
    context.metric("focal_factor", round(found.focal, 4))
    context.metric("offset_right", round(found.offset[0], 5))
    context.metric("offset_down", round(found.offset[1], 5))
    context.metric("colour_error_before", found.error_before)
    context.metric("colour_error_after", found.error_after)
    return with_colour_camera(views, found)
