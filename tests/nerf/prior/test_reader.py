from pathlib import Path

import torch
from torch.nn import functional

from nerf.prior.reader import Looks, ReaderTraining, StyleReader, learn, load_reader, log_answers, save_reader

QUESTIONS = [functional.normalize(torch.randn(5, 8, generator=torch.Generator().manual_seed(3)), dim=1)]


def looks(count: int, seed: int) -> Looks:
    """Embeddings that are a bent map of the styles."""
    random = torch.Generator().manual_seed(seed)
    w = 2 + 3 * torch.randn(count, 6, generator=random)
    bent = torch.randn(6, 8, generator=torch.Generator().manual_seed(9))
    return Looks(w, functional.normalize(((w - 2) / 3 @ bent).tanh(), dim=1))


def untaught() -> StyleReader:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = StyleReader(6, 8, hidden=32)
    made.mean += 2
    made.spread *= 3
    return made


@torch.no_grad()
def cosine(reader: StyleReader, looks: Looks) -> float:
    return float((reader(looks.styles) * looks.seen).sum(1).mean())


def test_a_reader_learns_what_styles_look_like_that_it_never_saw_and_is_repeatable(tmp_path: Path) -> None:
    training = ReaderTraining(steps=300, rate=5e-3, noise=0.02)
    reader = learn(untaught(), looks(2000, 0), QUESTIONS, training)
    assert cosine(reader, looks(200, 1)) > 0.85 > cosine(untaught(), looks(200, 1)) + 0.3
    again = learn(untaught(), looks(2000, 0), QUESTIONS, training)
    assert all(torch.equal(a, b) for a, b in zip(reader.parameters(), again.parameters(), strict=True))
    save_reader(reader, tmp_path / "reader.safetensors")
    loaded = load_reader(tmp_path / "reader.safetensors")
    assert torch.equal(loaded(looks(5, 2).styles), reader(looks(5, 2).styles))


def test_answers_are_chances() -> None:
    chances = log_answers(QUESTIONS[0], QUESTIONS[0]).exp()
    assert torch.allclose(chances.sum(1), torch.ones(5))
    assert chances.argmax(1).tolist() == list(range(5))
