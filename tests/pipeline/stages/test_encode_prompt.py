"""Prompts as people type them, through the command line, the job file and the stage."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.api import read_job
from pipeline.cli import main
from pipeline.stage import Context
from pipeline.stages import object_weights
from pipeline.stages.encode_prompt import FAR, EncodeTextConfig, encode_text
from vision.embedding import Embedding

LONG = "a red chair with wooden legs and " * 303  # 10,000 characters
TYPED = {
    "long": LONG,
    "not in English, Latin letters": "ein roter Stuhl mit Beinen aus Holz",
    "not in English": "赤い椅子",
    "an emoji among words": "a red 🪑 chair",
    "control characters": "a red\x07 chair\x1b[31m",
    "right to left marks": "a red \u202echair",
    "out of the domain": "a violin made of water",
    "nonsense": "blorptang frumious",
}


@pytest.fixture(autouse=True, scope="module")
def loaded_once() -> Iterator[None]:
    """The encoder that ships, read from disk once for all prompts."""
    encoder = object_weights.encoder_of(None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(object_weights, "encoder_of", lambda own, merging=0: encoder)
        yield


def encoded(typed: str, folder: Path) -> tuple[Embedding, list[str], dict[str, object]]:
    """What the stage makes of words with the encoder that ships, what it logs, what it records."""
    said: list[str] = []
    context = Context(0, folder, log=said.append)
    return encode_text(EncodeTextConfig(text=typed), context), said, context.metrics


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_whatever_is_typed_becomes_a_job_that_holds_it(typed: str, tmp_path: Path) -> None:
    job = tmp_path / "job.json"
    assert main(["new", "object", typed, "-o", str(job)]) == 0
    stored = json.loads(job.read_text(encoding="utf-8"))
    assert stored["stages"]["words"]["config"]["text"] == typed
    assert read_job(job).nodes["words"].config.text == typed  # type: ignore[attr-defined]


@pytest.mark.parametrize("typed", ["", "   ", "🪑🪑", "\x00\x07", "?!"])
def test_what_says_nothing_is_one_sentence_and_no_job(
    typed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = tmp_path / "job.json"
    assert main(["new", "object", typed, "-o", str(job)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert len(error.splitlines()) == 1
    assert not job.exists()
    with pytest.raises(ValueError, match="must say something in letters or digits"):
        encode_text(EncodeTextConfig(text=typed), Context(0, tmp_path))


def test_what_the_encoder_learned_is_no_news(tmp_path: Path) -> None:
    embedding, said, metrics = encoded("a red chair with wooden legs", tmp_path)
    assert said == []
    assert embedding.notes == ()
    assert metrics["nearest"] == "chair"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a banana", "a yellow banana"),
        ("a puppy with a collar", "a brown puppy with a collar"),
        ("an axe with a red grip", "a gray axe with a red grip"),
    ],
)
def test_what_is_named_without_a_colour_comes_as_it_usually_does(typed: str, read: str, tmp_path: Path) -> None:
    embedding, said, _ = encoded(typed, tmp_path)
    assert np.array_equal(embedding.vector, encoded(read, tmp_path)[0].vector)
    assert embedding.prompt == typed
    assert any(f"no colour is said, read as {read!r}" in line for line in said)
    left = encode_text(EncodeTextConfig(text=typed, usual_colour=False), Context(0, tmp_path))
    assert not np.array_equal(embedding.vector, left.vector)


@pytest.mark.parametrize("typed", ["a wooden banana", "a ruby apple", "a mahogany bookshelf", "a chair", "a quibble"])
def test_a_colour_is_taken_only_where_none_is_said_and_the_kind_is_sure(typed: str, tmp_path: Path) -> None:
    assert not any("no colour is said" in line for line in encoded(typed, tmp_path)[1])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("long", "only the first 400 of its 9998 characters are read"),
        ("not in English", "mostly in another script"),
        ("not in English, Latin letters", "'stuhl'"),
        ("control characters", "control characters were left out"),
        ("right to left marks", "control characters were left out"),
        ("out of the domain", "'violin' was never learned; read as like "),
        ("nonsense", "'blorptang' is a word that the encoder never learned"),
    ],
)
def test_what_is_not_read_as_it_was_meant_is_a_warning(name: str, words: str, tmp_path: Path) -> None:
    embedding, said, metrics = encoded(TYPED[name], tmp_path)
    assert any(line.startswith("warning: prompt: ") and words in line for line in said), said
    assert tuple(metrics["notes"]) == embedding.notes  # type: ignore[arg-type]  # the manifest keeps them
    assert embedding.nearest  # an object comes of it all the same
    assert abs(float((embedding.vector**2).sum()) - 1) < 1e-4


def test_an_emoji_among_words_does_not_change_them(tmp_path: Path) -> None:
    plain, decorated = (encoded(typed, tmp_path)[0] for typed in ("a red chair", "a red 🪑 chair"))
    assert float(plain.vector @ decorated.vector) > 0.98


def test_the_nearest_kind_and_its_similarity_are_told_of_what_resembles_nothing(tmp_path: Path) -> None:
    found = {typed: encoded(typed, tmp_path) for typed in ("赤い椅子", "quantum entanglement of taxes", "blorptang")}
    far = {typed: each for typed, each in found.items() if each[0].likeness < FAR}
    for embedding, said, _ in far.values():
        line = next(line for line in said if "resembles nothing that it learned" in line)
        assert f"{embedding.nearest!r} ({embedding.likeness:.2f})" in line
    for typed, (_, said, _) in found.items():
        assert said, typed  # never silence


def test_a_kind_without_a_colour_is_as_near_as_one_with_it(tmp_path: Path) -> None:
    for typed in ("a teapot", "a yellow teapot"):
        embedding, said, _ = encoded(typed, tmp_path)
        assert embedding.nearest == "teapot"
        assert embedding.likeness > 0.95
        assert said == []
