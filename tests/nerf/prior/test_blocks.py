import torch

from nerf.prior.blocks import Blocks, in_blocks
from nerf.prior.network import PriorConfig, PriorNetwork

CONFIG = PriorConfig(w=6, tokens=3, condition=5, width=16, depth=2, heads=2)


def test_blocks_give_what_the_network_gives_and_are_a_copy() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = PriorNetwork(CONFIG).eval()
        for weights in network.parameters():
            torch.nn.init.normal_(weights, std=0.3)
    random = torch.Generator().manual_seed(1)
    given = [
        torch.randn(4, 3, 6, generator=random),
        torch.rand(4, generator=random),
        torch.randn(4, 5, generator=random),
    ]
    made = in_blocks(network)
    assert isinstance(made.body, Blocks)
    with torch.no_grad():
        expected = network(*given)
        assert torch.allclose(made(*given), expected, atol=1e-5)
        assert torch.allclose(in_blocks(made)(*given), expected, atol=1e-5)
        made.body.blocks[0].narrow.bias[3] += 5  # type: ignore[union-attr, operator, index]
        assert not torch.allclose(made(*given), expected, atol=1e-2)
        assert torch.equal(network(*given), expected)
