from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from vision.inpaint_training import TINY, held_out_error, make_batch, train_inpainter, uncovered


def waves(n: int, seed: int) -> list[np.ndarray]:
    """Pictures of slanted waves: what a smooth fill misses and a network can learn."""
    rng = np.random.default_rng(seed)
    v, u = np.mgrid[:64, :64]
    made = []
    for _ in range(n):
        angle, pitch = rng.uniform(-0.3, 0.3), rng.uniform(10, 14)
        wave = np.sin(2 * np.pi * (np.cos(angle) * u + np.sin(angle) * v) / pitch)
        made.append(np.clip(128 + 90 * wave[..., None] * np.array([1, 0.7, 0.4]), 0, 255).astype(np.uint8))
    return made


def test_a_few_steps_beat_the_smooth_fill_on_pictures_not_seen() -> None:
    training = replace(TINY, steps=60, batch=4, crop=32, channels=(8, 16))
    network = train_inpainter(waves(12, 0), training)
    made, smooth = held_out_error(network, waves(4, 99), replace(training, batch=8))
    assert made < 0.93 * smooth


def test_the_same_seed_gives_the_same_weights() -> None:
    training = replace(TINY, steps=3, batch=2, crop=32, channels=(4, 6))
    first, second = (train_inpainter(waves(3, 0), training).state_dict() for _ in range(2))
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_a_training_that_was_stopped_ends_with_the_same_weights(tmp_path: Path) -> None:
    training = replace(TINY, steps=4, batch=2, crop=32, channels=(4, 6), kept=2)
    whole = train_inpainter(waves(3, 0), training, scenes=waves(2, 1)).state_dict()

    class Stopped(Exception):
        pass

    def stop(share: float, text: str) -> None:
        if share == 0.5:
            raise Stopped

    file = tmp_path / "inpaint.safetensors"
    with pytest.raises(Stopped):
        train_inpainter(waves(3, 0), training, scenes=waves(2, 1), checkpoint=file, progress=stop)
    assert file.is_file()
    resumed = train_inpainter(waves(3, 0), training, scenes=waves(2, 1), checkpoint=file).state_dict()
    assert all(torch.equal(whole[key], resumed[key]) for key in whole)


def test_a_batch_never_shows_what_is_to_be_found() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    x, there, unknown, truth = make_batch([picture], replace(TINY, batch=3), np.random.default_rng(5))
    known = (there > 0) & (unknown == 0)
    assert torch.allclose(torch.where(known, x[:, :3], 0), torch.where(known, truth, 0), atol=1e-6)
    shown = (x[:, :3] - truth).abs()[unknown.expand(-1, 3, -1, -1) > 0]
    assert shown.mean() > 0.1  # noise: a fill that had looked would be closer


def test_holes_lie_along_edges_and_touch_the_known_part() -> None:
    rng = np.random.default_rng(0)
    for _ in range(10):
        known, unknown = uncovered(48, rng)
        assert not (known & unknown).any()
        assert unknown.any()
        assert known.mean() > 0.1


def test_pictures_that_are_too_small_are_told() -> None:
    with pytest.raises(ValueError, match="none of 1 has 48 pixels a side"):
        train_inpainter([np.zeros((20, 20, 3), np.uint8)])
