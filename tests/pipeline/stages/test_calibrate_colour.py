from pathlib import Path

import numpy as np

from meshing.alignment import Alignment
from nerf.camera import Camera
from nerf.frame import identity_frame
from nerf.posed_images import Photo, PosedImages, Source
from pipeline.stages.calibrate_colour import _moved


def test_moved_photos_show_points_where_the_alignment_put_them() -> None:
    lens = (0.1, -0.05, 0.001, 0.002)
    camera = Camera(80, 60, 70.0, 71.0, 41.0, 28.0, "opencv", lens)
    views = PosedImages(
        (camera,), (Photo("a", Path("a.png"), 0),), np.eye(4)[None], identity_frame(), Source("made up")
    )
    turned = np.eye(4)
    turned[:3, 3] = 0.1, 0.2, 0.3
    found = _moved(views, Alignment(turned[None], 0.9, 2.0, 1.0))
    points = np.array([[0.2, 0.1, 1.0], [-0.3, 0.25, 1.2], [0.0, 0.0, 2.0]])
    middle = np.array([40.0, 30.0])
    np.testing.assert_allclose(found.camera(0).project(points), middle + 0.9 * (camera.project(points) - middle))
    np.testing.assert_array_equal(found.world_from_camera[0], turned)
