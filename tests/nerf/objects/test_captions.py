import re
from dataclasses import replace

import numpy as np
import pytest

from nerf.objects.captions import caption, full_caption, short_caption
from nerf.objects.lexicon import LEXICON
from nerf.objects.library import make
from nerf.objects.model import Description

CHAIR = Description(
    "chair", "chair", "red", "plain", None, "brown", "legs", True, ("high-backed",), ("a slatted back", "armrests"), 0.9
)


def test_the_full_caption_says_everything_in_order() -> None:
    assert full_caption(CHAIR) == "a high-backed red chair with wooden legs, a slatted back and armrests"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pattern": "striped", "second": "white"}, "a red and white striped chair"),
        ({"pattern": "spotted", "second": "yellow"}, "a red chair with yellow spots"),
        ({"pattern": "fading", "second": "blue"}, "a red chair with its color fading into blue"),
        ({"pattern": "wooden", "colour": "brown"}, "a wooden chair"),
        ({"pattern": "wooden"}, "a red wooden chair"),
        ({"pattern": "marble", "colour": "orange"}, "an orange marble chair"),
        ({"accent": "teal", "accent_parts": "legs"}, "a red chair with teal legs"),
        ({"accent": "teal", "accent_parts": "handle"}, "a red chair with a teal handle"),
        ({"accent": "red", "accent_parts": "legs"}, "a red chair"),
    ],
)
def test_patterns_and_parts_are_said(changes: dict[str, str], sentence: str) -> None:
    bare = replace(CHAIR, adjectives=(), features=(), accent=None, accent_wooden=False)
    assert full_caption(replace(bare, **changes)) == sentence


def test_held_out_wording_changes_every_content_word() -> None:
    own_words = {word for own in LEXICON for word in own.split()}
    for index in range(60):
        description = make("test", index).description
        own, other = full_caption(description), full_caption(description, "held_out")
        kept = set(re.findall(r"[a-z-]+", own)) & set(re.findall(r"[a-z-]+", other)) & own_words
        held_out_words = {word for words in LEXICON.values() for word in words.held_out.split()}
        assert kept <= held_out_words, f"{own!r} keeps {kept - held_out_words} in {other!r}"


def test_short_captions_take_the_right_article() -> None:
    assert short_caption("umbrella", "olive") == "an olive umbrella"
    assert full_caption(replace(CHAIR, noun="bunch of bananas", adjectives=())).startswith("a red bunch of bananas")
    assert short_caption("chair", "red", "held_out") == "a crimson chaise"


def test_random_captions_vary_and_are_true_of_the_colour() -> None:
    rng = np.random.default_rng(0)
    said = {caption(CHAIR, "train", rng) for _ in range(100)}
    assert len(said) > 60
    reds = ("red", *LEXICON["red"].training)
    assert all(any(red in sentence for red in reds) for sentence in said)
