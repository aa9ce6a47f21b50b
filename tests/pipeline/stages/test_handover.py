"""What one library hands to another stays where it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meshing.alignment import Alignment
from meshing.views import pixels_of
from nerf.posed_images import PosedImages
from pipeline.stage import Context
from pipeline.stages.handover import Photos, PinholePhotos
from pipeline.stages.load_capture import LoadCaptureConfig, load_capture

DEMO = Path(__file__).resolve().parents[3] / "assets" / "captures" / "demo"


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> PosedImages:
    context = Context(seed=0, checkpoint=tmp_path_factory.mktemp("capture"))
    return load_capture(LoadCaptureConfig(path=DEMO), context)


@pytest.mark.parametrize("zoom", [1.0, 1.05])
def test_an_aligned_photo_shows_a_point_at_the_same_pixel_with_its_lens_and_without(
    views: PosedImages, zoom: float, tmp_path: Path
) -> None:
    poses = views.world_from_camera.copy()
    poses[:, :3, 3] += [0.02, -0.01, 0.03]
    alignment = Alignment(poses, zoom, 0.0, 0.0)
    with_lens = Photos(views, Context(seed=0, checkpoint=tmp_path)).aligned(alignment)[2]
    without = PinholePhotos(views, alignment)[2]
    ahead = np.random.default_rng(0).uniform([-0.3, -0.3, 1], [0.3, 0.3, 2], (50, 3))
    points = ahead @ poses[2, :3, :3].T + poses[2, :3, 3]
    expected, _ = pixels_of(with_lens.view, points)
    np.testing.assert_allclose(without.camera.project(ahead), expected, atol=0.05)
    assert without.image.shape[:2] == (without.camera.height, without.camera.width)


def test_photos_are_as_many_as_views_and_not_more(views: PosedImages) -> None:
    photos = PinholePhotos(views)
    assert len(photos) == len(views)
    assert [photo.name for photo in photos[1:3]] == [views.names[1], views.names[2]]
    with pytest.raises(IndexError):
        photos[len(views)]


def test_what_a_lens_did_not_show_does_not_count(views: PosedImages) -> None:
    """A pincushion lens, straightened, leaves corners empty: those and no others are black."""
    assert PinholePhotos(views)[0].shown is None
    camera = views.camera(0)
    bent = replace(camera, model="opencv", distortion=(0.3, 0.0, 0.0, 0.0))
    photo = PinholePhotos(replace(views, cameras=(bent,) * len(views.cameras)))[0]
    assert photo.shown is not None
    assert 0.02 < 1 - photo.shown.mean() < 0.5
    assert (photo.image[~photo.shown].max(axis=1) == 0).mean() > 0.9
    assert (photo.image[photo.shown].max(axis=1) == 0).mean() < 0.01
