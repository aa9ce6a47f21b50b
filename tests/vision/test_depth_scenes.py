import numpy as np
import pytest

from vision.depth_scenes import make_scene
from vision.scene_layouts import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_scene_has_depth_and_repeats(kind: str) -> None:
    first, second = (make_scene(np.random.default_rng(3), height=48, width=64, kind=kind) for _ in range(2))
    assert np.array_equal(first.rgb, second.rgb)
    assert np.array_equal(first.inverse, second.inverse)
    assert (first.inverse >= 0).all()
    assert (first.inverse > 0).mean() > 0.3
    assert len(np.unique(first.inverse.round(4))) > 50
    assert first.rgb.std() > 5


def test_an_unknown_kind_is_told() -> None:
    with pytest.raises(ValueError, match="must be one of room, street"):
        make_scene(np.random.default_rng(0), kind="moon")
