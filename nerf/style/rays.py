"""Rays of pinhole cameras as tensors."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from nerf.camera import Camera


def camera_rays(
    camera: Camera, world_from_camera: Float[np.ndarray, "batch 4 4"], device: torch.device | None = None
) -> tuple[Float[Tensor, "batch rays 3"], Float[Tensor, "batch rays 3"]]:
    """Origins and unit directions through all pixel centres, row by row, one camera many poses."""
    ahead = camera.directions(camera.pixel_centres())
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    directions = np.einsum("bij,rj->bri", world_from_camera[:, :3, :3], ahead)
    origins = np.broadcast_to(world_from_camera[:, None, :3, 3], directions.shape)
    return (
        torch.from_numpy(origins.astype(np.float32)).to(device),
        torch.from_numpy(directions.astype(np.float32)).to(device),
    )
