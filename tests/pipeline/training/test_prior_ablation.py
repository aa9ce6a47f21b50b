from dataclasses import replace
from types import SimpleNamespace

import pytest

from pipeline.training import prior_ablation
from pipeline.training.prior_ablation import contrast_ablation
from pipeline.training.run import TrainingRun


def test_each_seed_has_a_row_without_and_one_with_the_term(
    trained: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prior_ablation, "LOOP", replace(prior_ablation.LOOP, steps=2))
    run = TrainingRun("prior", trained.folder, "tiny", tell=lambda line: None)
    rows = list(contrast_ablation(run, 30, [0]))
    assert [row["contrast"] for row in rows] == [0, prior_ablation.CONTRAST]
    assert rows[0]["variance_ratio"] != rows[1]["variance_ratio"]
    for row in rows:
        assert row["variance_ratio"] > 0
        assert 0 <= row["loop_recall_1_of_60"] <= 1
        assert row["error"] < 3
