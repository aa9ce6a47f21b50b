"""A mesh gets a texture from the photos it was made from."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal, overload

from pydantic import Field

from meshing.mesh import Mesh
from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig

if TYPE_CHECKING:
    from meshing.photos import Photo


class TextureMeshConfig(StageConfig):
    size: int = Field(2048, ge=64, le=16384)
    """The longest side of the texture in texels."""
    padding: int = Field(4, ge=0, le=64)
    """Texels left free between charts."""
    level: bool = True
    """Bring photos to the same brightness where they meet."""
    backend: Literal["auto", "numba", "numpy"] = "auto"
    """Which kernels rasterise the charts."""


def texture_mesh(config: TextureMeshConfig, context: Context, *, mesh: Mesh, views: PosedImages) -> Mesh:
    """Unwrap a mesh and paint its texture from the photos that see each part best."""
    from meshing.bake import bake_photos
    from meshing.unwrap import unwrap

    context.progress(0.0, "unwraps")
    unwrapped = unwrap(mesh, config.size, padding=config.padding)
    context.metric("charts", unwrapped.n_charts)
    context.metric("utilization", unwrapped.utilization)
    backend: Literal["numba", "numpy"] = "numpy" if config.backend == "numpy" else "numba"
    photos = _Photos(views, context)
    baked = bake_photos(unwrapped.mesh, unwrapped.width, unwrapped.height, photos, level=config.level, backend=backend)
    for name, value in asdict(baked.report).items():
        context.metric(name, value)
    return baked.mesh


class _Photos(Sequence["Photo"]):
    """The views as baking takes them, decoded when asked for."""

    def __init__(self, views: PosedImages, context: Context) -> None:
        self._views, self._context, self._given = views, context, 0

    def __len__(self) -> int:
        return len(self._views)

    @overload
    def __getitem__(self, view: int) -> "Photo": ...
    @overload
    def __getitem__(self, view: slice) -> "Sequence[Photo]": ...
    def __getitem__(self, view: int | slice) -> "Photo | Sequence[Photo]":
        from meshing.photos import Photo

        if isinstance(view, slice):
            return [self[index] for index in range(*view.indices(len(self)))]
        if not 0 <= view < len(self):
            raise IndexError(view)
        self._given += 1
        share = min(0.95, 0.1 + 0.85 * self._given / (2 * len(self)))
        self._context.progress(share, f"photo {view + 1} of {len(self)}")
        return Photo(self._views.image(view), self._views.camera(view).project, self._views.world_from_camera[view])

    def __iter__(self) -> Iterator["Photo"]:
        return (self[view] for view in range(len(self)))
