"""The prior's transformer block by block, so that blocks can be computed otherwise or not at all."""

import copy

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from nerf.prior.network import PriorNetwork

MAPS = ("inwards", "outwards", "widen", "narrow")
"""A block's linear maps: to queries, keys and values; out of the attention; into and out of the wide layer."""


class Block(nn.Module):
    """What one layer of a PriorNetwork's body computes, with each linear map a module of its own."""

    def __init__(self, layer: nn.TransformerEncoderLayer) -> None:
        super().__init__()
        attention = layer.self_attn
        self.heads = attention.num_heads
        self.before_attention, self.before_wide = layer.norm1, layer.norm2
        inwards = nn.Linear(attention.embed_dim, 3 * attention.embed_dim, device="meta")
        inwards.weight, inwards.bias = attention.in_proj_weight, attention.in_proj_bias
        self.inwards: nn.Module = inwards
        self.outwards: nn.Module = attention.out_proj
        self.widen: nn.Module = layer.linear1
        self.narrow: nn.Module = layer.linear2

    def forward(
        self, x: Float[Tensor, "batch tokens width"], mask: Bool[Tensor, "tokens tokens"]
    ) -> Float[Tensor, "batch tokens width"]:
        """Tokens after the block; `mask` is true where a token must not look."""
        batch, tokens, width = x.shape
        three = self.inwards(self.before_attention(x)).reshape(batch, tokens, 3, self.heads, width // self.heads)
        queries, keys, values = three.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=~mask)
        x = x + self.outwards(seen.transpose(1, 2).reshape(batch, tokens, width))
        after: Tensor = x + self.narrow(functional.gelu(self.widen(self.before_wide(x))))
        return after


class Blocks(nn.Module):
    """A PriorNetwork's body as a list of blocks, called as the body is."""

    def __init__(self, blocks: list[Block], norm: nn.Module) -> None:
        super().__init__()
        self.blocks, self.norm = nn.ModuleList(blocks), norm

    def forward(
        self, tokens: Float[Tensor, "batch tokens width"], mask: Bool[Tensor, "tokens tokens"], is_causal: bool = False
    ) -> Float[Tensor, "batch tokens width"]:
        """What every token has become; `is_causal` is taken as torch's body takes it, the mask says it too."""
        for number, block in enumerate(self.blocks):
            tokens = self.after(number, block, tokens, mask)
        read: Tensor = self.norm(tokens)
        return read

    def after(self, number: int, block: nn.Module, tokens: Tensor, mask: Tensor) -> Tensor:
        """Tokens after the block of this number."""
        found: Tensor = block(tokens, mask)
        return found


def in_blocks(network: PriorNetwork) -> PriorNetwork:
    """A copy of a network whose body is `Blocks`; where it is already, a copy with blocks of its own."""
    made = copy.deepcopy(network).requires_grad_(False)
    if not isinstance(made.body, Blocks):
        layers = [Block(layer) for layer in made.body.layers]  # type: ignore[arg-type]
        made.body = Blocks(layers, made.body.norm)  # type: ignore[arg-type, assignment]
    return made
