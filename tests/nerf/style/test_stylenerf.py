import math

import numpy as np
import pytest
import torch

from nerf.camera import from_field_of_view
from nerf.objects import viewpoints
from nerf.style.stylenerf import (
    StyleNerf,
    StyleNerfConfig,
    absorbed,
    between,
    blurred,
    corner_means,
    enlarged,
    outside,
    published_rays,
    waves,
)

SMALL = StyleNerfConfig(
    z=6, w=8, mapping_depth=2, width=8, blocks=2, octaves=3, features=8, background_z=3, background_width=6,
    background_blocks=2, sizes=((8, 8),), grid=4, samples=4, background_samples=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def model() -> StyleNerf:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return StyleNerf(SMALL).eval()


def test_the_front_is_where_our_front_is() -> None:
    origins, rays = published_rays(from_field_of_view(1, 1, 0.2), viewpoints.pose(0.3, 0.2, 1.0)[None])
    theirs = [math.cos(0.2) * math.cos(0.3), math.cos(0.2) * math.sin(0.3), math.sin(0.2)]
    assert origins[0, 0].tolist() == pytest.approx(theirs, abs=1e-6)
    assert rays[0, 0].tolist() == pytest.approx([-x for x in theirs], abs=1e-6)


def test_waves_are_sines_then_cosines_of_each_octave() -> None:
    x = torch.tensor([[0.25, 0.5, 0.0]])
    expected = [math.sin(math.pi / 4), 1, 0, math.cos(math.pi / 4), 0, 1, 1, 0, 0, 0, -1, 1]
    assert waves(x, 2)[0].tolist() == pytest.approx(expected, abs=1e-6)


def test_light_is_absorbed_or_left() -> None:
    raw = torch.tensor([[[-3.0, 2.0, 50.0, 1.0]]])
    weights, left = absorbed(raw, torch.tensor([[[0.0, 1.0, 1.5, 2.0]]]))
    assert weights[0, 0].tolist() == pytest.approx([0, 1 - math.exp(-1), math.exp(-1), 0], abs=1e-6)
    assert float(left + weights.sum()) == pytest.approx(1, abs=1e-6)


def test_more_samples_fall_where_the_weights_are() -> None:
    depths = torch.linspace(0, 1, 5)[None, None]
    more = between(depths, torch.tensor([[[0.0, 0.0, 1.0, 0.0, 0.0]]]), 4)
    assert ((more >= 0.5) & (more <= 0.75)).all()


def test_points_outside_lie_on_the_ray() -> None:
    origin, direction = torch.tensor([[[0.9, 0.1, 0.3]]]), torch.nn.functional.normalize(torch.ones(1, 1, 3), dim=-1)
    found = outside(origin, direction, torch.tensor([0.5, 0.1, 0.0]))[0, 0]
    assert torch.allclose(found[:, :3].norm(dim=1), torch.ones(3), atol=1e-5)
    assert found[2, :3].tolist() == pytest.approx(direction[0, 0].tolist(), abs=1e-6)
    point = found[0, :3] / found[0, 3]
    across = torch.linalg.cross(point - origin[0, 0], direction[0, 0], dim=0)
    assert float(across.norm()) < 1e-5


def test_enlarging_keeps_constants_inside_and_means_are_of_the_corner() -> None:
    flat = torch.full((1, 3, 5, 5), 0.4)
    assert torch.allclose(enlarged(flat)[:, :, 2:-2, 2:-2], torch.tensor(0.4), atol=1e-6)
    assert torch.allclose(blurred(flat)[:, :, 2:-2, 2:-2], torch.tensor(0.4), atol=1e-6)
    x = torch.zeros(1, 1, 3, 3)
    x[0, 0, 1, 0] = 2.0  # left of the middle pixel
    children = corner_means(x)[0, 0, 2:4, 2:4]
    assert children.tolist() == [[1, 0], [1, 0]]


def test_pictures_repeat_and_depend_on_style_camera_and_background(model: StyleNerf) -> None:
    camera = from_field_of_view(8, 8, SMALL.field_of_view)
    pose = viewpoints.pose(0.1, 0.0, 1.0)[None]
    z = torch.randn(2, 6, generator=torch.Generator().manual_seed(1))
    ws = model.styles(z)
    first = model.render(ws[:1], camera, pose)
    assert first.shape == (1, 3, 8, 8)
    assert torch.equal(first, model.render(ws[:1], camera, pose))
    others = (
        model.render(ws[1:], camera, pose),
        model.render(ws[:1], camera, viewpoints.pose(0.4, 0.0, 1.0)[None]),
        model.render(ws[:1], camera, pose, torch.ones(1, 3)),
    )
    assert all(not torch.allclose(first, other, atol=1e-4) for other in others)
    with pytest.raises(ValueError, match="must have 8x8 pixels"):
        model.render(ws, from_field_of_view(9, 9, 0.2), np.repeat(pose, 2, 0))


def test_truncation_ends_at_the_mean_style(model: StyleNerf) -> None:
    model.get_buffer("mean").fill_(0.3)
    z = torch.randn(2, 6, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(model.styles(z, 0.0), torch.full((2, model.n_styles, 8), 0.3))
    assert model.n_styles == 2 + 2 + 2 + 1


def test_points_alone_look_like_pixels_of_a_picture_of_one_colour(model: StyleNerf) -> None:
    """Density and features the same everywhere: away from the border a picture shows what points are painted with."""
    ws = model.styles(torch.randn(1, 6, generator=torch.Generator().manual_seed(1)))
    doubling, styles = model.doublings[0], model._doubling_styles(ws, 0)
    one, rgb = torch.randn(1, 1, 8), torch.randn(1, 1, 3)
    x, colour = doubling.alone(one, rgb, styles)
    flat = one.reshape(1, 8, 1, 1).expand(1, 8, 9, 9), rgb.reshape(1, 3, 1, 1).expand(1, 3, 9, 9)
    large, picture = doubling(*flat, styles)
    assert torch.allclose(large[0, :, 9, 9], x[0, 0], atol=1e-5)
    assert torch.allclose(picture[0, :, 9, 9], colour[0, 0], atol=1e-5)


def test_what_is_seen_along_rays_is_the_picture_and_says_how_opaque_and_how_far(model: StyleNerf) -> None:
    ws = model.styles(torch.randn(1, 6, generator=torch.Generator().manual_seed(1)))
    pose = viewpoints.pose(0.1, 0.05, 1.0)[None]
    camera = from_field_of_view(8, 8, model.config.field_of_view)
    seen = model.seen(ws, *published_rays(camera.resized(4, 4), pose))
    assert torch.equal(seen.rgb, model.render(ws, camera, pose))
    assert seen.opacity.min() >= 0
    assert seen.opacity.max() <= 1
    there = seen.depth[seen.opacity > 1e-3]
    assert ((there >= 0.88 - 1e-6) & (there <= 1.12 + 1e-6)).all()
