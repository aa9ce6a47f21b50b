"""A mesh gets a texture from the photos it was made from."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal, overload

from pydantic import Field

from meshing.mesh import Mesh
from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig

if TYPE_CHECKING:
    from meshing.alignment import Alignment
    from meshing.views import Photo


class TextureMeshConfig(StageConfig):
    size: int = Field(2048, ge=64, le=16384)
    """The longest side of the texture in texels."""
    padding: int = Field(4, ge=0, le=64)
    """Texels left free between charts."""
    align: bool = True
    """Move the photos until they agree on the surface's colours: the photo and depth cameras of most devices are not
    calibrated to each other."""
    level: bool = True
    """Bring photos to the same brightness where they meet."""
    backend: Literal["auto", "numba", "numpy"] = "auto"
    """Which kernels rasterise the charts."""


def texture_mesh(config: TextureMeshConfig, context: Context, *, mesh: Mesh, views: PosedImages) -> Mesh:
    """Unwrap a mesh and paint its texture from the photos that see each part best."""
    from meshing.alignment import align_photos
    from meshing.bake import bake_photos
    from meshing.unwrap import unwrap

    context.progress(0.0, "unwraps")
    unwrapped = unwrap(mesh, config.size, padding=config.padding)
    context.metric("charts", unwrapped.n_charts)
    context.metric("utilization", unwrapped.utilization)
    backend: Literal["numba", "numpy"] = "numpy" if config.backend == "numpy" else "numba"
    photos = _Photos(views, context)
    if config.align:
        context.progress(0.1, "aligns photos")
        alignment = align_photos(unwrapped.mesh, photos, seed=context.seed)
        context.metric("difference_before_alignment", alignment.before)
        context.metric("difference_after_alignment", alignment.after)
        photos = _Aligned(photos, alignment)
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
    def __getitem__(self, index: int) -> "Photo": ...
    @overload
    def __getitem__(self, index: slice) -> "Sequence[Photo]": ...
    def __getitem__(self, index: int | slice) -> "Photo | Sequence[Photo]":
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        self._given += 1
        share = min(0.95, 0.1 + 0.85 * self._given / (3 * len(self)))
        self._context.progress(share, f"photo {index + 1} of {len(self)}")
        return self._photo(index)

    def _photo(self, index: int) -> "Photo":
        from meshing.views import Photo, View

        camera = self._views.camera(index)
        view = View(camera.width, camera.height, camera.project, self._views.world_from_camera[index])
        return Photo(self._views.image(index), view)


class _Aligned(_Photos):
    """The same photos where alignment moved them."""

    def __init__(self, photos: _Photos, alignment: "Alignment") -> None:
        super().__init__(photos._views, photos._context)
        self._given, self._alignment = photos._given, alignment

    def _photo(self, index: int) -> "Photo":
        return self._alignment.applied(super()._photo(index), index)
