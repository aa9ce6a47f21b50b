import torch

from nerf.style.evaluation import decibels, reconstruction
from nerf.style.examples import Examples
from nerf.style.presets import preset
from nerf.style.training import start


def test_decibels_of_a_tenth_are_twenty() -> None:
    assert torch.allclose(decibels(torch.tensor([0.01, 1.0])), torch.tensor([20.0, 0.0]))


def test_an_untrained_model_scores_low_and_always_the_same(few: Examples) -> None:
    tiny = preset("tiny")
    model = start(tiny.model, tiny.training).averaged
    a, b = (reconstruction(model, few, given=(0,), wanted=(1, 2), batch=batch) for batch in (6, 6))
    assert a == b
    assert 3 < a.psnr < 16
    assert 0 <= a.iou < 0.8
