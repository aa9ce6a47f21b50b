from dataclasses import replace

import torch

from nerf.style.evaluation import decibels, reconstruction, refitted
from nerf.style.examples import Examples
from nerf.style.fitting import Fit
from nerf.style.presets import preset
from nerf.style.training import start
from nerf.style.tuning import Tuning


def test_decibels_of_a_tenth_are_twenty() -> None:
    assert torch.allclose(decibels(torch.tensor([0.01, 1.0])), torch.tensor([20.0, 0.0]))


def test_an_untrained_model_scores_low_and_always_the_same(few: Examples) -> None:
    tiny = preset("tiny")
    model = start(tiny.model, tiny.training).averaged
    a, b = (reconstruction(model, few, given=(0,), wanted=(1, 2), batch=batch) for batch in (6, 6))
    assert a == b
    assert 3 < a.psnr < 16
    assert 0 <= a.iou < 0.8


def test_figures_after_each_phase_of_a_fit_get_better_at_the_views_that_it_saw(few: Examples) -> None:
    tiny = preset("tiny")
    model = start(tiny.model, tiny.training).averaged
    two = replace(few, **{name: value[:2] for name, value in vars(few).items()})
    fit, tuning = Fit(steps=20, rays=64, samples=10, rate=0.1), Tuning(steps=20, rays=64, rate=4e-3)
    seen = refitted(model, two, fit, tuning, given=(0, 1), wanted=(0, 1))
    assert list(seen) == ["fitted", "tuned", "traced"]
    begun = reconstruction(model, two, given=(0, 1), wanted=(0, 1))
    assert begun.psnr < seen["fitted"].psnr < seen["tuned"].psnr < 40
    assert seen["traced"].psnr > seen["fitted"].psnr
    still = refitted(model, two, replace(fit, steps=0), replace(tuning, steps=0), given=(0, 1), wanted=(0, 1))
    assert abs(still["tuned"].psnr - begun.psnr) < 1e-4
