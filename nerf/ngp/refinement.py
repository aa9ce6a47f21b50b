"""Corrections of poses and focal lengths that are learned along with a field, the definition in numpy.

After BAA-NGP (Liu et al. 2023). A camera turns about its own centre, moves, and zooms; what a ray's samples ask of
their places is summed up for its photo. At first only coarse levels of the grid have a say in where a sample should be,
because fine ones pull towards the nearest of many wrong places.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Int64

from nerf.ngp.radiance_field import RadianceField
from nerf.posed_images import PosedImages


@dataclass
class Corrections:
    """Per photo a rotation vector (world axes, radians) and a shift (flat units); per camera the log of a zoom."""

    turns: Float32[np.ndarray, "views 3"]
    shifts: Float32[np.ndarray, "views 3"]
    zooms: Float32[np.ndarray, " cameras"]


def nothing(n_views: int, n_cameras: int) -> Corrections:
    """No correction yet."""
    return Corrections(
        np.zeros((n_views, 3), np.float32), np.zeros((n_views, 3), np.float32), np.zeros(n_cameras, np.float32)
    )


def rotations(vectors: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3 3"]:
    """Rotation matrices of rotation vectors (Rodrigues)."""
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(vectors.astype(np.float64)).as_matrix(), np.float32)


def correct(
    origins: Float32[np.ndarray, "rays 3"],
    directions: Float32[np.ndarray, "rays 3"],
    poses: Float32[np.ndarray, "views 3 4"],
    view: Int64[np.ndarray, " rays"],
    camera: Int64[np.ndarray, " views"],
    corrections: Corrections,
) -> tuple[Float32[np.ndarray, "rays 3"], Float32[np.ndarray, "rays 3"]]:
    """Rays as the corrected cameras cast them; a photo's own axes are the columns of its pose."""
    axes = poses[:, :, :3]
    local = np.einsum("rji,rj->ri", axes[view], directions)
    local[:, :2] *= np.exp(-corrections.zooms[camera[view]])[:, None]
    local /= np.linalg.norm(local, axis=1, keepdims=True) + np.float32(1e-20)
    turned = rotations(corrections.turns) @ axes
    return origins + corrections.shifts[view], np.einsum("rij,rj->ri", turned[view], local)


def corrections_gradient(
    d_origins: Float32[np.ndarray, "rays 3"],
    d_directions: Float32[np.ndarray, "rays 3"],
    directions: Float32[np.ndarray, "rays 3"],
    turned: Float32[np.ndarray, "views 3 3"],
    view: Int64[np.ndarray, " rays"],
    camera: Int64[np.ndarray, " views"],
    n_cameras: int,
) -> Corrections:
    """What a batch asks of each correction, given what it asks of corrected rays; `turned` holds corrected axes.

    A turn is taken as one more small rotation after those before, as is usual for rotations.
    """
    out = nothing(len(turned), n_cameras)
    np.add.at(out.shifts, view, d_origins)
    np.add.at(out.turns, view, np.cross(directions, d_directions))
    local = np.einsum("rji,rj->ri", turned[view], directions)
    d_local = np.einsum("rji,rj->ri", turned[view], d_directions)
    zoomed = np.concatenate([-local[:, :2], np.zeros_like(local[:, :1])], 1)
    zoomed -= local * (local * zoomed).sum(1, keepdims=True)
    np.add.at(out.zooms, camera[view], (zoomed * d_local).sum(1))
    return out


def open_levels(share: float, n_levels: int, *, first: int = 2) -> Float32[np.ndarray, " levels"]:
    """How much each level has to say about places at a share of training: from `first` levels to all at the half."""
    open_ = first + (n_levels - first) * min(1.0, 2 * share)
    window = np.clip(open_ - np.arange(n_levels), 0, 1)
    return np.asarray((1 - np.cos(np.pi * window)) / 2, np.float32)


def centred(corrections: Corrections) -> None:
    """Take out what moves or turns all photos alike: the scene would only drift away from photos held out."""
    corrections.shifts -= corrections.shifts.mean(0)
    corrections.turns -= corrections.turns.mean(0)


def refined_views(views: PosedImages, field: RadianceField) -> PosedImages:
    """The views where a field's training moved them; as given where it moved none of them."""
    found = field.facts.get("refined")
    if not found:
        return views
    poses, cameras = views.world_from_camera.copy(), list(views.cameras)
    turns = rotations(np.array(found["turns"], np.float32)).astype(np.float64)
    places = {name: k for k, name in enumerate(found["names"])}
    for view, name in enumerate(views.names):
        if name in places:
            poses[view, :3, :3] = turns[places[name]] @ poses[view, :3, :3]
            poses[view, :3, 3] += found["shifts"][places[name]]
    for k, zoom in enumerate(found["zooms"][: len(cameras)]):
        factor = float(np.exp(zoom))
        cameras[k] = replace(cameras[k], fx=cameras[k].fx * factor, fy=cameras[k].fy * factor)
    return replace(views, world_from_camera=poses, cameras=tuple(cameras))
