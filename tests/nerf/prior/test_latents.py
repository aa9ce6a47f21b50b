import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nerf.prior.guide import Guide
from nerf.prior.latents import Sampling, guided, load, sample, sample_each, save
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.reader import StyleReader

CONFIG = PriorConfig(w=6, tokens=2, condition=5, width=16, depth=1, heads=2)
CONDITION = torch.nn.functional.normalize(torch.arange(5.0) - 1, dim=0)


def network() -> PriorNetwork:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = PriorNetwork(CONFIG).eval()
        torch.nn.init.normal_(made.nothing)
    return made


def test_guidance_1_is_the_condition_and_0_is_none() -> None:
    made = network()
    x, times, condition = torch.randn(3, 2, 6), torch.full((3,), 0.5), CONDITION.expand(3, -1)
    assert torch.allclose(guided(made, condition, 1.0)(x, times), made(x, times, condition))
    assert torch.allclose(guided(made, condition, 0.0)(x, times), made(x, times, made.without(3)), atol=1e-5)
    towards, away = made(x, times, condition), made(x, times, made.without(3))
    assert torch.allclose(guided(made, condition, 3.0)(x, times), away + 3 * (towards - away), atol=1e-5)


def test_a_negative_prompt_takes_the_place_of_none() -> None:
    made = network()
    a = sample(made, CONDITION, Sampling(candidates=2, steps=3))
    b = sample(made, CONDITION, Sampling(candidates=2, steps=3), negative=-CONDITION)
    assert not torch.allclose(a, b, atol=1e-3)
    same = sample(made, CONDITION, Sampling(candidates=2, steps=3, guidance=1.0))
    itself = sample(made, CONDITION, Sampling(candidates=2, steps=3, guidance=4.0), negative=CONDITION)
    assert torch.allclose(same, itself, atol=1e-4)


def test_candidates_repeat_and_do_not_depend_on_their_number() -> None:
    made = network()
    settings = Sampling(candidates=4, steps=3)
    four, two = sample(made, CONDITION, settings), sample(made, CONDITION, replace(settings, candidates=2))
    assert torch.allclose(four[:2], two, atol=1e-5)
    assert not torch.allclose(four[0], four[1], atol=1e-3)
    assert not torch.allclose(four, sample(made, CONDITION, replace(settings, seed=1)), atol=1e-3)


def test_eight_bits_and_kept_blocks_draw_nearly_the_same_candidates_however_many() -> None:
    made = network()
    settings = Sampling(candidates=4, steps=8)
    exact = sample(made, CONDITION, settings)
    for faster in (replace(settings, int8_above_db=10.0), replace(settings, block_cache=0.2)):
        four, two = sample(made, CONDITION, faster), sample(made, CONDITION, replace(faster, candidates=2))
        assert torch.allclose(four[:2], two, atol=1e-5)
        assert 0 < float((four - exact).square().mean()) < 0.05 * float(exact.var())
    assert torch.allclose(four[0], exact[0], atol=1e-5)  # by which blocks are kept for the others
    for as_before in (replace(settings, int8_above_db=200.0), replace(settings, block_cache=1e-9)):
        assert torch.allclose(sample(made, CONDITION, as_before), exact, atol=1e-5)


def guide() -> Guide:
    questions = torch.nn.functional.normalize(torch.randn(4, 5, generator=torch.Generator().manual_seed(1)), dim=1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Guide(StyleReader(12, 5, hidden=8, depth=1).eval(), [questions])


def test_of_more_that_are_drawn_those_stay_that_are_read_best() -> None:
    made, reads = network(), guide()
    settings = Sampling(candidates=2, steps=3, drawn=3)
    with torch.no_grad():
        every = sample(made, CONDITION, Sampling(candidates=6, steps=3), guide=reads)
        values = [float(reads.value(style.flatten()[None], CONDITION[None])) for style in every]
    first, second = sorted(range(6), key=lambda number: -values[number])[:2]
    best = sample(made, CONDITION, settings, guide=reads)
    assert (first, second) != (0, 1)
    assert torch.allclose(best, every[[first, second]], atol=1e-5)
    assert torch.allclose(sample_each(made, CONDITION[None], settings, guide=reads)[0], best, atol=1e-5)
    assert len(sample(made, CONDITION, settings)) == 2
    assert len(sample(made, None, settings, guide=reads)) == 2


def test_truncation_0_is_the_mean_style() -> None:
    made = network()
    made.mean.copy_(torch.arange(12.0).reshape(2, 6))
    assert torch.allclose(sample(made, None, Sampling(candidates=1, steps=2, truncation=0.0))[0], made.mean)


def test_what_was_saved_comes_back_and_bytes_repeat(tmp_path: Path) -> None:
    made = network()
    for name in ("a", "b"):
        save(made, tmp_path / name)
    assert (tmp_path / "a/model.safetensors").read_bytes() == (tmp_path / "b/model.safetensors").read_bytes()
    settings = Sampling(candidates=2, steps=2)
    assert torch.equal(sample(load(tmp_path / "a"), CONDITION, settings), sample(made, CONDITION, settings))
    (tmp_path / "a/config.json").write_text(json.dumps({"version": 1}))
    with pytest.raises(ValueError, match="is not the configuration of a latent prior"):
        load(tmp_path / "a")


def test_many_prompts_at_once_are_each_alone() -> None:
    made, settings = network(), Sampling(candidates=2, steps=3, seed=5)
    conditions = torch.stack([CONDITION, -CONDITION, CONDITION.flip(0)])
    together = sample_each(made, conditions, settings, batch=2)
    assert together.shape == (3, 2, 2, 6)
    for condition, drawn in zip(conditions, together, strict=True):
        assert torch.allclose(drawn, sample(made, condition, settings), atol=1e-5)
