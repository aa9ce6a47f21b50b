from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from nerf.prior.distillation import MAPPING
from pipeline.stage import Context
from pipeline.stages.random_latent import RandomLatentConfig, random_latent
from pipeline.weights import read_card, write_card


def test_each_seed_is_an_object_of_its_own_and_truncation_brings_them_together(
    untrained_weights: Callable[[Path], SimpleNamespace], tmp_path: Path
) -> None:
    own = untrained_weights(tmp_path)
    config = RandomLatentConfig(candidates=3, generator=own.generator, prior=own.prior)
    first, again, other = (random_latent(config, Context(seed, tmp_path)) for seed in (0, 0, 1))
    assert np.array_equal(first.w, again.w)
    assert np.abs(first.w - other.w).min(1).max() > 0
    near = random_latent(config.model_copy(update={"truncation": 0.1}), Context(0, tmp_path))
    assert near.w.std(0).mean() < 0.2 * first.w.std(0).mean()


def test_a_prior_without_its_mapping_is_named(
    untrained_weights: Callable[[Path], SimpleNamespace], tmp_path: Path
) -> None:
    own = untrained_weights(tmp_path)
    (own.prior / MAPPING).unlink()
    about = read_card(own.prior).model_dump()
    del about["files"]
    write_card(own.prior, about)
    with pytest.raises(FileNotFoundError, match=r"has no mapping\.safetensors"):
        random_latent(RandomLatentConfig(generator=own.generator, prior=own.prior), Context(0, tmp_path))
