"""With tiny random checkpoints in the published layouts, against those architectures written out here."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional

from vision.open_clip_files import read_open_clip

Weights = dict[str, torch.Tensor]
WIDTH, HEADS, WIDE, LAYERS, PLACES, WORDS, OUT = 16, 2, 32, 2, 12, 54, 10
PICTURE = np.random.default_rng(1).integers(0, 255, (32, 32, 3), dtype=np.uint8)


def random_weights(shapes: dict[str, tuple[int, ...]]) -> Weights:
    random = torch.Generator().manual_seed(0)
    return {name: 0.3 * torch.randn(shape, generator=random) for name, shape in shapes.items()}


def maps(name: str, outputs: int, inputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def norm(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}


def resblocks(prefix: str) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in (f"{prefix}transformer.resblocks.{number}" for number in range(LAYERS)):
        shapes |= {f"{layer}.attn.in_proj_weight": (3 * WIDTH, WIDTH), f"{layer}.attn.in_proj_bias": (3 * WIDTH,)}
        shapes |= maps(f"{layer}.attn.out_proj", WIDTH, WIDTH) | norm(f"{layer}.ln_1") | norm(f"{layer}.ln_2")
        shapes |= maps(f"{layer}.mlp.c_fc", WIDE, WIDTH) | maps(f"{layer}.mlp.c_proj", WIDTH, WIDE)
    return shapes


def text_tower(prefix: str) -> dict[str, tuple[int, ...]]:
    own = {f"{prefix}token_embedding.weight": (WORDS, WIDTH), f"{prefix}positional_embedding": (PLACES, WIDTH)}
    return own | resblocks(prefix) | norm(f"{prefix}ln_final")


def clip_weights() -> Weights:
    vision = {
        "visual.class_embedding": (WIDTH,),
        "visual.positional_embedding": (17, WIDTH),
        "visual.proj": (WIDTH, OUT),
    }
    vision |= {"visual.conv1.weight": (WIDTH, 3, 8, 8)} | norm("visual.ln_pre") | norm("visual.ln_post")
    return random_weights(
        vision | resblocks("visual.") | text_tower("") | {"text_projection": (WIDTH, OUT), "logit_scale": ()}
    )


def siglip_weights() -> Weights:
    shapes: dict[str, tuple[int, ...]] = {"visual.trunk.pos_embed": (1, 16, WIDTH), "logit_scale": (), "logit_bias": ()}
    shapes |= {"visual.trunk.patch_embed.proj.weight": (WIDTH, 3, 8, 8), "visual.trunk.patch_embed.proj.bias": (WIDTH,)}
    for block in (f"visual.trunk.blocks.{number}" for number in range(LAYERS)):
        shapes |= maps(f"{block}.attn.qkv", 3 * WIDTH, WIDTH) | maps(f"{block}.attn.proj", WIDTH, WIDTH)
        shapes |= norm(f"{block}.norm1") | norm(f"{block}.norm2")
        shapes |= maps(f"{block}.mlp.fc1", WIDE, WIDTH) | maps(f"{block}.mlp.fc2", WIDTH, WIDE)
    pool = "visual.trunk.attn_pool"
    shapes |= norm("visual.trunk.norm") | {f"{pool}.latent": (1, 1, WIDTH)} | norm(f"{pool}.norm")
    shapes |= (
        maps(f"{pool}.q", WIDTH, WIDTH) | maps(f"{pool}.kv", 2 * WIDTH, WIDTH) | maps(f"{pool}.proj", WIDTH, WIDTH)
    )
    shapes |= maps(f"{pool}.mlp.fc1", WIDE, WIDTH) | maps(f"{pool}.mlp.fc2", WIDTH, WIDE)
    return random_weights(shapes | text_tower("text.") | maps("text.text_projection", WIDTH, WIDTH))


def config(**changed: Any) -> dict[str, Any]:
    vision = {"image_size": 32, "layers": LAYERS, "width": WIDTH, "head_width": WIDTH // HEADS, "patch_size": 8}
    text = {"context_length": PLACES, "vocab_size": WORDS, "width": WIDTH, "heads": HEADS, "layers": LAYERS}
    model = {"embed_dim": OUT, "vision_cfg": vision, "text_cfg": text | changed.pop("text_cfg", {})} | changed
    return {"model_cfg": model, "preprocess_cfg": {"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]}}


SIGLIP = {
    "no_causal_mask": True,
    "proj_bias": True,
    "pool_type": "last",
    "norm_kwargs": {"eps": 1e-6},
    "tokenizer_kwargs": {"clean": "canonicalize"},
}


def written(folder: Path, weights: Weights, about: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps(about))
    save_file(weights, folder / "open_clip_model.safetensors")
    return folder


def with_tokenizer(folder: Path) -> Path:
    """CLIP's, of single letters; `<|endoftext|>` has the highest number."""
    transformers = pytest.importorskip("transformers", reason="needs transformers: pip install 'scenewright[clip]'")
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(pieces)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = transformers.CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    tokenizer.save_pretrained(folder)
    return folder


CUP = [52, 2, 20, 26 + 15, 53]


def attended(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, causal: bool = False) -> torch.Tensor:
    q, k, v = (x.unflatten(1, (HEADS, -1)).transpose(0, 1) for x in (q, k, v))
    return functional.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(0, 1).flatten(1)


class Plain:
    """A checkpoint's own forward pass for one item, as published, tokens (n, width)."""

    def __init__(self, weights: Weights, act: Any, eps: float) -> None:
        self.weights, self.act, self.eps = weights, act, eps

    def linear(self, name: str, x: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, name: str, x: torch.Tensor) -> torch.Tensor:
        return functional.layer_norm(
            x, (WIDTH,), self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], self.eps
        )

    def resblocks(self, prefix: str, x: torch.Tensor, causal: bool) -> torch.Tensor:
        for layer in (f"{prefix}transformer.resblocks.{number}" for number in range(LAYERS)):
            weight, bias = self.weights[f"{layer}.attn.in_proj_weight"], self.weights[f"{layer}.attn.in_proj_bias"]
            three = functional.linear(self.norm(f"{layer}.ln_1", x), weight, bias).chunk(3, 1)
            x = x + self.linear(f"{layer}.attn.out_proj", attended(*three, causal))
            wide = self.act(self.linear(f"{layer}.mlp.c_fc", self.norm(f"{layer}.ln_2", x)))
            x = x + self.linear(f"{layer}.mlp.c_proj", wide)
        return x

    def words(self, prefix: str, numbers: list[int], causal: bool) -> torch.Tensor:
        x = self.weights[f"{prefix}token_embedding.weight"][numbers]
        x = x + self.weights[f"{prefix}positional_embedding"][: len(numbers)]
        return self.norm(f"{prefix}ln_final", self.resblocks(prefix, x, causal))

    def siglip_picture(self, pixels: torch.Tensor) -> torch.Tensor:
        trunk = "visual.trunk"
        weight, bias = (self.weights[f"{trunk}.patch_embed.proj.{end}"] for end in ("weight", "bias"))
        x = functional.conv2d(pixels, weight, bias, stride=8)[0].flatten(1).T + self.weights[f"{trunk}.pos_embed"][0]
        for block in (f"{trunk}.blocks.{number}" for number in range(LAYERS)):
            three = self.linear(f"{block}.attn.qkv", self.norm(f"{block}.norm1", x)).chunk(3, 1)
            x = x + self.linear(f"{block}.attn.proj", attended(*three))
            wide = self.act(self.linear(f"{block}.mlp.fc1", self.norm(f"{block}.norm2", x)))
            x = x + self.linear(f"{block}.mlp.fc2", wide)
        x, pool = self.norm(f"{trunk}.norm", x), f"{trunk}.attn_pool"
        probe = self.linear(f"{pool}.q", self.weights[f"{pool}.latent"][0])
        seen = self.linear(f"{pool}.proj", attended(probe, *self.linear(f"{pool}.kv", x).chunk(2, 1)))
        wide = self.act(self.linear(f"{pool}.mlp.fc1", self.norm(f"{pool}.norm", seen)))
        return (seen + self.linear(f"{pool}.mlp.fc2", wide))[0]

    def clip_picture(self, pixels: torch.Tensor) -> torch.Tensor:
        patches = functional.conv2d(pixels, self.weights["visual.conv1.weight"], stride=8)[0].flatten(1).T
        x = torch.cat([self.weights["visual.class_embedding"][None], patches])
        x = self.norm("visual.ln_pre", x + self.weights["visual.positional_embedding"])
        return self.norm("visual.ln_post", self.resblocks("visual.", x, False)[0]) @ self.weights["visual.proj"]


def prepared(mean: list[float], spread: list[float]) -> torch.Tensor:
    pixels = (PICTURE / 255 - np.array(mean)) / np.array(spread)
    return torch.from_numpy(pixels.astype(np.float32)).permute(2, 0, 1)[None]


def assert_same_direction(found: np.ndarray, expected: torch.Tensor) -> None:
    assert np.allclose(found, functional.normalize(expected, dim=0).numpy(), atol=1e-5)


@pytest.mark.extra("clip")
@pytest.mark.parametrize("quick", [True, False])
def test_clip_gives_what_its_layout_means(tmp_path: Path, quick: bool) -> None:
    weights = clip_weights()
    folder = with_tokenizer(written(tmp_path / "clip", weights, config(quick_gelu=quick)))
    from vision.encoders_transformers import TransformersEncoder

    encoder = TransformersEncoder(folder)
    plain = Plain(weights, (lambda x: x * torch.sigmoid(1.702 * x)) if quick else functional.gelu, 1e-5)
    assert_same_direction(
        encoder.pictures([PICTURE])[0], plain.clip_picture(prepared([0.4, 0.5, 0.6], [0.2, 0.3, 0.4]))
    )
    assert_same_direction(encoder.text(["cup"])[0], plain.words("", CUP, True)[-1] @ weights["text_projection"])


@pytest.mark.extra("clip")
def test_siglip_gives_what_its_layout_means(tmp_path: Path) -> None:
    weights, about = siglip_weights(), config(text_cfg=SIGLIP, custom_text=True)
    about["preprocess_cfg"] = {}
    folder = with_tokenizer(written(tmp_path / "siglip", weights, about))
    from vision.encoders_transformers import TransformersEncoder

    encoder = TransformersEncoder(folder)
    plain = Plain(weights, lambda x: functional.gelu(x, approximate="tanh"), 1e-6)
    assert_same_direction(encoder.pictures([PICTURE])[0], plain.siglip_picture(prepared([0.5] * 3, [0.5] * 3)))
    last = plain.words("text.", CUP + [53] * (PLACES - len(CUP)), False)[-1]
    expected = functional.linear(last, weights["text.text_projection.weight"], weights["text.text_projection.bias"])
    assert_same_direction(encoder.text(["CUP!"])[0], expected)


def test_texts_are_cleaned_where_the_checkpoint_says_so(tmp_path: Path) -> None:
    siglip = read_open_clip(written(tmp_path, siglip_weights(), config(text_cfg=SIGLIP, custom_text=True)))
    assert siglip.cleaned("A  red_chair, with: legs!") == "a red chair with legs"
    assert not siglip.crops
    clip = read_open_clip(written(tmp_path, clip_weights(), config()))
    assert clip.cleaned("A cup!") == "A cup!"
    assert clip.crops
    assert (clip.mean, clip.spread) == ((0.4, 0.5, 0.6), (0.2, 0.3, 0.4))


def test_what_it_cannot_read_is_named(tmp_path: Path) -> None:
    def refused(words: str, weights: Weights, about: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=words):
            read_open_clip(written(tmp_path, weights, about))

    clip = clip_weights()
    refused(r"no_causal_mask must be False \(got True\)", clip, config(text_cfg={"no_causal_mask": True}))
    refused(r"pool_type must be 'last' \(got 'argmax'\)", siglip_weights(), config())
    refused("is no CLIP of ViT towers and no SigLIP .*ls_1", clip | {"visual.ls_1": torch.ones(2)}, config())
    other = {"visual.trunk.stem.0.weight": torch.ones(2)}
    refused("is no CLIP of ViT towers and no SigLIP .*stem", other, config())
    refused("is not a configuration of open_clip", clip, {"model_cfg": {}})
    resized = config()
    resized["preprocess_cfg"]["resize_mode"] = "longest"
    refused(r"resize_mode must be shortest or squash \(got 'longest'\)", clip, resized)
    (tmp_path / "open_clip_model.safetensors").write_bytes(b"x" * 40)
    with pytest.raises(ValueError, match="is no safetensors file"):
        read_open_clip(tmp_path)
    (tmp_path / "open_clip_model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"must hold open_clip_model\.safetensors"):
        read_open_clip(tmp_path)


@pytest.mark.extra("clip")
def test_weights_of_other_sizes_and_missing_tokenizers_are_named(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="needs transformers: pip install 'scenewright[clip]'")
    from vision.encoders_transformers import TransformersEncoder

    short = clip_weights() | {"visual.positional_embedding": torch.zeros(10, WIDTH)}
    with pytest.raises(ValueError, match="is not a whole clip model"):
        TransformersEncoder(written(tmp_path, short, config()))
    with pytest.raises(ValueError, match="must hold its tokenizer's files"):
        TransformersEncoder(written(tmp_path, clip_weights(), config()))
