from dataclasses import replace

import numpy as np
import pytest

from nerf.ngp.evaluation import evaluate, split
from nerf.ngp.fit import fit
from nerf.ngp.levels import Levels
from nerf.ngp.settings import Stop, Training
from nerf.posed_images import PosedImages


def test_the_captures_own_split_comes_first(ball: PosedImages) -> None:
    parts = split(ball)
    assert parts.held_out == (0, 8, 16)
    assert set(parts.train) == set(range(24)) - {0, 8, 16}
    bare = replace(ball, photos=tuple(replace(photo, split=None) for photo in ball.photos))
    assert split(bare).held_out == (0, 8, 16)
    assert split(bare).rule == "every 8th photo held out"
    assert split(bare.subset(range(5))).held_out == ()


def test_an_empty_field_scores_what_a_white_page_scores(ball: PosedImages) -> None:
    settings = Training(levels=Levels(4, 4, 8, 4, 16), stop=Stop(steps=1), batch_samples=256, grid_size=16)
    field = fit(ball, settings)
    scene = field._scene
    scene.grid.set_occupied(np.zeros(16**3, bool))
    score = evaluate(scene, ball, [0, 8], long_side=100)
    for (name, value, _), view in zip(score.views, (0, 8), strict=True):
        alpha = ball.alpha(view)
        assert alpha is not None
        error = ((1 - ball.image(view) / 255) * alpha[..., None]) ** 2
        assert name == str(view)
        assert value == pytest.approx(-10 * np.log10(error.mean()), abs=1e-3)
    assert "2 held-out photos at 40x40, background (1.0, 1.0, 1.0)" in score.protocol
    with pytest.raises(ValueError, match="no held-out photo"):
        evaluate(scene, ball, [], long_side=100)
