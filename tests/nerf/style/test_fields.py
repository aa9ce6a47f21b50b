import pytest
import torch

from nerf.style.fields import MlpField, StyleField, TriplaneField, _read_planes


def fields() -> dict[str, StyleField]:
    torch.manual_seed(0)
    return {"mlp": MlpField(16, 24, 3, 8, 4), "triplane": TriplaneField(16, 24, 16, 6, 8, 2)}


@pytest.mark.parametrize("kind", ["mlp", "triplane"])
def test_points_do_not_know_of_each_other_and_styles_matter(kind: str) -> None:
    field = fields()[kind]
    ws = torch.randn(2, field.n_styles, 16)
    points = torch.rand(2, 50, 3) - 0.5
    raw, features = field(points, field.prepare(ws))
    some, _ = field(points[:, 10:20], field.prepare(ws))
    assert features.shape == (2, 50, 8)
    assert torch.allclose(raw[:, 10:20], some, atol=1e-5)
    other, _ = field(points[:1], field.prepare(ws[1:]))
    assert not torch.allclose(raw[0], other[0], atol=1e-2)


@pytest.mark.parametrize("kind", ["mlp", "triplane"])
def test_every_weight_learns(kind: str) -> None:
    field = fields()[kind]
    raw, features = field(torch.rand(2, 20, 3) - 0.5, field.prepare(torch.randn(2, field.n_styles, 16)))
    (raw.sum() + features.square().sum()).backward()
    assert all(weights.grad is not None and weights.grad.abs().sum() > 0 for weights in field.parameters())


def test_planes_are_read_where_a_point_falls_on_them() -> None:
    """A plane that holds its own coordinates gives a point's coordinates back."""
    line = (torch.arange(32) + 0.5) / 16 - 1
    plane = torch.stack([line[None].expand(32, -1), line[:, None].expand(-1, 32)])
    planes = plane[None, None].expand(1, 3, -1, -1, -1)
    point = torch.tensor([[[0.3, -0.5, 0.2]]])
    assert torch.allclose(_read_planes(planes, point)[0, 0], torch.tensor([0.3, -0.5, 0.3, 0.2, 0.2, -0.5]), atol=1e-5)


def test_a_size_that_no_doubling_reaches_is_named() -> None:
    with pytest.raises(ValueError, match=r"4 times a power of two \(got 20\)"):
        TriplaneField(16, 24, 20, 6, 8, 2)
