import torch

from nerf.style.mapping import Mapping, broadcast, mixed, truncated


def test_truncation_goes_from_the_mean_to_the_style() -> None:
    w, mean = torch.tensor([[2.0, 4.0]]), torch.tensor([1.0, 1.0])
    assert torch.equal(truncated(w, mean, 0.0), mean[None])
    assert torch.equal(truncated(w, mean, 1.0), w)
    assert torch.equal(truncated(w, mean, 0.5), torch.tensor([[1.5, 2.5]]))


def test_mixing_takes_coarse_layers_of_one_and_fine_layers_of_the_other() -> None:
    a, b = broadcast(torch.zeros(1, 2), 5), broadcast(torch.ones(1, 2), 5)
    assert mixed(a, b, 2)[0, :, 0].tolist() == [0, 0, 1, 1, 1]


def test_the_mean_style_follows_batches() -> None:
    torch.manual_seed(0)
    mapping = Mapping(4, 3, 2)
    w = mapping(torch.randn(64, 4)).detach()
    for _ in range(800):
        mapping.track_mean(w)
    assert torch.allclose(mapping.mean, w.mean(0), atol=1e-3)
