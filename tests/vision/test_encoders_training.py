from pathlib import Path

import numpy as np
import pytest
import torch

from vision import encoders_training
from vision.encoders import recall
from vision.encoders_dual import DualConfig, DualEncoder, initial
from vision.encoders_training import (
    Batch,
    DualTraining,
    Softness,
    answer_loss,
    blurred,
    contrastive_loss,
    same_texts,
    train,
    transported,
)

COLOURS = {"red": (200, 30, 30), "green": (30, 160, 40), "blue": (30, 60, 210), "yellow": (230, 210, 40)}
SHAPES = ("square", "disc", "bar", "cross")


def drawn(colour: str, shape: str, rng: np.random.Generator) -> np.ndarray:
    """A shape of one colour somewhere on white."""
    y, x = np.mgrid[:32, :32]
    cy, cx = rng.uniform(12, 20, 2)
    dy, dx = np.abs(y - cy), np.abs(x - cx)
    inside = {
        "square": np.maximum(dy, dx) < 8,
        "disc": np.hypot(dy, dx) < 9,
        "bar": (dy < 3) & (dx < 11),
        "cross": ((dy < 3) | (dx < 3)) & (np.maximum(dy, dx) < 10),
    }[shape]
    picture = np.full((32, 32, 3), 255, np.uint8)
    picture[inside] = np.clip(np.array(COLOURS[colour]) + rng.integers(-20, 20, 3), 0, 255)
    return picture


def batch(step: int) -> Batch:
    rng = np.random.default_rng(step)
    pairs = [(list(COLOURS)[rng.integers(4)], SHAPES[rng.integers(4)]) for _ in range(32)]
    return Batch(np.stack([drawn(c, s, rng) for c, s in pairs]), [f"a {c} {s}" for c, s in pairs])


def test_towers_learn_to_match_pictures_and_words() -> None:
    model = initial(DualConfig(width=32, size=32, channels=(16, 24, 32), words=32, layers=1, heads=2), 0)
    rng = np.random.default_rng(99)
    pairs = [(colour, shape) for colour in COLOURS for shape in SHAPES]
    pictures, texts = [drawn(c, s, rng) for c, s in pairs], [f"a {c} {s}" for c, s in pairs]
    encoder = DualEncoder(model)
    before = recall(encoder.pictures(pictures), encoder.text(texts))
    train(model, batch, DualTraining(steps=150, rate=3e-3))
    after = recall(encoder.pictures(pictures), encoder.text(texts))
    assert before < 0.3
    assert after > 0.8


def test_texts_that_are_asked_tell_which_of_their_colours_is_the_things_own() -> None:
    """Of a thing and its frame, half of each, no picture can tell which colour comes first; the words say it."""
    names = (tuple(f"something {colour}" for colour in COLOURS),)

    def framed(step: int) -> Batch:
        rng = np.random.default_rng(step)
        first, second = (rng.integers(4, size=32) for _ in range(2))
        vectors = np.eye(32, dtype=np.float32)[first] + np.eye(32, dtype=np.float32)[second] + 0.1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        said = [
            f"a {list(COLOURS)[a]} thing with a {list(COLOURS)[b]} frame" for a, b in zip(first, second, strict=True)
        ]
        return Batch(vectors, said, [np.eye(4, dtype=np.float32)[first]])

    def told(read: float) -> float:
        model = initial(DualConfig(width=32, size=32, channels=(16, 24, 32), words=32, layers=1, heads=2), 0)
        config = DualTraining(steps=150, rate=3e-3, text_only=True, read=read)
        encoder = DualEncoder(train(model, framed, config, questions=names))
        unseen = framed(1000)
        found = (encoder.text(unseen.texts) @ encoder.text(list(names[0])).T).argmax(1)
        return float((found == unseen.answers[0].argmax(1)).mean())

    assert told(0.5) > 0.9 > told(0.0)


def test_questions_tell_the_colour_of_pairs_that_no_picture_showed() -> None:
    """Each colour comes without one of the shapes; that pair's pictures are told by their colour all the same."""
    names = (tuple(f"something {colour}" for colour in COLOURS), tuple(f"a {shape}" for shape in SHAPES))
    pairs = [(c, s) for i, c in enumerate(COLOURS) for j, s in enumerate(SHAPES) if i != j]

    def asked(step: int) -> Batch:
        rng = np.random.default_rng(step)
        some = [pairs[number] for number in rng.integers(len(pairs), size=32)]
        truth = [np.eye(4, dtype=np.float32)[[list(COLOURS).index(c) for c, _ in some]]]
        truth.append(np.eye(4, dtype=np.float32)[[SHAPES.index(s) for _, s in some]])
        return Batch(np.stack([drawn(c, s, rng) for c, s in some]), [f"a {c} {s}" for c, s in some], truth)

    config = DualConfig(width=32, size=32, channels=(16, 24, 32), words=32, layers=1, heads=2, shallow=True)
    model = train(initial(config, 0), asked, DualTraining(steps=80, rate=3e-3, blurred=0.2), questions=names)
    encoder, rng = DualEncoder(model), np.random.default_rng(99)
    others = [(c, s) for c in COLOURS for s in SHAPES if (c, s) not in pairs for _ in range(8)]
    looks = encoder.pictures([drawn(c, s, rng) for c, s in others])
    told = (looks @ encoder.text(list(names[0])).T).argmax(1)
    assert np.mean([list(COLOURS)[i] == c for i, (c, _) in zip(told, others, strict=True)]) > 0.5


def test_the_surest_true_answer_costs_least_and_a_picture_that_is_not_asked_costs_nothing() -> None:
    names, seen = torch.eye(3), torch.eye(3)[[0, 1]]
    right, wrong = torch.eye(3)[[0, 1]], torch.eye(3)[[1, 0]]
    costs = [float(answer_loss(seen, names, torch.tensor(2.0), shares)) for shares in (right, wrong)]
    assert costs[0] < 0.01 + np.log(1 + 2 * np.exp(-np.exp(2)))
    assert costs[1] > 7
    assert float(answer_loss(seen, names, torch.tensor(2.0), torch.zeros(2, 3))) == 0


def test_blurring_keeps_a_pictures_mean_and_takes_its_pixels_apart() -> None:
    board = (torch.arange(8)[:, None] + torch.arange(8)) % 2
    found = blurred(board.float().expand(1, 3, 8, 8))
    assert torch.allclose(found, torch.full((1, 3, 8, 8), 0.5))


def test_training_the_text_alone_leaves_the_pictures_alone() -> None:
    model = initial(DualConfig(width=16, size=32, channels=(8, 8), words=16, layers=1, heads=2), 0)
    before = [weight.clone() for weight in model.picture.parameters()]
    words = model.text.out.weight.clone()

    def embedded(step: int) -> Batch:
        pictures, texts, _ = batch(step)
        return Batch(DualEncoder(model).pictures(list(pictures)), texts)

    train(model, embedded, DualTraining(steps=3, text_only=True))
    assert all(torch.equal(a, b) for a, b in zip(before, model.picture.parameters(), strict=True))
    assert not torch.equal(words, model.text.out.weight)


def test_a_training_that_was_stopped_ends_as_if_it_had_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = DualConfig(width=16, size=32, channels=(8, 8), words=16, layers=1, heads=2)
    whole = train(initial(config, 0), batch, DualTraining(steps=5))
    monkeypatch.setattr(encoders_training, "EVERY", 2)

    def stop(step: int, loss: float) -> None:
        if step == 3:
            raise KeyboardInterrupt

    path = tmp_path / "checkpoints" / "both.safetensors"
    with pytest.raises(KeyboardInterrupt):
        train(initial(config, 0), batch, DualTraining(steps=5), stop, checkpoint=path)
    steps: list[int] = []
    resumed = train(initial(config, 1), batch, DualTraining(steps=5), lambda s, loss: steps.append(s), checkpoint=path)
    assert steps == [3, 4, 5]
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))


def test_equal_texts_are_not_punished() -> None:
    """Two pictures of one text: the loss is lowest when both are equally close to it."""
    same = same_texts(["a", "a", "b"])
    assert same.tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    matching = torch.eye(3)[[0, 0, 1]]
    strict = Softness(own=1.0)
    loss = contrastive_loss(matching, matching, torch.tensor(10.0), same, strict)
    assert abs(float(loss) - 2 / 3 * np.log(2)) < 1e-3


def test_transport_gives_nothing_to_oneself_and_all_to_ones_like() -> None:
    likeness = torch.tensor([[1.0, 0.9, 0, 0], [0.9, 1, 0, 0], [0, 0, 1, 0.9], [0, 0, 0.9, 1]])
    plan = transported(likeness, 0.05, 20)
    assert torch.allclose(plan.sum(0), torch.ones(4), atol=1e-3)
    assert torch.allclose(plan.sum(1), torch.ones(4), atol=1e-3)
    assert torch.allclose(plan, torch.eye(4)[[1, 0, 3, 2]], atol=1e-3)
