import torch

from nerf.style.autoencoder import AutoencoderConfig, initial
from nerf.style.generator import GeneratorConfig

CONFIG = AutoencoderConfig(GeneratorConfig(z=8, w=12, width=16, depth=2, features=8), (16, 16, 16, 16))


def test_a_seed_gives_the_same_weights_and_leaves_other_random_numbers_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    a, b, c = initial(CONFIG, 1), initial(CONFIG, 1), initial(CONFIG, 2)
    assert torch.equal(torch.rand(1), expected)
    assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))
    assert not torch.equal(a.encoder.mean.weight, c.encoder.mean.weight)


def test_inversion_gives_a_style_for_each_object() -> None:
    assert initial(CONFIG, 0).invert(torch.rand(3, 2, 3, 64, 64)).shape == (3, 12)
