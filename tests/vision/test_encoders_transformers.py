"""With tiny random models that the test makes; real weights have the same layout."""

import json
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.extra("clip")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    transformers = pytest.importorskip("transformers", reason="needs transformers: pip install 'scenewright[clip]'")
    torch = pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("clip")
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(pieces)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    end = len(pieces) - 1
    config = transformers.CLIPConfig(
        text_config=small
        | {
            "vocab_size": len(pieces),
            "max_position_embeddings": 16,
            "eos_token_id": end,
            "bos_token_id": end - 1,
            "pad_token_id": end,
        },
        vision_config=small | {"image_size": 32, "patch_size": 8},
        projection_dim=12,
    )
    torch.manual_seed(0)
    transformers.CLIPModel(config).save_pretrained(folder)
    transformers.CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=16
    ).save_pretrained(folder)
    transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(
        folder
    )
    return folder


def test_a_folder_gives_unit_vectors_in_one_space(clip: Path) -> None:
    from vision.encoders_transformers import TransformersEncoder

    encoder = TransformersEncoder(clip, batch=2)
    rng = np.random.default_rng(0)
    texts = encoder.text(["a red chair", "cup", "a " * 5000])
    pictures = encoder.pictures([rng.integers(0, 255, (40, 50, 3), dtype=np.uint8) for _ in range(3)])
    assert encoder.width == 12
    assert texts.shape == pictures.shape == (3, 12)
    for vectors in (texts, pictures):
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(encoder.text(["cup"]), texts[1:2], atol=1e-5)


def test_token_merging_moves_pictures_a_little_and_texts_not_at_all(clip: Path) -> None:
    from vision.encoders_transformers import TransformersEncoder

    pictures = [np.random.default_rng(2).integers(0, 255, (32, 32, 3), dtype=np.uint8)]
    exact, merging = TransformersEncoder(clip), TransformersEncoder(clip, token_merging=3)
    assert not np.allclose(merging.pictures(pictures), exact.pictures(pictures), atol=1e-5)
    assert (merging.pictures(pictures) * exact.pictures(pictures)).sum() > 0.9
    assert np.array_equal(merging.text(["cup"]), exact.text(["cup"]))


def test_pictures_are_normalised_once(clip: Path) -> None:
    """Against the model called by hand on hand-normalised pixels."""
    import torch
    from transformers import CLIPModel

    from vision.encoders_transformers import TransformersEncoder

    picture = np.random.default_rng(1).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    mean, spread = np.array([0.48145466, 0.4578275, 0.40821073]), np.array([0.26862954, 0.26130258, 0.27577711])
    pixels = torch.from_numpy(((picture / 255 - mean) / spread).astype(np.float32)).permute(2, 0, 1)[None]
    model = CLIPModel.from_pretrained(clip, local_files_only=True).eval()
    with torch.no_grad():
        expected = model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)[0].numpy()
    found = TransformersEncoder(clip).pictures([picture])[0]
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-5)


def test_folders_that_are_no_encoder_are_named(clip: Path, tmp_path: Path) -> None:
    from vision.encoders_transformers import TransformersEncoder

    with pytest.raises(FileNotFoundError, match=r"it has no config\.json"):
        TransformersEncoder(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ValueError, match=r"must hold one of clip, siglip, siglip2 \(got bert\)"):
        TransformersEncoder(tmp_path)
    (tmp_path / "config.json").write_bytes((clip / "config.json").read_bytes())
    with pytest.raises(ValueError, match="is not a whole clip model"):
        TransformersEncoder(tmp_path)


def test_sentence_features_are_the_mean_over_tokens_without_padding(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="needs transformers: pip install 'scenewright[clip]'")
    import torch

    from vision.encoders_transformers import SentenceFeatures

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "red", "chair", "cup"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    torch.manual_seed(0)
    transformers.BertModel(transformers.BertConfig(vocab_size=len(words), **sizes)).save_pretrained(tmp_path)
    features = SentenceFeatures(tmp_path)
    both = features(["a red chair", "cup"])
    assert both.shape == (2, 16)
    assert np.allclose(np.linalg.norm(both, axis=1), 1, atol=1e-5)
    assert np.allclose(features(["cup"]), both[1:], atol=1e-5)
    with pytest.raises(FileNotFoundError, match="must hold a BERT-like model"):
        SentenceFeatures(tmp_path / "nothing")


def test_siglip_reads_texts_padded_to_their_full_length(tmp_path: Path) -> None:
    """SigLIP was trained on padded texts: against the model called by hand on such ones."""
    transformers = pytest.importorskip("transformers", reason="needs transformers: pip install 'scenewright[clip]'")
    import torch

    from vision.encoders_transformers import TransformersEncoder

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "red", "chair", "cup"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = small | {"vocab_size": len(words), "max_position_embeddings": 12, "projection_size": 16}
    torch.manual_seed(0)
    model = transformers.SiglipModel(
        transformers.SiglipConfig(text_config=text, vision_config=small | {"image_size": 32, "patch_size": 8})
    ).eval()
    model.save_pretrained(tmp_path)
    transformers.SiglipImageProcessor(size={"height": 32, "width": 32}).save_pretrained(tmp_path)
    encoder = TransformersEncoder(tmp_path)
    found = encoder.text(["a red chair"])[0]
    numbers = torch.tensor([[2, 5, 6, 7, 3] + [0] * 7])
    with torch.no_grad():
        expected = model.text_model(input_ids=numbers).pooler_output[0].numpy()
    unpadded = model.text_model(input_ids=numbers[:, :5]).pooler_output[0].detach().numpy()
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-5)
    assert not np.allclose(found, unpadded / np.linalg.norm(unpadded), atol=1e-3)
    assert encoder.pictures([np.zeros((40, 20, 3), np.uint8)]).shape == (1, encoder.width)
