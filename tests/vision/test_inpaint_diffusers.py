"""With a tiny random model that the tests make; real ones have the same layout."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

INSTALLED = importlib.util.find_spec("diffusers") is not None


def canvas() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rgb = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    known = np.zeros((40, 60), bool)
    known[:, :30] = True
    unknown = np.zeros((40, 60), bool)
    unknown[:, 30:50] = True
    return rgb, known, unknown


@pytest.fixture(scope="module")
def drawn(tiny_diffusion: Path) -> Any:
    from vision.inpaint_diffusers import DiffusersInpainter

    def draw(seed: int) -> np.ndarray:
        model = DiffusersInpainter(str(tiny_diffusion / "base"), steps=2, side=64, seed=seed)
        return model.fill(*canvas())

    return draw


@pytest.mark.extra("diffusion")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_only_unknown_pixels_are_drawn_and_the_seed_decides_them(drawn: Any) -> None:
    rgb, _, unknown = canvas()
    first, again, other = drawn(1), drawn(1), drawn(2)
    assert np.array_equal(first[~unknown], rgb[~unknown])
    assert first[unknown].std() > 1
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.extra("diffusion")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_folder_that_is_no_model_is_told(tiny_diffusion: Path, tmp_path: Path) -> None:
    from vision.inpaint_diffusers import DiffusersInpainter

    with pytest.raises(ValueError, match="is no inpainting model that can be loaded"):
        DiffusersInpainter(str(tmp_path))


@pytest.mark.skipif(INSTALLED, reason="diffusers is installed")
def test_without_diffusers_the_error_says_what_to_install() -> None:
    from vision.inpaint_diffusers import DiffusersInpainter

    with pytest.raises(ImportError, match=r"scenewright\[diffusion\]"):
        DiffusersInpainter("a/model")
