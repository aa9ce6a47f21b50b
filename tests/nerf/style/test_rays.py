import numpy as np

from nerf.objects import viewpoints
from nerf.style.rays import camera_rays


def test_rays_go_through_the_pixels_they_belong_to() -> None:
    camera, pose = viewpoints.camera(8), viewpoints.pose(0.7, 0.3)
    origins, directions = camera_rays(camera, pose[None])
    points = (origins + 2 * directions)[0].numpy().astype(np.float64)
    pixels = camera.project((points - pose[:3, 3]) @ pose[:3, :3])
    assert np.allclose(pixels, camera.pixel_centres(), atol=1e-4)
