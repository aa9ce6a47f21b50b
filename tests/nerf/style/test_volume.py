import math

import torch

from nerf.style import volume


def raw_of(density: float) -> float:
    """The inverse of `volume.density`."""
    return (math.log(math.expm1(density / 10)) + 2) / 4


def test_two_samples_weigh_what_the_formula_says() -> None:
    """sigma (1, 2), delta (0.5, 0.5): weights .393469, .383400 and .223130 left (alpha compositing by hand)."""
    raw = torch.tensor([[[raw_of(1.0), raw_of(2.0), 0.0]]])
    found = volume.composite(raw, torch.ones(1, 1, 3, 1), torch.tensor([[[1.0, 1.5, 2.0]]]))
    assert torch.allclose(found.weights[0, 0], torch.tensor([0.393469, 0.383400, 0.0]), atol=1e-5)
    assert abs(1 - float(found.opacity) - math.exp(-1.5)) < 1e-5
    assert abs(float(found.distance) - (0.393469 + 1.5 * 0.3834)) < 1e-5


def test_weights_and_what_is_left_make_one() -> None:
    generator = torch.Generator().manual_seed(0)
    raw = torch.randn(2, 5, 16, generator=generator)
    distances = torch.rand(2, 5, 16, generator=generator).sort(-1).values
    found = volume.composite(raw, torch.ones(2, 5, 16, 1), distances)
    left = torch.exp(-(volume.density(raw[..., :-1]) * distances.diff(dim=-1)).sum(-1))
    assert torch.allclose(found.opacity + left, torch.ones(2, 5), atol=1e-5)


def test_solid_matter_hides_everything_behind_it() -> None:
    features = torch.tensor([[[[1.0], [2.0], [3.0]]]])
    found = volume.composite(torch.full((1, 1, 3), 1e4), features, torch.tensor([[[1.0, 1.1, 1.2]]]))
    assert torch.allclose(found.features, torch.ones(1, 1, 1))


def test_a_ray_through_the_middle_spans_the_ball() -> None:
    near, far = volume.span(torch.tensor([[[0.0, 0, 2.7]]]), torch.tensor([[[0.0, 0, -1.0]]]))
    assert torch.allclose(torch.stack([near, far]).flatten(), torch.tensor([2.7 - 0.66, 2.7 + 0.66]))


def test_stratified_samples_lie_each_in_its_own_interval() -> None:
    near, far = torch.zeros(1, 3), torch.ones(1, 3)
    drawn = volume.stratified(near, far, 8, torch.Generator().manual_seed(0))
    assert torch.equal((drawn * 8).floor(), torch.arange(8.0).expand(1, 3, 8))
    assert torch.allclose(volume.stratified(near, far, 2)[0, 0], torch.tensor([0.25, 0.75]))


def test_refined_samples_gather_where_the_weight_is() -> None:
    distances = volume.stratified(torch.zeros(1, 1), torch.ones(1, 1), 10)
    weights = torch.zeros(1, 1, 10)
    weights[..., 3] = 1
    more = volume.refined(distances, weights, 40)[0, 0]
    assert len(more) == 40
    assert (more.diff() >= 0).all()
    assert ((more > 0.3) & (more < 0.4)).sum() >= 39
