"""Checkpoints of open_clip as transformers' models take them, from their published layout: neither open_clip nor
torchvision is needed.

A folder as on the Hugging Face hub: `open_clip_config.json`, weights in safetensors, the tokenizer's files. Two layouts
are read, which most published checkpoints have: CLIP's own ViT with its causal text tower, and SigLIP's ViT from timm.
"""

import json
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import torch
from safetensors.torch import load_file
from torch import Tensor

CONFIG = "open_clip_config.json"
WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors")

_CLIP_MEAN, _CLIP_SPREAD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)

_LAYER = {
    "ln_1.": "layer_norm1.",
    "ln_2.": "layer_norm2.",
    "norm1.": "layer_norm1.",
    "norm2.": "layer_norm2.",
    "attn.out_proj.": "self_attn.out_proj.",
    "attn.proj.": "self_attn.out_proj.",
    "mlp.c_fc.": "mlp.fc1.",
    "mlp.c_proj.": "mlp.fc2.",
    "mlp.fc1.": "mlp.fc1.",
    "mlp.fc2.": "mlp.fc2.",
}
_THREE = {
    "attn.in_proj_weight": "weight",
    "attn.in_proj_bias": "bias",
    "attn.qkv.weight": "weight",
    "attn.qkv.bias": "bias",
}
_LAYERS = {
    "visual.transformer.resblocks.": "vision_model.encoder.layers.",
    "visual.trunk.blocks.": "vision_model.encoder.layers.",
    "transformer.resblocks.": "text_model.encoder.layers.",
}
_TEXT = {
    "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "ln_final.weight": "text_model.final_layer_norm.weight",
    "ln_final.bias": "text_model.final_layer_norm.bias",
    "logit_scale": "logit_scale",
}
_CLIP = _TEXT | {
    "visual.class_embedding": "vision_model.embeddings.class_embedding",
    "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
    "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    "visual.ln_pre.weight": "vision_model.pre_layrnorm.weight",  # spelled so in transformers
    "visual.ln_pre.bias": "vision_model.pre_layrnorm.bias",
    "visual.ln_post.weight": "vision_model.post_layernorm.weight",
    "visual.ln_post.bias": "vision_model.post_layernorm.bias",
    "visual.proj": "visual_projection.weight",
    "text_projection": "text_projection.weight",
}
_SIGLIP = _TEXT | {
    "logit_bias": "logit_bias",
    "text_projection.weight": "text_model.head.weight",
    "text_projection.bias": "text_model.head.bias",
    "visual.trunk.patch_embed.proj.weight": "vision_model.embeddings.patch_embedding.weight",
    "visual.trunk.patch_embed.proj.bias": "vision_model.embeddings.patch_embedding.bias",
    "visual.trunk.pos_embed": "vision_model.embeddings.position_embedding.weight",
    "visual.trunk.norm.weight": "vision_model.post_layernorm.weight",
    "visual.trunk.norm.bias": "vision_model.post_layernorm.bias",
    "visual.trunk.attn_pool.latent": "vision_model.head.probe",
    "visual.trunk.attn_pool.in.weight": "vision_model.head.attention.in_proj_weight",
    "visual.trunk.attn_pool.in.bias": "vision_model.head.attention.in_proj_bias",
    "visual.trunk.attn_pool.proj.weight": "vision_model.head.attention.out_proj.weight",
    "visual.trunk.attn_pool.proj.bias": "vision_model.head.attention.out_proj.bias",
    "visual.trunk.attn_pool.norm.weight": "vision_model.head.layernorm.weight",
    "visual.trunk.attn_pool.norm.bias": "vision_model.head.layernorm.bias",
    **{
        f"visual.trunk.attn_pool.mlp.{name}": f"vision_model.head.mlp.{name}"
        for name in ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias")
    },
}
_TRANSPOSED = ("visual.proj", "text_projection")


@dataclass(frozen=True, eq=False)
class OpenClip:
    """A checkpoint: `config` as CLIPConfig or SiglipConfig take it, weights by their names there, and how pictures and
    texts are prepared. `crops` tells a picture cut to a square from one squashed into it."""

    kind: Literal["clip", "siglip"]
    config: dict[str, Any]
    weights: dict[str, Tensor]
    image_size: int
    crops: bool
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    canonical: bool

    def cleaned(self, text: str) -> str:
        """A text as the tokenizer is to have it: SigLIP's newer ones were trained without capitals and punctuation."""
        if not self.canonical:
            return text
        plain = text.replace("_", " ").translate(str.maketrans("", "", string.punctuation))
        return " ".join(plain.lower().split())


def read_open_clip(folder: Path) -> OpenClip:
    """The checkpoint in a folder."""
    model, preparation = _config(folder / CONFIG)
    path = next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"encoder: {folder} must hold {' or '.join(WEIGHTS)} (pickled weights are not read)")
    try:
        stored = {name.removeprefix("text."): value.float() for name, value in load_file(path).items()}
    except Exception as error:  # safetensors raises its own kind
        raise ValueError(f"encoder: {path} is no safetensors file ({error})") from error
    kind: Literal["clip", "siglip"] = "siglip" if "visual.trunk.attn_pool.latent" in stored else "clip"
    try:
        weights = _renamed(stored, _SIGLIP if kind == "siglip" else _CLIP)
        config = _siglip(model, weights) if kind == "siglip" else _clip(model, weights)
        size = int(config["vision_config"]["image_size"])
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"encoder: {folder} is no CLIP of ViT towers and no SigLIP ({error!r})") from error
    is_siglip = kind == "siglip"
    if is_siglip:  # transformers has vectors of one number where open_clip has numbers
        weights |= {name: weights[name].reshape(1) for name in ("logit_scale", "logit_bias") if name in weights}
    mode = preparation.get("resize_mode") or ("squash" if is_siglip else "shortest")
    if mode not in ("shortest", "squash"):
        raise ValueError(f"encoder: {folder / CONFIG}: resize_mode must be shortest or squash (got {mode!r})")
    half = (0.5, 0.5, 0.5)
    mean = tuple(preparation.get("mean") or (half if is_siglip else _CLIP_MEAN))
    spread = tuple(preparation.get("std") or (half if is_siglip else _CLIP_SPREAD))
    clean = (model["text_cfg"].get("tokenizer_kwargs") or {}).get("clean")
    return OpenClip(kind, config, weights, size, mode == "shortest", mean, spread, clean == "canonicalize")


def _config(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The model's part and the preparation's of a configuration."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        model, preparation = content["model_cfg"], content.get("preprocess_cfg") or {}
        _ = model["vision_cfg"]["image_size"], model["text_cfg"]["heads"], preparation.get("mean")
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"encoder: {path} is not a configuration of open_clip ({error!r})") from error
    return model, preparation


def _renamed(stored: Mapping[str, Tensor], names: Mapping[str, str]) -> dict[str, Tensor]:
    """Weights by transformers' names; a weight that has no name there is an error, for it would be left out."""
    stored, weights = _joined(stored), {}
    for name, value in stored.items():
        if name in names:
            value = value.T if name in _TRANSPOSED else value
            weights[names[name]] = (value[0] if name == "visual.trunk.pos_embed" else value).contiguous()
            continue
        match = re.fullmatch(r"(.*?(?:resblocks|blocks)\.)(\d+)\.(.+)", name)
        layers = _LAYERS.get(match[1]) if match else None
        part = next((new for new in _LAYER if match and match[3].startswith(new)), None)
        if match is None or layers is None or (part is None and match[3] not in _THREE):
            raise KeyError(name)
        if part is not None:
            weights[f"{layers}{match[2]}.{_LAYER[part]}{match[3].removeprefix(part)}"] = value
        else:
            for which, third in zip("qkv", value.chunk(3), strict=True):
                weights[f"{layers}{match[2]}.self_attn.{which}_proj.{_THREE[match[3]]}"] = third.contiguous()
    return weights


def _joined(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Query, key and value of timm's pooling in one, as torch's attention has them."""
    pool = "visual.trunk.attn_pool."
    joined = {name: value for name, value in stored.items() if not name.startswith((f"{pool}q.", f"{pool}kv."))}
    if f"{pool}latent" in stored:
        for end in ("weight", "bias"):
            joined[f"{pool}in.{end}"] = torch.cat([stored[f"{pool}q.{end}"], stored[f"{pool}kv.{end}"]])
    return joined


def _clip(model: Mapping[str, Any], weights: Mapping[str, Tensor]) -> dict[str, Any]:
    vision, text = model["vision_cfg"], model["text_cfg"]
    _expect(vision, {"pool_type": "tok", "attentional_pool": False, "final_ln_after_pool": False})
    _expect(text, {"pool_type": "argmax", "no_causal_mask": False, "embed_cls": False})
    act = "quick_gelu" if model.get("quick_gelu") else "gelu"
    towers = _towers(weights, act, vision["image_size"])
    width = towers["vision_config"]["hidden_size"]
    towers["vision_config"]["num_attention_heads"] = width // vision.get("head_width", 64)
    towers["text_config"] |= {"num_attention_heads": text["heads"], "projection_dim": model["embed_dim"]}
    end = towers["text_config"]["vocab_size"] - 1  # the last token of all, where open_clip reads the text's vector
    towers["text_config"] |= {"eos_token_id": end, "bos_token_id": end - 1, "pad_token_id": end}
    return towers | {"projection_dim": model["embed_dim"]}


def _siglip(model: Mapping[str, Any], weights: Mapping[str, Tensor]) -> dict[str, Any]:
    text = model["text_cfg"]
    _expect(text, {"pool_type": "last", "no_causal_mask": True}, {"pool_type": "argmax", "no_causal_mask": False})
    towers = _towers(weights, "gelu_pytorch_tanh", model["vision_cfg"]["image_size"])
    # The weights do not tell how many heads timm's tower has; all that are published have as many as their text tower.
    for tower in ("vision_config", "text_config"):
        towers[tower]["num_attention_heads"] = text["heads"]
    towers["text_config"]["projection_size"] = len(weights["text_model.head.weight"])
    return towers


def _towers(weights: Mapping[str, Tensor], act: str, image_size: int) -> dict[str, Any]:
    """Both towers' sizes, which the weights tell."""
    sizes: dict[str, Any] = {}
    for tower in ("vision", "text"):
        first = weights[f"{tower}_model.encoder.layers.0.mlp.fc1.weight"]
        numbers = [re.match(rf"{tower}_model\.encoder\.layers\.(\d+)\.", name) for name in weights]
        sizes[f"{tower}_config"] = {
            "hidden_size": first.shape[1],
            "intermediate_size": first.shape[0],
            "num_hidden_layers": 1 + max(int(match[1]) for match in numbers if match),
            "hidden_act": act,
        }
    patch = weights["vision_model.embeddings.patch_embedding.weight"].shape[-1]
    sizes["vision_config"] |= {"image_size": int(image_size), "patch_size": patch}
    words = weights["text_model.embeddings.token_embedding.weight"]
    places = weights["text_model.embeddings.position_embedding.weight"]
    sizes["text_config"] |= {"vocab_size": len(words), "max_position_embeddings": len(places)}
    return sizes


def _expect(
    config: Mapping[str, Any], needed: Mapping[str, Any], defaults: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Raise where a switch that no weight would show differs from what the transformers model does."""
    for name, value in needed.items():
        given = config.get(name, defaults.get(name, value))
        if given != value:
            raise ValueError(f"encoder: {CONFIG}: {name} must be {value!r} (got {given!r})")
