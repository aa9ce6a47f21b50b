"""Where a mesh stands: similarities applied to it, and the floor brought to height 0."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from meshing.clean import face_areas
from meshing.mesh import Mesh, ViewingVolume

_UPRIGHT = np.cos(np.radians(25))  # a face counts as floor up to this slope: fused depth is bumpy
_BINS = 200  # of the height histogram
_LARGE = 0.2  # of the largest level's area: enough for a floor that furniture mostly hides
_LOW = 0.25  # of the height: a floor lies no higher


def moved(mesh: Mesh, matrix: Float64[np.ndarray, "4 4"]) -> Mesh:
    """`mesh` with every vertex sent through the similarity `matrix`; the way back to the capture follows along."""
    linear = matrix[:3, :3]
    vertices = (mesh.vertices @ linear.T + matrix[:3, 3]).astype(np.float32)
    normals = mesh.normals
    if normals is not None:
        normals = (normals @ (linear / np.cbrt(np.linalg.det(linear))).T).astype(np.float32)
    back = mesh.capture_from_mesh @ np.linalg.inv(matrix)
    viewing = mesh.viewing
    if viewing is not None:
        x, y, z = (float(value) for value in linear @ np.array(viewing.center) + matrix[:3, 3])
        viewing = ViewingVolume((x, y, z), viewing.radius * float(np.cbrt(np.linalg.det(linear))))
    return replace(mesh, vertices=vertices, normals=normals, capture_from_mesh=back, viewing=viewing)


def floor_to_zero(mesh: Mesh) -> Float64[np.ndarray, "4 4"]:
    """The shift along y that brings the floor to height 0; the identity where `mesh.gravity` is unknown.

    The floor is the lowest level that holds much up-facing area. An object has none near its bottom: it is stood on its
    lowest point instead.
    """
    matrix = np.eye(4)
    if mesh.gravity != "unknown" and len(mesh.faces):
        matrix[1, 3] = -floor_height(mesh)
    return matrix


def floor_height(mesh: Mesh) -> float:
    """Height of the lowest large horizontal plane, or of the lowest point where there is no such plane."""
    corners = mesh.vertices[mesh.faces].astype(np.float64)  # (faces, 3, 3)
    area, height = face_areas(mesh), corners[:, :, 1].mean(axis=1)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    upward = normal[:, 1] > _UPRIGHT * 2 * np.maximum(area, 1e-30)
    low, high = _area_quantiles(height, area, (0.002, 0.998))
    bin_size = max(high - low, 1e-9) / _BINS
    number = np.clip((height - low) / bin_size, 0, _BINS - 1).astype(np.int64)
    level: np.ndarray = np.bincount(number[upward], weights=area[upward], minlength=_BINS)
    level[1:-1] = level[:-2] + level[1:-1] + level[2:]
    candidates = np.flatnonzero(level[: int(_LOW * _BINS)] >= _LARGE * max(level.max(), 1e-30))
    if len(candidates) == 0:
        return float(corners[:, :, 1].min())
    first = candidates[0]
    window = first + int(np.argmax(level[first : first + 6]))  # climb to the top of the hill that begins here
    near = upward & (np.abs(number - window) <= 2)
    return float(_area_quantiles(height[near], area[near], (0.5,))[0])


def _area_quantiles(
    height: Float64[np.ndarray, "faces"], area: Float64[np.ndarray, "faces"], shares: tuple[float, ...]
) -> list[float]:
    order = np.argsort(height, kind="stable")
    reached = np.cumsum(area[order])
    index = np.searchsorted(reached, np.array(shares) * reached[-1])
    return [float(value) for value in height[order][np.minimum(index, len(order) - 1)]]
