from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nerf.style.latent import Latent
from pipeline.stage import Context
from pipeline.stages.encode_prompt import EncodeTextConfig, encode_text
from pipeline.stages.sample_latent import SampleLatentConfig, sample_latent


def sampled(own: SimpleNamespace, folder: Path, **settings: Any) -> Latent:
    prompt = encode_text(EncodeTextConfig(text="a red chair", encoder=own.encoder), Context(0, folder))
    config = SampleLatentConfig(
        candidates=2, views=1, steps=3, encoder=own.encoder, generator=own.generator, prior=own.prior, **settings
    )
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


def test_only_encoders_with_tokens_can_merge_them(
    untrained_weights: Callable[[Path], SimpleNamespace], tmp_path: Path
) -> None:
    own = untrained_weights(tmp_path)
    with pytest.raises(
        ValueError, match=r"token_merging: must be 0 where the encoder is not CLIP or SigLIP.* \(got 4\)"
    ):
        sampled(own, tmp_path, token_merging=4)
