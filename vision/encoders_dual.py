"""The embedded default: two small towers that the project trains on its own objects and ships."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, Int64, UInt8
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from vision.encoders import Encoder
from vision.text_meanings import Meanings
from vision.text_words import BUCKETS, MAX_WORDS, tokens, words

Array = np.ndarray

Sentences = Callable[[Sequence[str]], np.ndarray]
"""Texts to features, float32 (texts, features): a packaged sentence model, such as `SentenceFeatures`."""

VERSION = 1


@dataclass(frozen=True)
class DualConfig:
    """Sizes. `sentence` is the width of sentence features that the text tower reads besides words, `meaning` that of
    the vectors of a table of words; 0 is none. `shallow` lets the picture tower's early layers speak for themselves."""

    width: int = 128
    size: int = 64
    channels: tuple[int, ...] = (32, 64, 96, 128)
    words: int = 128
    layers: int = 2
    heads: int = 4
    sentence: int = 0
    meaning: int = 0
    shallow: bool = False


class PictureTower(nn.Module):
    """Convolutions that halve the picture until 4x4 is left, then a unit vector.

    Means over the picture of what the first layers see may be added: colours wherever they are, on whatever shape.
    """

    def __init__(self, config: DualConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for outputs in config.channels:
            layers += [nn.Conv2d(inputs, outputs, 3, 2, 1), nn.GroupNorm(8, outputs), nn.SiLU()]
            inputs = outputs
        self.body = nn.Sequential(*layers, nn.Conv2d(inputs, inputs, 3, 1, 1), nn.SiLU(), nn.AdaptiveAvgPool2d(4))
        self.out = nn.Linear(inputs * 16, config.width)
        self.early = 3 * (len(config.channels) - 1)
        self.shallow = nn.Linear(3 + sum(config.channels[:-1]), config.width) if config.shallow else None

    def forward(self, pictures: Float[Tensor, "batch 3 h w"]) -> Float[Tensor, "batch width"]:
        """Unit vectors of pictures with colours from 0 to 1."""
        x = pictures * 2 - 1
        means = [x.mean((2, 3))]
        for number, layer in enumerate(self.body):
            x = layer(x)
            if number < self.early and isinstance(layer, nn.SiLU):
                means.append(x.mean((2, 3)))
        found = self.out(x.flatten(1))
        if self.shallow is not None:
            found = found + self.shallow(torch.cat(means, 1))
        return functional.normalize(found, dim=-1)


class TextTower(nn.Module):
    """Words as means of their letter groups' vectors, a small transformer over them, then a unit vector."""

    def __init__(self, config: DualConfig) -> None:
        super().__init__()
        self.groups = nn.Embedding(BUCKETS, config.words, padding_idx=0)
        self.place = nn.Parameter(torch.randn(MAX_WORDS + 1, config.words) * 0.02)
        self.start = nn.Parameter(torch.randn(config.words) * 0.02)
        self.sentence = nn.Linear(config.sentence, config.words) if config.sentence else None
        self.meaning = nn.Linear(config.meaning, config.words) if config.meaning else None
        block = nn.TransformerEncoderLayer(
            config.words, config.heads, 2 * config.words, dropout=0.0, batch_first=True, norm_first=True
        )
        self.body = nn.TransformerEncoder(block, config.layers, enable_nested_tensor=False)
        self.out = nn.Linear(config.words, config.width)

    def forward(
        self,
        numbers: Int64[Tensor, "batch words groups"],
        sentence: Float[Tensor, "batch features"] | None = None,
        meanings: Float[Tensor, "batch words meaning"] | None = None,
        spelled: Float[Tensor, "batch words"] | None = None,
    ) -> Float[Tensor, "batch width"]:
        """Unit vectors of texts given as `text_words.tokens`; `spelled` is 0 for words read by their meaning."""
        there = numbers > 0
        vectors = self.groups(numbers).sum(2) / there.sum(2, keepdim=True).clamp(min=1).sqrt()
        if spelled is not None:
            vectors = vectors * spelled[..., None]
        if self.meaning is not None and meanings is not None:
            vectors = vectors + self.meaning(meanings)
        first = self.start.expand(len(numbers), 1, -1)
        if self.sentence is not None and sentence is not None:
            first = first + self.sentence(sentence)[:, None]
        x = torch.cat([first, vectors], 1) + self.place[: numbers.shape[1] + 1]
        read = self.body(x, src_key_padding_mask=_absent(there))
        return functional.normalize(self.out(read[:, 0]), dim=-1)


class DualModel(nn.Module):
    """Both towers, the sharpness of their comparison, and the table of words where the text tower has one.

    `learned` are the words of the training's captions.
    """

    def __init__(
        self, config: DualConfig, meanings: Meanings | None = None, learned: frozenset[str] = frozenset()
    ) -> None:
        super().__init__()
        if config.meaning != (meanings.width if meanings else 0):
            raise ValueError(
                f"dual encoder: needs a table of words of width {config.meaning} (got {meanings and meanings.width})"
            )
        self.config, self.meanings, self.learned = config, meanings, learned
        self.picture = PictureTower(config)
        self.text = TextTower(config)
        self.log_scale = nn.Parameter(torch.tensor(2.5))


class DualEncoder(Encoder):
    """A trained `DualModel` behind the interface of all encoders."""

    def __init__(self, model: DualModel, sentences: Sentences | None = None) -> None:
        if bool(model.config.sentence) != (sentences is not None):
            needed = "needs" if model.config.sentence else "was trained without"
            raise ValueError(f"dual encoder: this text tower {needed} sentence features")
        self.model = model.eval()
        self.sentences = sentences
        self.width = model.config.width

    @torch.no_grad()
    def text(self, texts: Sequence[str]) -> Float32[Array, "texts width"]:
        """A unit vector for each text."""
        found: Array = read(self.model, texts, self.sentences).numpy()
        return found

    @torch.no_grad()
    def pictures(self, pictures: Sequence[UInt8[Array, "_ _ 3"]]) -> Float32[Array, "pictures width"]:
        """A unit vector for each picture."""
        small = np.stack([fitted(picture, self.model.config.size) for picture in pictures])
        found: Array = self.model.picture(torch.from_numpy(small).permute(0, 3, 1, 2).float() / 255).numpy()
        return found


def read(
    model: DualModel,
    texts: Sequence[str],
    sentences: Sentences | None,
    unspelled: tuple[float, torch.Generator] | None = None,
) -> Float[Tensor, "texts width"]:
    """Unit vectors of texts, with their sentence features where the tower takes some.

    Words that training read are read by spelling and meaning, others by meaning alone: letter groups that were never
    read say nothing, and measured worse than silence. A word that the table of meanings lacks has only its spelling.
    In training, a share of all words (`unspelled`) is read by meaning alone, so that it is enough.
    """
    features = None if sentences is None else torch.from_numpy(sentences(texts))
    numbers = torch.from_numpy(tokens(texts))
    meanings, spelled = None, None
    if model.meanings is not None:
        found, known = (torch.from_numpy(each) for each in model.meanings.of(texts))
        by_meaning = known & ~torch.from_numpy(_listed(texts, model.learned, known.shape[1]))
        if unspelled is not None:
            share, random = unspelled
            by_meaning |= known & (torch.rand(known.shape, generator=random) < share)
        meanings, spelled = found, (~by_meaning).float()
    vectors: Tensor = model.text(numbers, features, meanings, spelled)
    return vectors


def _listed(texts: Sequence[str], listed: frozenset[str], longest: int) -> Bool[Array, "texts words"]:
    """Which words of the texts are in a list."""
    found = np.zeros((len(texts), longest), bool)
    for row, text in zip(found, texts, strict=True):
        cut = words(text)
        row[: len(cut)] = [word in listed for word in cut]
    return found


def fitted(picture: UInt8[Array, "h w 3"], size: int) -> UInt8[Array, "size size 3"]:
    """The picture as a square of this size, its longer side filling it, on white."""
    height, width = picture.shape[:2]
    scale = size / max(height, width)
    inner = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = Image.fromarray(picture).resize(inner, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
    square = Image.new("RGB", (size, size), "white")
    square.paste(small, ((size - inner[0]) // 2, (size - inner[1]) // 2))
    return np.asarray(square)


def initial(
    config: DualConfig, seed: int, meanings: Meanings | None = None, learned: frozenset[str] = frozenset()
) -> DualModel:
    """A model with weights drawn from a seed; the caller's random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return DualModel(config, meanings, learned)


def save(model: DualModel, folder: Path) -> None:
    """Write `config.json`, `model.safetensors` and the table of words where there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    if model.meanings is not None:
        model.meanings.save(folder)
    content = {"version": VERSION, "dual": asdict(model.config), "learned": sorted(model.learned)}
    (folder / "config.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    save_file(
        {name: value.contiguous() for name, value in sorted(model.state_dict().items())}, folder / "model.safetensors"
    )


def load(folder: Path) -> DualModel:
    """A model that `save` wrote."""
    path = folder / "config.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sizes = dict(content["dual"])
        config = DualConfig(**(sizes | {"channels": tuple(sizes["channels"])}))
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: is not the configuration of a dual encoder ({error})") from error
    if content.get("version") != VERSION:
        raise ValueError(f"{path}: version must be {VERSION} (got {content.get('version')!r})")
    learned = frozenset(content.get("learned", ()))
    model = DualModel(config, Meanings.load(folder) if config.meaning else None, learned)
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model.eval()


def _absent(there: Bool[Tensor, "batch words groups"]) -> Bool[Tensor, "batch places"]:
    """Places to ignore: words that are not there, never the first place."""
    missing = ~there.any(2)
    return torch.cat([torch.zeros_like(missing[:, :1]), missing], 1)
