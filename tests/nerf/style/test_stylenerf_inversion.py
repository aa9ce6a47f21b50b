import numpy as np
import pytest
import torch

from nerf.camera import from_field_of_view
from nerf.objects import viewpoints
from nerf.style.mapping import broadcast
from nerf.style.stylenerf import StyleNerf, StyleNerfConfig
from nerf.style.stylenerf_inversion import invert_published, pyramid_error, shown

SMALL = StyleNerfConfig(
    z=6, w=8, mapping_depth=2, width=8, blocks=2, octaves=2, features=8, background_z=3, background_width=6,
    background_blocks=2, sizes=((8, 8),), grid=4, samples=4, background_samples=3, depths=(0.5, 1.5),
)  # fmt: skip


@pytest.fixture(scope="module")
def model() -> StyleNerf:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = StyleNerf(SMALL).eval().requires_grad_(False)
    made.foreground.density.weight.mul_(20)
    return made


def test_angles_see_what_a_pose_sees(model: StyleNerf) -> None:
    w = torch.randn(1, 8, generator=torch.Generator().manual_seed(1))
    camera = from_field_of_view(8, 8, SMALL.field_of_view)
    posed = model.render(broadcast(w, model.n_styles), camera, viewpoints.pose(0.2, -0.1, 1.0)[None])
    with torch.no_grad():
        assert torch.allclose(shown(model, w, torch.tensor([0.2, -0.1])).rgb, posed, atol=1e-5)


def test_steps_come_closer_to_a_picture_and_none_gives_the_mean_style(model: StyleNerf) -> None:
    w = torch.randn(1, 8, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        seen = shown(model, w, torch.tensor([0.1, 0.0])).rgb[0].clamp(0, 1)
    picture = (seen * 255).round().byte().permute(1, 2, 0).numpy()
    start = invert_published(model, picture, 0)
    assert start.error == start.error_before
    assert np.allclose(start.w, model.get_buffer("mean"))
    found = invert_published(model, picture, 60)
    assert found.error_before == start.error
    assert found.error < 0.7 * found.error_before
    again = invert_published(model, picture, 60)
    assert np.array_equal(again.w, found.w)


def test_a_camera_that_is_held_stays_one_of_those_tried(model: StyleNerf) -> None:
    picture = np.full((8, 8, 3), 128, np.uint8)
    held = invert_published(model, picture, 5, free_camera=False)
    start = invert_published(model, picture, 0)
    assert np.array_equal(held.world_from_camera, start.world_from_camera)


def test_errors_count_at_every_size() -> None:
    black, white = torch.zeros(1, 3, 8, 8), torch.ones(1, 3, 8, 8)
    assert float(pyramid_error(black, white, 2)) == pytest.approx(4)
    checks = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).repeat(4, 4)[None, None].expand(1, 3, 8, 8)
    assert float(pyramid_error(checks, 1 - checks, 4)) == pytest.approx(2)  # equal once halved


def test_pictures_of_another_size_are_told(model: StyleNerf) -> None:
    with pytest.raises(ValueError, match=r"must have 8x8 pixels \(got 9x7\)"):
        invert_published(model, np.zeros((7, 9, 3), np.uint8), 1)
