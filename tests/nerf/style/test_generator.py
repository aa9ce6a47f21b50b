import numpy as np
import pytest
import torch

from nerf.objects import viewpoints
from nerf.style.generator import GeneratorConfig, StyleGenerator

SMALL = {"z": 8, "w": 12, "mapping_depth": 2, "width": 16, "depth": 2, "features": 8, "octaves": 3}


def generator(**changes: object) -> StyleGenerator:
    torch.manual_seed(0)
    return StyleGenerator(GeneratorConfig(**(SMALL | changes))).eval()  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["mlp", "triplane"])
@pytest.mark.parametrize("background", ["white", "far"])
def test_a_picture_has_the_cameras_size_and_repeats_itself(kind: str, background: str) -> None:
    made = generator(field=kind, background=background, plane_size=8, plane_channels=4)
    ws = made.styles(made.mapping(torch.randn(2, 8)))
    poses = viewpoints.ring_of_poses(2)
    with torch.no_grad():
        a, b = (made.render(ws, viewpoints.camera(16), poses, coarse=6, fine=4) for _ in range(2))
    assert a.rgb.shape == (2, 3, 16, 16)
    assert a.coarse.shape == (2, 3, 8, 8)
    assert torch.equal(a.rgb, b.rgb)


def test_an_empty_field_shows_the_background_and_a_full_one_hides_it() -> None:
    made = generator()
    ws = made.styles(torch.zeros(1, 12))
    for raw, opacity in ((-100.0, 0.0), (100.0, 1.0)):
        made.field.density.weight.data.zero_()
        made.field.density.bias.data.fill_(raw)
        view = made.render(ws, viewpoints.camera(16), viewpoints.ring_of_poses(1), coarse=8, fine=0)
        middle = view.opacity[0, 3:5, 3:5]
        assert torch.allclose(middle, torch.full_like(middle, opacity), atol=1e-4)
        if opacity == 0:
            assert torch.allclose(view.rgb, torch.ones_like(view.rgb))


def test_distance_of_a_ball_is_known() -> None:
    """A field that is solid within 0.4 of the origin, put in place of the learned one."""
    made = generator()

    class Ball(type(made.field)):  # type: ignore[misc]
        def forward(self, points, shape):  # type: ignore[no-untyped-def]
            raw = torch.where(points.norm(dim=-1) < 0.4, 30.0, -30.0)
            return raw, torch.zeros(*points.shape[:2], 8)

    made.field.__class__ = Ball
    view = made.render(
        made.styles(torch.zeros(1, 12)), viewpoints.camera(32), viewpoints.ring_of_poses(1), coarse=48, fine=48
    )
    assert abs(float(view.distance[0, 8, 8]) - (viewpoints.DISTANCE - 0.4)) < 0.03
    assert view.opacity[0, 0, 0] == 0


def test_style_layers_are_separate() -> None:
    """Changing the upsampler's styles leaves the shape alone."""
    made = generator()
    torch.nn.init.normal_(made.upsampler.colours[0].weight)
    ws = made.styles(torch.randn(1, 12)).clone()
    other = ws.clone()
    other[:, made.field.n_styles :] += 1
    pose = viewpoints.ring_of_poses(1)
    a, b = (made.render(w, viewpoints.camera(16), pose, coarse=8, fine=0) for w in (ws, other))
    assert torch.equal(a.coarse, b.coarse)
    assert not torch.allclose(a.rgb, b.rgb)


def test_a_size_that_the_upsampler_cannot_make_is_named() -> None:
    made = generator(doublings=2)
    with pytest.raises(ValueError, match=r"multiples of 4 \(got 18x18\)"):
        made.render(made.styles(torch.zeros(1, 12)), viewpoints.camera(18), np.eye(4)[None])


def test_a_traced_picture_has_what_the_rays_of_a_larger_picture_meet() -> None:
    made = generator()
    ws, poses = made.styles(made.mapping(torch.randn(2, 8))), viewpoints.ring_of_poses(2)
    with torch.no_grad():
        larger = made.render(ws, viewpoints.camera(64), poses, coarse=6, fine=4)
    traced = made.traced(ws, viewpoints.camera(32), poses, coarse=6, fine=4)
    assert torch.allclose(traced.rgb, larger.coarse, atol=1e-6)
    assert torch.allclose(traced.opacity, larger.opacity, atol=1e-6)
    assert torch.allclose(traced.distance, larger.distance, atol=1e-6)
