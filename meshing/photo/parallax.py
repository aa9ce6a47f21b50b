"""What a viewer sees of a 3D photo from beside its viewpoint: stereo pictures side by side and a film that sways.

Owns the cameras and the encoded pictures. Does not own the mesh.
"""

import io
from collections.abc import Iterator

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from scipy import ndimage

from meshing.mesh import Mesh
from meshing.photo.layers import PhotoView
from meshing.photo.pictures import PhotoViews
from meshing.pinhole import Pinhole
from meshing.raycast_embree import RayCaster
from meshing.render import render

_GLTF_FROM_CAMERA = np.diag([1.0, -1.0, -1.0, 1.0])
_EYES = 0.5  # of the reach to each side: what both eyes see of hidden surfaces stays within what was grown


def look(
    mesh: Mesh,
    view: PhotoView,
    right: float,
    up: float = 0.0,
    *,
    side: int = 960,
    focus: float | None = None,
    caster: RayCaster | None = None,
) -> UInt8[np.ndarray, "h w 3"]:
    """The photo from `right` and `up` of its viewpoint, in units of its reach, the longer side `side` pixels long.

    What lies at depth `focus` stays where it is (an off-axis lens); everything does at infinity when left out. What
    nothing covers takes the nearest colour. Of a panorama it is the part ahead, a quarter around.
    """
    width, height, focal = _window(view, side)
    x, y = right * view.reach, up * view.reach
    shift = (focal * x / focus, -focal * y / focus) if focus else (0.0, 0.0)
    camera = Pinhole(width, height, focal, focal, width / 2 + shift[0], height / 2 + shift[1])
    pose = _GLTF_FROM_CAMERA.copy()
    pose[:2, 3] = x, y
    seen = render(mesh, camera, pose, caster=caster)
    empty = seen.face < 0
    if not empty.any() or empty.all():
        return seen.color
    row, column = ndimage.distance_transform_edt(empty, return_distances=False, return_indices=True)
    filled: UInt8[np.ndarray, "h w 3"] = seen.color[row, column]
    return filled


def _window(view: PhotoView, side: int) -> tuple[int, int, float]:
    """Width, height and focal length of pictures whose longer side has `side` pixels."""
    if view.all_around:
        return side, max(1, round(side * 3 / 4)), side / 2
    scale = side / max(view.width, view.height)
    return max(1, round(view.width * scale)), max(1, round(view.height * scale)), view.focal * scale


def middle_depth(mesh: Mesh) -> float:
    """The depth at which near and far are shifted alike: the harmonic middle of what is seen ahead."""
    x, y, z = mesh.vertices.astype(np.float64).T
    ahead = (z < 0) & (np.hypot(x, y) < -2 * z)
    near, far = np.quantile(-z[ahead] if ahead.any() else np.abs(z), (0.05, 0.95))
    return float(2 / (1 / near + 1 / far))


def photo_views(
    mesh: Mesh, view: PhotoView, *, side: int = 960, frames: int = 24, per_second: float = 12.0
) -> PhotoViews:
    """Both eyes' views, the extreme views, and a film once around an ellipse within the viewing volume."""
    focus, caster = middle_depth(mesh), RayCaster(mesh.vertices, mesh.faces)
    both = [look(mesh, view, right, side=side, focus=focus, caster=caster) for right in (-_EYES, _EYES)]
    ends = [look(mesh, view, right, side=side, focus=focus, caster=caster) for right in (-1.0, 1.0)]
    sway = list(swaying(mesh, view, side=side // 2, frames=frames))
    return PhotoViews(_jpeg(np.hstack(both)), _jpeg(np.hstack(ends)), _film(sway, per_second))


def swaying(mesh: Mesh, view: PhotoView, *, side: int, frames: int) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
    """Pictures once around an ellipse, wide and low."""
    focus, caster = middle_depth(mesh), RayCaster(mesh.vertices, mesh.faces)
    for frame in range(frames):
        angle = 2 * np.pi * frame / frames
        right, up = 0.8 * float(np.sin(angle)), 0.25 * float(np.cos(angle))
        yield look(mesh, view, right, up, side=side, focus=focus, caster=caster)


def _jpeg(rgb: UInt8[np.ndarray, "h w 3"]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(rgb).save(stream, "JPEG", quality=92)
    return stream.getvalue()


def _film(frames: list[UInt8[np.ndarray, "h w 3"]], per_second: float) -> bytes:
    pictures = [Image.fromarray(frame) for frame in frames]
    stream = io.BytesIO()
    milliseconds = round(1000 / per_second)
    pictures[0].save(
        stream, "WEBP", save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0, quality=80, method=2
    )
    return stream.getvalue()
