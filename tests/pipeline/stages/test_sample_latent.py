from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from nerf.prior.reader import READER, StyleReader, save_reader
from nerf.style.latent import Latent
from nerf.style.wholeness import WHOLENESS
from pipeline.stage import Context
from pipeline.stages.encode_prompt import EncodeTextConfig, encode_text
from pipeline.stages.object_weights import encoder_of
from pipeline.stages.sample_latent import SampleLatentConfig, likenesses, looks_of, sample_latent
from vision.answers import AGREEMENT


def sampled(own: SimpleNamespace, folder: Path, **settings: Any) -> Latent:
    prompt = encode_text(EncodeTextConfig(text="a red chair", encoder=own.encoder), Context(0, folder))
    given = {"candidates": 2, "views": 1, "steps": 3} | settings
    config = SampleLatentConfig(encoder=own.encoder, generator=own.generator, prior=own.prior, **given)
    return sample_latent(config, Context(0, folder), prompts=[prompt])


def test_faster_ways_to_sample_draw_nearly_the_same_objects(
    untrained_weights: Callable[[Path], SimpleNamespace], tmp_path: Path
) -> None:
    own = untrained_weights(tmp_path)
    exact, faster = (
        np.sort(sampled(own, tmp_path, **settings).w, 0)
        for settings in ({}, {"int8_above_db": 20.0, "block_cache": 0.02})
    )
    assert 0 < np.square(faster - exact).mean() < 0.05 * exact.var()


def test_candidates_come_in_the_order_of_their_likeness_their_answers_and_their_wholeness(
    untrained_weights: Callable[[Path], SimpleNamespace], tmp_path: Path
) -> None:
    own = untrained_weights(tmp_path)
    encoder, _ = encoder_of(own.encoder)
    look, _ = looks_of(own.generator)
    latent = sampled(own, tmp_path, candidates=4)
    scores, agreed, whole = likenesses(look, encoder, latent.w, encoder.text(["a red chair"])[0], 1)
    assert np.allclose(scores, latent.scores, atol=1e-5)
    assert (np.diff(scores + AGREEMENT * agreed + WHOLENESS * whole) <= 1e-6).all()
    assert np.ptp(agreed) > 0


def test_only_encoders_with_tokens_can_merge_them(
    untrained_weights: Callable[[Path], SimpleNamespace], tmp_path: Path
) -> None:
    own = untrained_weights(tmp_path)
    with pytest.raises(
        ValueError, match=r"token_merging: must be 0 where the encoder is not CLIP or SigLIP.* \(got 4\)"
    ):
        sampled(own, tmp_path, token_merging=4)


def test_a_reader_beside_the_prior_pulls_styles_to_the_prompt(
    untrained_weights: Callable[[Path], SimpleNamespace], tmp_path: Path
) -> None:
    own = untrained_weights(tmp_path)
    encoder, _ = encoder_of(own.encoder)
    wanted = torch.from_numpy(encoder.text(["a red chair"])[0])
    plain = sampled(own, tmp_path)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        reader = StyleReader(24, 16, hidden=8).eval()
    save_reader(reader, own.prior / READER)
    pulled, harder = (sampled(own, tmp_path, pull=strength) for strength in (1.0, 4.0))
    with torch.no_grad():
        cosines = [float((reader(torch.from_numpy(each.w)) @ wanted).mean()) for each in (plain, pulled, harder)]
    assert cosines[2] > cosines[1] > cosines[0]
    assert np.array_equal(pulled.w, sampled(own, tmp_path).w)
    assert np.array_equal(plain.w, sampled(own, tmp_path, pull=0.0).w)
