import torch

from nerf.style.background import FarScene, White

ORIGINS = torch.tensor([0.0, 0.0, 2.7]).expand(2, 4, 3)
DIRECTIONS = torch.nn.functional.normalize(torch.tensor([[0.0, 0, -1], [0.3, 0, -1], [0, 0.4, -1], [1, 1, -1]]), dim=-1)


def test_white_is_white() -> None:
    features, rgb = White(5)(ORIGINS, DIRECTIONS.expand(2, 4, 3), None)
    assert torch.equal(features, torch.zeros(2, 4, 5))
    assert torch.equal(rgb, torch.ones(2, 4, 3))


def test_a_far_scene_depends_on_direction_and_on_its_own_latent() -> None:
    torch.manual_seed(0)
    scene = FarScene(5, z_width=6)
    _, a = scene(ORIGINS, DIRECTIONS.expand(2, 4, 3), torch.randn(2, 6))
    assert ((a > 0) & (a < 1)).all()
    assert not torch.allclose(a[0], a[1], atol=1e-3)
    assert not torch.allclose(a[0, 0], a[0, 3], atol=1e-3)
