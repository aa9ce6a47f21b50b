"""Posed images as meshing takes them: views, photos and depth pictures, decoded when asked for.

The libraries do not know each other; this is where one's arrays become the other's.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np
from jaxtyping import Bool

from nerf.posed_images import PosedImages
from pipeline.stage import Context

if TYPE_CHECKING:
    from meshing.alignment import Alignment
    from meshing.quality import Reference
    from meshing.tsdf import DepthView
    from meshing.views import Photo, View


def view_of(views: PosedImages, index: int) -> "View":
    """One camera where it stood, with its lens."""
    from meshing.views import View

    camera = views.camera(index)
    return View(camera.width, camera.height, camera.project, views.world_from_camera[index])


def shown_by_lens(views: PosedImages, index: int) -> "Bool[np.ndarray, '_ _'] | None":
    """Of a straightened photo, the pixels that the lens showed; None where that is all of them."""
    camera = views.camera(index)
    if camera.model == "pinhole":
        return None
    from nerf.undistort import straightened

    _, pixels = straightened(camera)
    with np.errstate(invalid="ignore"):  # what the lens cannot see has no pixel
        inside = (pixels >= 0.5) & (pixels <= np.array([camera.width, camera.height]) - 0.5)
    return np.asarray(inside.all(axis=2))


class DepthViews:
    """The views that have depth, without lens distortion; they can be gone through again, as fusion does."""

    def __init__(self, views: PosedImages, context: Context) -> None:
        self._views, self._context, self._given = views, context, 0

    def __iter__(self) -> Iterator["DepthView"]:
        from meshing.tsdf import DepthView
        from nerf.undistort import pinhole_view

        for view, world_from_camera in enumerate(self._views.world_from_camera):
            color, depth, camera = pinhole_view(self._views, view)
            if depth is not None:
                yield DepthView(depth, color, camera.fx, camera.fy, camera.cx, camera.cy, world_from_camera)
            self._given += 1
            self._context.progress(self._given / (2 * len(self._views)), f"view {view + 1} of {len(self._views)}")


class Photos(Sequence["Photo"]):
    """The photos with their lenses; each is decoded when it is asked for."""

    def __init__(self, views: PosedImages, context: Context, alignment: "Alignment | None" = None) -> None:
        self._views, self._context, self._alignment, self._given = views, context, alignment, 0

    def aligned(self, alignment: "Alignment") -> "Photos":
        """The same photos where alignment moved them."""
        moved = Photos(self._views, self._context, alignment)
        moved._given = self._given
        return moved

    def __len__(self) -> int:
        return len(self._views)

    @overload
    def __getitem__(self, index: int) -> "Photo": ...
    @overload
    def __getitem__(self, index: slice) -> "Sequence[Photo]": ...
    def __getitem__(self, index: int | slice) -> "Photo | Sequence[Photo]":
        from meshing.views import Photo

        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        self._given += 1
        share = min(0.95, 0.1 + 0.85 * self._given / (3 * len(self)))
        self._context.progress(share, f"photo {index + 1} of {len(self)}")
        photo = Photo(self._views.image(index), view_of(self._views, index))
        return photo if self._alignment is None else self._alignment.applied(photo, index)


class PinholePhotos(Sequence["Reference"]):
    """The photos without lens distortion, where alignment moved them, reduced to `long_side` pixels where that is told;
    each is decoded when it is asked for."""

    def __init__(self, views: PosedImages, alignment: "Alignment | None" = None, long_side: int | None = None) -> None:
        self._views, self._alignment, self._long_side = views, alignment, long_side

    def __len__(self) -> int:
        return len(self._views)

    @overload
    def __getitem__(self, index: int) -> "Reference": ...
    @overload
    def __getitem__(self, index: slice) -> "Sequence[Reference]": ...
    def __getitem__(self, index: int | slice) -> "Reference | Sequence[Reference]":
        from meshing.pinhole import Pinhole
        from meshing.quality import Reference
        from nerf.undistort import pinhole_view

        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        image, _, camera = pinhole_view(self._views, index)
        zoom = 1.0 if self._alignment is None else self._alignment.zoom
        middle = camera.width / 2, camera.height / 2
        cx, cy = (half + zoom * (c - half) for half, c in zip(middle, (camera.cx, camera.cy), strict=True))
        pinhole = Pinhole(camera.width, camera.height, zoom * camera.fx, zoom * camera.fy, cx, cy)
        poses = self._views if self._alignment is None else self._alignment
        shown = shown_by_lens(self._views, index)
        photo = Reference(self._views.names[index], image, pinhole, poses.world_from_camera[index], shown)
        return photo if self._long_side is None else photo.reduced(self._long_side)
