"""CLIP and SigLIP from a local folder, as transformers or open_clip saved them, through transformers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from PIL import Image

from vision.encoders import Encoder, unit
from vision.encoders_merging import picture_features
from vision.open_clip_files import CONFIG, OpenClip, read_open_clip

try:
    from transformers import (  # type: ignore[import-not-found]
        AutoConfig,
        AutoImageProcessor,
        AutoModel,
        AutoTokenizer,
        CLIPConfig,
        CLIPImageProcessor,
        CLIPModel,
        SiglipConfig,
        SiglipImageProcessor,
        SiglipModel,
    )
except ImportError as error:
    raise ImportError("CLIP and SigLIP need transformers: pip install 'scenewright[clip]'") from error

Array = np.ndarray

KINDS = ("clip", "siglip", "siglip2")


class TransformersEncoder(Encoder):
    """A pretrained pair of towers; nothing is downloaded and no code from the folder is run.

    `token_merging` is how many tokens of a picture each layer merges (`vision.token_merging`): faster, less exact.
    """

    def __init__(self, folder: Path, device: str = "cpu", batch: int = 32, token_merging: int = 0) -> None:
        is_open_clip = (folder / CONFIG).is_file() and not (folder / "config.json").is_file()
        kind, self._model, self._tokenizer, self._processor = (_from_open_clip if is_open_clip else _parts)(folder)
        self._model = self._model.to(device).eval()
        if token_merging and kind == "siglip2":
            raise ValueError(
                f"encoder: token_merging must be 0 for siglip2, whose pictures are padded (got {token_merging})"
            )
        self._kind, self._device, self._batch, self._token_merging = kind, device, batch, token_merging
        self.width = int(_projected(self._model.get_text_features(**self._read(["a"]))).shape[1])

    def text(self, texts: Sequence[str]) -> Float32[Array, "texts width"]:
        """A unit vector for each text; what is longer than the model reads is left out."""
        return self._in_batches(texts, lambda some: self._model.get_text_features(**self._read(some)))

    def pictures(self, pictures: Sequence[UInt8[Array, "_ _ 3"]]) -> Float32[Array, "pictures width"]:
        """A unit vector for each picture, resized and normalised once, as the model's own folder says."""
        return self._in_batches(pictures, lambda some: self._features(self._see(some)))

    def _read(self, texts: Sequence[str]) -> dict[str, torch.Tensor]:
        length = int(self._model.config.text_config.max_position_embeddings)
        is_siglip = self._kind.startswith("siglip")  # trained on texts padded to the full length, without a mask
        padding = "max_length" if is_siglip else True
        read = self._tokenizer(list(texts), padding=padding, truncation=True, max_length=length, return_tensors="pt")
        names = ("input_ids",) if is_siglip else ("input_ids", "attention_mask")
        return {name: read[name].to(self._device) for name in names}

    def _see(self, pictures: Sequence[Array]) -> dict[str, torch.Tensor]:
        seen = self._processor([Image.fromarray(picture) for picture in pictures], return_tensors="pt")
        return {name: value.to(self._device) for name, value in seen.items()}

    def _features(self, seen: dict[str, torch.Tensor]) -> Any:
        if not self._token_merging:
            return self._model.get_image_features(**seen)
        is_clip = self._kind == "clip"
        return picture_features(self._model, seen["pixel_values"], self._token_merging, has_class_token=is_clip)

    @torch.no_grad()
    def _in_batches(self, items: Sequence[Any], encode: Any) -> Array:
        parts = [_projected(encode(items[i : i + self._batch])) for i in range(0, len(items), self._batch)]
        return unit(torch.cat(parts).float().cpu().numpy())


def _parts(folder: Path) -> tuple[str, Any, Any, Any]:
    """Kind, model, tokenizer and image processor of a folder as transformers saves them."""
    if not (folder / "config.json").is_file():
        raise FileNotFoundError(f"encoder: {folder} must hold a CLIP or SigLIP model (it has no config.json)")
    try:
        kind = AutoConfig.from_pretrained(folder, local_files_only=True).model_type
    except (OSError, ValueError) as error:
        raise ValueError(f"encoder: {folder / 'config.json'} cannot be read ({_first_line(error)})") from error
    if kind not in KINDS:
        raise ValueError(f"encoder: {folder} must hold one of {', '.join(KINDS)} (got {kind})")
    try:
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        processor = AutoImageProcessor.from_pretrained(folder, local_files_only=True, use_fast=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"encoder: {folder} is not a whole {kind} model ({_first_line(error)})") from error
    return kind, model, tokenizer, processor


def _from_open_clip(folder: Path) -> tuple[str, Any, Any, Any]:
    """The same of a folder as open_clip saves them."""
    read = read_open_clip(folder)
    make, configure = (CLIPModel, CLIPConfig) if read.kind == "clip" else (SiglipModel, SiglipConfig)
    try:
        model = make(configure(**read.config))
        model.load_state_dict(read.weights)
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"encoder: {folder} is not a whole {read.kind} model ({_first_line(error)})") from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"encoder: {folder} must hold its tokenizer's files ({_first_line(error)})") from error
    return read.kind, model, _Cleaning(tokenizer, read), _processor(read)


def _processor(read: OpenClip) -> Any:
    size = {"height": read.image_size, "width": read.image_size}
    looks = {"image_mean": list(read.mean), "image_std": list(read.spread), "resample": Image.Resampling.BICUBIC}
    if read.crops:
        return CLIPImageProcessor(size={"shortest_edge": read.image_size}, crop_size=size, **looks)
    return SiglipImageProcessor(size=size, **looks)


class _Cleaning:
    """A tokenizer that has texts cleaned first, as the checkpoint wants them."""

    def __init__(self, tokenizer: Any, read: OpenClip) -> None:
        self._tokenizer, self._read = tokenizer, read

    def __call__(self, texts: Sequence[str], **options: Any) -> Any:
        return self._tokenizer([self._read.cleaned(text) for text in texts], **options)


class SentenceFeatures:
    """Features of whole sentences from a local folder with a BERT-like model (all-MiniLM-L6-v2 and its kin): mean over
    tokens, unit length. They bring the meaning of words that the embedded text tower never read."""

    def __init__(self, folder: Path, batch: int = 64) -> None:
        if not (folder / "config.json").is_file():
            raise FileNotFoundError(f"sentence features: {folder} must hold a BERT-like model (it has no config.json)")
        try:
            self._model: Any = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True).eval()
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            raise ValueError(f"sentence features: {folder} is not a whole model ({_first_line(error)})") from error
        self.width, self._batch = int(self._model.config.hidden_size), batch

    @torch.no_grad()
    def __call__(self, texts: Sequence[str]) -> Float32[Array, "texts features"]:
        """A unit vector for each text."""
        parts = [self._features(texts[i : i + self._batch]) for i in range(0, len(texts), self._batch)]
        return unit(torch.cat(parts).numpy())

    def _features(self, texts: Sequence[str]) -> torch.Tensor:
        length = int(self._model.config.max_position_embeddings)
        read = self._tokenizer(list(texts), padding=True, truncation=True, max_length=length, return_tensors="pt")
        hidden = self._model(**read).last_hidden_state
        there = read["attention_mask"][..., None]
        mean: torch.Tensor = (hidden * there).sum(1) / there.sum(1)
        return mean


def _projected(output: Any) -> torch.Tensor:
    """The projected vectors: transformers 5 wraps them, 4 does not."""
    vectors: torch.Tensor = getattr(output, "pooler_output", output)
    return vectors.detach()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
