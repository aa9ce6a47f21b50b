import torch

from nerf.style.encoder import Latent, ViewEncoder


def test_the_order_and_the_number_of_views_are_free() -> None:
    torch.manual_seed(0)
    encoder = ViewEncoder(6, (16, 16, 16, 16))
    views = torch.rand(2, 3, 3, 64, 64)
    a, b = encoder(views), encoder(views[:, [2, 0, 1]])
    assert torch.allclose(a.mean, b.mean, atol=1e-5)
    assert encoder(views[:, :1]).mean.shape == (2, 6)
    assert torch.allclose(a.identity.norm(dim=1), torch.ones(2))


def test_divergence_is_that_of_normal_distributions() -> None:
    """Against torch.distributions."""
    mean, log_variance = torch.randn(3, 4), torch.randn(3, 4)
    one = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    expected = torch.distributions.kl_divergence(one, torch.distributions.Normal(0.0, 1.0)).sum(1)
    assert torch.allclose(Latent(mean, log_variance, mean).divergence(), expected, atol=1e-5)


def test_samples_have_the_spread_that_is_said() -> None:
    latent = Latent(torch.full((4000, 1), 2.0), torch.full((4000, 1), -2.0), torch.zeros(4000, 1))
    drawn = latent.sample(torch.Generator().manual_seed(0))
    assert abs(float(drawn.mean()) - 2) < 0.03
    assert abs(float(drawn.std()) - float(torch.tensor(-1.0).exp())) < 0.02
