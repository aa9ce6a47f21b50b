"""Words and pictures become embeddings."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from pipeline.stage import Context, InputPath, StageConfig
from vision.embedding import Embedding

if TYPE_CHECKING:
    from vision.encoders import Encoder
    from vision.encoders_dual import DualEncoder
    from vision.matting import Matting
    from vision.text_domain import Unlearned

FAR = 0.5
"""A prompt whose closest kind of thing is less like it than this gets a warning."""
CLOSE = 0.8
"""A thing that is as much like a kind of thing as this is taken for one."""
KNOWN = 0.6
"""A word that is less like any that was learned says nothing of what a thing is."""


class EncodeTextConfig(StageConfig):
    text: str = Field(max_length=100_000)
    """What the object is: "a red chair with wooden legs"."""
    usual_colour: bool = True
    """Where no colour, pattern or material is said, take a colour that such things usually have: green for a tree; some
    have all colours. Another seed may take another. Only with an encoder of this project."""
    encoder: InputPath | None = None
    """A folder with an encoder of your own, or with CLIP or SigLIP; the one that ships when left out."""


def encode_text(config: EncodeTextConfig, context: Context) -> Embedding:
    """Turn words into a unit vector, and tell which of them the encoder does not know."""
    from pipeline.stages.object_weights import encoder_of
    from vision.text_prompt import clean

    prompt = clean(config.text)
    encoder, identity = encoder_of(config.encoder)
    read = with_usual_colour(encoder, prompt.text, context.seed) if config.usual_colour else prompt.text
    if read != prompt.text:
        context.log(f"no colour is said, read as {read!r}; say one to have another, or set usual_colour to false")
    vector = encoder.text([read])[0]
    nearest, likeness = nearest_kind(encoder, vector)
    notes = [*prompt.notes, *_unknown_words(encoder, prompt.text)]
    if likeness < FAR:
        notes.append(f"prompt: resembles nothing that it learned; the nearest is {nearest!r} ({likeness:.2f})")
    return _told(context, Embedding(vector, identity, "text", prompt.text, nearest, likeness, tuple(notes)))


class EncodeImageConfig(StageConfig):
    path: InputPath
    """A picture of one object: with alpha, before a plain background, or well inside the picture."""
    matting: InputPath | None = None
    """An ONNX network that tells objects from backgrounds (U2-Net, IS-Net and their kin); colours tell otherwise."""
    encoder: InputPath | None = None
    """A folder with an encoder of your own, or with CLIP or SigLIP; the one that ships when left out."""
    token_merging: int = Field(0, ge=0, le=1000)
    """How many tokens of the picture each layer of CLIP or SigLIP merges (ToMe): faster, less exact."""


def encode_image(config: EncodeImageConfig, context: Context) -> Embedding:
    """Cut an object out of its picture and turn it into a unit vector."""
    from pipeline.stages.object_weights import encoder_of
    from vision.cutout import cut_out

    cut = cut_out(*read_picture(config.path), matting=matting_of(config.matting))
    encoder, identity = encoder_of(config.encoder, config.token_merging)
    vector = encoder.pictures([cut.framed])[0]
    nearest, likeness = nearest_kind(encoder, vector)
    return _told(context, Embedding(vector, identity, "picture", config.path.name, nearest, likeness, cut.notes))


def with_usual_colour(encoder: "Encoder", text: str, seed: int) -> str:
    """The prompt with a colour that its kind of thing usually has, where it says nothing of how the thing looks."""
    from nerf.objects.usual import coloured, says_look, thing_named, usual_colour
    from vision.encoders_dual import DualEncoder
    from vision.text_domain import SURE

    thing = thing_named(text)
    if not isinstance(encoder, DualEncoder) or not thing or says_look(thing):
        return text
    for word in unlearned_words(encoder, thing):
        is_noun = thing.lower().endswith(word.word)
        if (word.likeness >= SURE and says_look(word.nearest)) or (is_noun and word.likeness < KNOWN):
            return text
    family, likeness = nearest_kind(encoder, encoder.text([thing])[0])
    colour = usual_colour(family, seed) if likeness >= CLOSE else None
    return text if colour is None else coloured(text, colour)


def read_picture(path: Path) -> "tuple[np.ndarray, np.ndarray | None]":
    """A picture's colours and its alpha, upright."""
    from nerf.photo import read_alpha, read_header, read_rgb

    orientation = read_header(path).orientation
    return read_rgb(path, orientation), read_alpha(path, orientation)


def matting_of(path: Path | None) -> "Matting | None":
    """The matting network in a file."""
    if path is None:
        return None
    from vision.matting_onnx import OnnxMatting

    return OnnxMatting(path)


def nearest_kind(encoder: "Encoder", vector: np.ndarray) -> tuple[str, float]:
    """The family of the object library whose name lies closest, alone or in any of its colours, and the cosine."""
    families, known = _kinds(encoder)
    cosine = known @ vector
    best = int(cosine.argmax())
    return families[best], float(cosine[best])


@lru_cache(maxsize=1)
def _kinds(encoder: "Encoder") -> tuple[list[str], np.ndarray]:
    """Every family, in every colour and in none, and the unit vectors of their names."""
    from nerf.objects.captions import kind_caption, short_caption
    from nerf.objects.library import FAMILIES
    from nerf.objects.palette import COLOURS

    names = {kind_caption(family): family for family in FAMILIES}
    names |= {short_caption(family, colour): family for family in FAMILIES for colour in COLOURS}
    return list(names.values()), encoder.text(list(names))


def encoder_sources(config: EncodeTextConfig | EncodeImageConfig) -> Sequence[Path]:
    """The encoder's files."""
    from pipeline.stages.object_weights import ENCODER, files_of

    return files_of(ENCODER, config.encoder)


def _unknown_words(encoder: "Encoder", text: str) -> list[str]:
    """Notes on words that the embedded encoder never learned; others learned nearly every word there is."""
    from vision.encoders_dual import DualEncoder
    from vision.text_domain import SURE

    found = unlearned_words(encoder, text) if isinstance(encoder, DualEncoder) else []
    return [each.note for each in found if each.likeness < SURE]


def unlearned_words(encoder: "DualEncoder", text: str) -> "list[Unlearned]":
    """The words of a text that the embedded encoder never learned, and what it takes them for."""
    from nerf.objects.captions import OPENINGS
    from nerf.objects.lexicon import LEXICON, PLAIN_WORDS
    from vision.text_domain import unlearned
    from vision.text_words import words

    learned = [*PLAIN_WORDS, *OPENINGS, *LEXICON, *(word for each in LEXICON.values() for word in each.training)]
    vocabulary = sorted({word for phrase in learned for word in words(phrase)})
    return unlearned(text, vocabulary, encoder.model.meanings)


def _told(context: Context, embedding: Embedding) -> Embedding:
    for note in embedding.notes:
        context.log(f"warning: {note}")
    context.metric("nearest", embedding.nearest)
    context.metric("likeness", round(embedding.likeness, 4))
    context.metric("notes", list(embedding.notes))
    return embedding
