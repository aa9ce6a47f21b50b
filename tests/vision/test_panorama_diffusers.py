"""With tiny random models that the tests make; real weights have the same layout."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vision.panorama import KnownPixels, PanoramaGuide

pytestmark = [
    pytest.mark.extra("diffusion"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def models_in(folder: Path) -> Any:
    from vision.panorama_diffusers import DiffusionModels

    return DiffusionModels(str(folder / "base"), str(folder / "depth"), str(folder / "semantic"))


def generator(folder: Path, **changes: Any) -> Any:
    from vision.panorama_diffusers import DiffusionPanorama, DiffusionSettings

    small = DiffusionSettings(steps=4, size=32, views=6, degrees=110.0, batch=3, guidance=3.0)
    return DiffusionPanorama(models_in(folder), replace(small, **changes))


@pytest.fixture(scope="module")
def drawer(tiny_diffusion: Path) -> Any:
    return generator(tiny_diffusion)


@pytest.fixture(scope="module")
def guide() -> PanoramaGuide:
    """A floor in one colour, walls in another, nearer to the right."""
    semantic = np.full((32, 64, 3), 120, np.uint8)
    semantic[20:] = (80, 50, 50)
    distance = np.broadcast_to(np.linspace(4, 1.5, 64), (32, 64)).astype(np.float32).copy()
    return PanoramaGuide(semantic, distance)


def test_one_view_is_what_the_library_itself_draws(tiny_diffusion: Path, drawer: Any) -> None:
    """Against its own pipeline with the same noise, maps and scheduler: our loop adds nothing but agreement."""
    from diffusers import ControlNetModel, DDIMScheduler, StableDiffusionControlNetPipeline

    controls = [ControlNetModel.from_pretrained(tiny_diffusion / name) for name in ("depth", "semantic")]
    pipe = StableDiffusionControlNetPipeline.from_pretrained(
        tiny_diffusion / "base", controlnet=controls, safety_checker=None, requires_safety_checker=False
    )
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config, clip_sample=False)
    pipe.set_progress_bar_config(disable=True)
    random = torch.Generator().manual_seed(3)
    maps = [torch.rand(1, 3, 32, 32, generator=random) for _ in range(2)]
    noise = torch.randn(1, 4, 16, 16, generator=random)
    expected = pipe(
        "a red room", image=maps, latents=noise, num_inference_steps=4, guidance_scale=3.0, output_type="np",
        negative_prompt=drawer.settings.negative, controlnet_conditioning_scale=list(drawer.settings.control),
    ).images  # fmt: skip
    found = drawer.draw((maps[0], maps[1]), "a red room", noise)
    assert np.ptp(expected) > 0.1
    assert np.abs(found - expected).max() < 1e-4


def test_the_same_seed_draws_the_same_and_another_something_else(drawer: Any, guide: PanoramaGuide) -> None:
    first, again, other = (drawer.generate(guide, "a room", seed=seed) for seed in (5, 5, 6))
    assert first.shape == (32, 64, 3)
    assert np.array_equal(first, again)
    assert np.abs(first.astype(int) - other).mean() > 3


def test_words_depth_and_semantics_all_steer(drawer: Any, guide: PanoramaGuide) -> None:
    drawn = drawer.generate(guide, "a room").astype(int)
    nearer = replace(guide, distance=guide.distance[:, ::-1].copy())
    painted = replace(guide, semantic=np.full((32, 64, 3), 255, np.uint8))
    for changed in (
        drawer.generate(nearer, "a room"),
        drawer.generate(painted, "a room"),
        drawer.generate(guide, "zzz qqq"),
    ):
        assert np.abs(drawn - changed).max() >= 3


def test_views_agree_more_when_drawn_together(tiny_diffusion: Path, guide: PanoramaGuide) -> None:
    from vision.sphere import Overlaps, shared_noise, views_around

    views = views_around(6, 110.0)
    steps = {}
    for together in (0.0, 1.0):
        drawer = generator(tiny_diffusion, together=together)
        noise = torch.from_numpy(shared_noise(views, 16, 4, np.random.default_rng(0)))
        conditions = drawer._conditions(views, guide)
        pictures = drawer.draw(conditions, "a room", noise, overlaps=Overlaps(views, 16))
        steps[together] = Overlaps(views, 32).disagreement(torch.from_numpy(pictures).permute(0, 3, 1, 2))
    assert steps[1.0] < 0.9 * steps[0.0]


def test_what_is_known_stays_and_reaches_the_rest(drawer: Any, guide: PanoramaGuide) -> None:
    known = np.zeros((32, 64), bool)
    known[:, :40] = True
    random = np.random.default_rng(0)
    starts = [KnownPixels(random.integers(0, 256, (32, 64, 3), dtype=np.uint8), known) for _ in range(2)]
    one, two = (drawer.generate(guide, "a room", start=start) for start in starts)
    for made, start in zip((one, two), starts, strict=True):
        assert np.array_equal(made[known], start.color[known])
    assert np.abs(one[~known].astype(int) - two[~known]).max() > 3


def test_blocks_that_change_little_are_used_again(tiny_diffusion: Path, guide: PanoramaGuide) -> None:
    plain = generator(tiny_diffusion, steps=5).generate(guide, "a room")
    calls, apart = [], []
    for threshold in (1e-9, 0.2, 1e9):
        drawer = generator(tiny_diffusion, steps=5, cache=threshold)
        made = drawer.generate(guide, "a room")
        calls.append(drawer.cache.computed)
        apart.append(np.abs(made.astype(int) - plain).mean())
    assert apart[0] == 0
    assert apart[2] > 0
    assert calls[0] > calls[1] > calls[2]
    blocks, parts = len(drawer.cache.blocks), 3
    assert calls[2] == blocks * (5 + parts)  # once while measuring each step, then once for each part


def test_half_precision_is_a_setting(tiny_diffusion: Path, guide: PanoramaGuide) -> None:
    from vision.panorama_diffusers import dtype_of

    exact = generator(tiny_diffusion).generate(guide, "a room").astype(int)
    half = generator(tiny_diffusion, precision="bfloat16").generate(guide, "a room")
    assert 0 < np.abs(exact - half).mean() < 20
    assert dtype_of("auto", "cuda:0") == torch.float16
    assert dtype_of("auto", "cpu") == torch.float32


def test_what_cannot_be_loaded_is_named(tiny_diffusion: Path, tmp_path: Path) -> None:
    from vision.panorama_diffusers import DiffusionModels, DiffusionPanorama

    good = models_in(tiny_diffusion)
    with pytest.raises(ValueError, match=r"nowhere: cannot be loaded as a part of Stable Diffusion"):
        DiffusionPanorama(DiffusionModels(good.base, str(tmp_path / "nowhere"), good.semantic))
    with pytest.raises(ValueError, match=r"base: cannot be loaded"):
        DiffusionPanorama(DiffusionModels(str(tmp_path / "base"), good.depth, good.semantic))
    with pytest.raises(ValueError, match=r"size: must be a multiple of 4 .* \(got 33\)"):
        generator(tiny_diffusion, size=33)
