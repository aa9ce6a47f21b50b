"""With tiny random models: against the models' own way through their towers, and where merging must change nothing."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

pytestmark = pytest.mark.extra("clip")

SMALL = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4}
VISION = SMALL | {"image_size": 40, "patch_size": 8}


def clip() -> Any:
    transformers = pytest.importorskip("transformers", reason="needs transformers: pip install 'scenewright[clip]'")
    text = SMALL | {"vocab_size": 9, "max_position_embeddings": 8}
    return transformers.CLIPModel(transformers.CLIPConfig(text_config=text, vision_config=VISION, projection_dim=12))


def siglip() -> Any:
    transformers = pytest.importorskip("transformers", reason="needs transformers: pip install 'scenewright[clip]'")
    text = SMALL | {"vocab_size": 9, "max_position_embeddings": 8, "projection_size": 32}
    return transformers.SiglipModel(transformers.SiglipConfig(text_config=text, vision_config=VISION))


@pytest.fixture(params=[clip, siglip])
def model(request: pytest.FixtureRequest) -> Any:
    make: Callable[[], Any] = request.param
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = make().eval().requires_grad_(False)
        for name, weights in made.named_parameters():
            if weights.ndim > 1:  # as large as in trained models, so that tokens differ and attention is uneven
                torch.nn.init.normal_(weights, std=0.2 if "embedding" not in name else 1.0)
    return made


def merging(model: Any, pixels: torch.Tensor, r: int) -> torch.Tensor:
    from vision.encoders_merging import picture_features

    return picture_features(model, pixels, r, has_class_token=model.config.model_type == "clip")


PIXELS = torch.randn(2, 3, 40, 40, generator=torch.Generator().manual_seed(1))


def test_without_merging_it_is_the_model_itself(model: Any) -> None:
    assert torch.allclose(merging(model, PIXELS, 0), model.get_image_features(PIXELS).pooler_output, atol=1e-5)


def test_merging_equal_patches_changes_nothing(model: Any) -> None:
    """Patches without places in a picture of two tiles: all of a tile say the same, and proportional attention counts
    them all, in the layers and in SigLIP's pooling."""
    model.vision_model.embeddings.position_embedding.weight.zero_()
    tiles = PIXELS[:, :, :8, :16].repeat(1, 1, 5, 3)[..., :40].contiguous()
    expected = model.get_image_features(tiles).pooler_output
    for r in (2, 6):
        assert torch.allclose(merging(model, tiles, r), expected, atol=1e-5)


def test_each_layer_has_fewer_tokens_and_more_merging_is_less_exact(model: Any) -> None:
    lengths: list[int] = []
    for layer in model.vision_model.encoder.layers:
        layer.mlp.register_forward_pre_hook(lambda _, given: lengths.append(given[0].shape[1]))
    drift = []
    exact = model.get_image_features(PIXELS).pooler_output
    n, lengths[:] = lengths[0], []
    for r in (1, 4, 8):
        found = merging(model, PIXELS, r)
        drift.append(1 - float(torch.cosine_similarity(found, exact).mean()))
    at_most_half = (n - 16) // 2 + 1
    assert lengths == [n - 1, n - 2, n - 3, n - 4, n - 8, n - 12, n - 8, n - 16, at_most_half]
    assert 0 < drift[0] < drift[1] < drift[2] < 1
