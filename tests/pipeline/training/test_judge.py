from dataclasses import replace
from types import SimpleNamespace

import pytest

from nerf.prior.latents import Sampling
from pipeline.training import judge
from pipeline.training.judge import judge_objects
from pipeline.training.run import TrainingRun


def test_figures_of_made_and_of_real_objects_stand_beside_each_other(
    trained: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        judge, "RECIPE", replace(judge.RECIPE, views=5, size=32, points=256, captions=2, supersampling=1)
    )
    monkeypatch.setattr(judge, "SEARCH", replace(judge.SEARCH, steps=3))
    monkeypatch.setattr(judge, "TUNING", replace(judge.TUNING, steps=3))
    run = TrainingRun("eval", trained.folder, "tiny", tell=lambda line: None)
    figures = judge_objects(run, 4, Sampling(candidates=1, steps=4))
    for name in ("recall_1_of_60", "recall_1_of_all", "family", "colour"):
        for kind in ("real", "own", "searched", "made", "unseen_words"):
            assert 0 <= figures[f"{kind}_{name}"] <= 1
    assert 5 < figures["psnr_3_views"] < 40
