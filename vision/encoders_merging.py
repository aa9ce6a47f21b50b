"""The picture towers of CLIP and SigLIP with token merging.

The models' own layers are run one after the other, because tokens merge between a layer's attention and its MLP.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from vision.token_merging import Tokens, matched, merged


def picture_features(
    model: Any, pixels: Float[Tensor, "batch 3 h w"], r: int, *, has_class_token: bool
) -> Float[Tensor, "batch width"]:
    """What the model's `get_image_features` gives, of a tower that merges `r` tokens in each layer; 0 merges none.

    `model` is a CLIPModel, which has a class token, or a SiglipModel, which looks at all tokens at the end.
    """
    tower = model.vision_model
    start = tower.embeddings(pixels)
    tokens = Tokens.of(tower.pre_layrnorm(start) if has_class_token else start)  # spelled so in the published weights
    for layer in tower.encoder.layers:
        tokens = _after(layer, tokens, r, keep_first=has_class_token)
    if not has_class_token:
        return _pooled(tower.head, Tokens(tower.post_layernorm(tokens.values), tokens.sizes))
    projected: Tensor = model.visual_projection(tower.post_layernorm(tokens.values[:, 0]))
    return projected


def _after(layer: Any, tokens: Tokens, r: int, *, keep_first: bool) -> Tokens:
    """Tokens after one layer: proportional attention, merging by the keys' mean over heads, MLP."""
    attention = layer.self_attn
    normed = layer.layer_norm1(tokens.values)
    queries, keys, values = (
        _heads(project(normed), attention.num_heads)
        for project in (attention.q_proj, attention.k_proj, attention.v_proj)
    )
    bias = tokens.attention_bias[:, None, None]
    found = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=bias, scale=attention.scale)
    tokens = Tokens(tokens.values + attention.out_proj(found.transpose(1, 2).flatten(2)), tokens.sizes)
    if r > 0:
        tokens = merged(tokens, matched(keys.mean(1), r, keep_first=keep_first))
    return Tokens(tokens.values + layer.mlp(layer.layer_norm2(tokens.values)), tokens.sizes)


def _heads(x: Float[Tensor, "batch tokens width"], heads: int) -> Float[Tensor, "batch heads tokens channels"]:
    return x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)


def _pooled(head: Any, tokens: Tokens) -> Float[Tensor, "batch width"]:
    """SigLIP's attention pooling, in which a merged token weighs as much as the patches that it stands for."""
    probe = head.probe.expand(len(tokens.values), -1, -1)
    bias = tokens.attention_bias[:, None].repeat_interleave(head.attention.num_heads, 0)
    seen, _ = head.attention(probe, tokens.values, tokens.values, attn_mask=bias, need_weights=False)
    pooled: torch.Tensor = (seen + head.mlp(head.layernorm(seen)))[:, 0]
    return pooled
