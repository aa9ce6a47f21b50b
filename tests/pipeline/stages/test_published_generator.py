"""A checkpoint in StyleNeRF's published layout through the stages of objects."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import trimesh
from PIL import Image

from nerf.style.latent import Latent
from pipeline.api import read_job
from pipeline.errors import UserError
from pipeline.stage import Context
from pipeline.stages.export_gltf import ExportGltfConfig, export_gltf
from pipeline.stages.invert_image import InvertImageConfig, invert_image
from pipeline.stages.latent_geometry import LatentGeometryConfig, latent_geometry
from pipeline.stages.random_latent import RandomLatentConfig, random_latent
from pipeline.stages.render_views import RenderViewsConfig, render_views
from pipeline.stages.sample_latent import SampleLatentConfig

sys.path.insert(0, str(Path(__file__).parents[2] / "nerf" / "style"))
from published import generator, write


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights whose field is dense enough to have a surface."""
    made = generator(sides=(8, 16))
    made.synthesis.fg_nerf.sigma_out.weight.data.mul_(60)
    return write(tmp_path_factory.mktemp("published") / "ball.pkl", {"G_ema": made}).path


def test_a_random_object_of_a_checkpoint_becomes_views_and_a_file(checkpoint: Path, tmp_path: Path) -> None:
    context = Context(4, tmp_path)
    latent = random_latent(RandomLatentConfig(truncation=0.7, mixing=3, generator=checkpoint), context)
    latent.save(tmp_path / "latent")
    latent = Latent.load(tmp_path / "latent")
    views = render_views(RenderViewsConfig(views=3, generator=checkpoint), context, latent=latent)
    pictures = [np.array(Image.open(photo.image)) for photo in views.photos]
    assert {picture.shape for picture in pictures} == {(16, 16, 3)}
    assert len({picture.tobytes() for picture in pictures}) == 3
    config = LatentGeometryConfig(resolution=24, texture=64, triangles=500, generator=checkpoint)
    export_gltf(ExportGltfConfig(), context, mesh=latent_geometry(config, context, latent=latent)).save(tmp_path)
    (file,) = tmp_path.glob("*.glb")
    scene = trimesh.load(file)
    assert max(scene.extents) == pytest.approx(1, rel=0.02)
    assert scene.bounds[0][1] == pytest.approx(0, abs=0.01)


def test_truncation_and_mixing_are_those_of_the_checkpoint(checkpoint: Path, tmp_path: Path) -> None:
    def drawn(**settings: object) -> np.ndarray:
        config = RandomLatentConfig(candidates=3, generator=checkpoint, **settings)
        return random_latent(config, Context(0, tmp_path)).w

    whole, near, mixed = drawn(), drawn(truncation=0.25), drawn(mixing=2)
    assert np.allclose(near - near.mean(0), 0.25 * (whole - whole.mean(0)), atol=1e-5)
    assert np.array_equal(mixed[:, :2], np.repeat(whole[:, None], 2, 1))
    assert np.array_equal(mixed[:, 2], mixed[:, -1])
    assert np.abs(mixed[:, 2] - whole).min(1).max() > 0
    layers = mixed.shape[1]
    with pytest.raises(ValueError, match=rf"mixing: must be from 1 to {layers - 1} \(got {layers}\)"):
        drawn(mixing=layers)


def test_a_picture_is_searched_with_its_background(checkpoint: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (30, 20, 3), dtype=np.uint8)).save(tmp_path / "a.png")
    said: list[str] = []
    context = Context(0, tmp_path, log=said.append)
    latent = invert_image(InvertImageConfig(path=tmp_path / "a.png", steps=3, generator=checkpoint), context)
    assert latent.w.shape == (1, 12)
    assert context.metrics["error"] <= context.metrics["error_before"]
    assert "3 steps of optimisation begin at its mean style" in said[0]


def test_what_cannot_work_is_said_before_any_work(checkpoint: Path, tmp_path: Path) -> None:
    sampled = {"stage": "sample_latent", "inputs": {"prompts": ["words"]}, "config": {"generator": str(checkpoint)}}
    stages = {"words": {"stage": "encode_text", "config": {"text": "a face"}}, "latent": sampled}
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"version": 1, "name": "published", "stages": stages}))
    with pytest.raises(UserError, match=r"no prior that ships knows the styles of ball\.pkl.*train prior --generator"):
        read_job(job)
    with pytest.raises(ValueError, match="brings its own mapping"):
        RandomLatentConfig(generator=checkpoint, prior=tmp_path)
    with pytest.raises(ValueError, match="inversion: a StyleNeRF checkpoint is searched without it"):
        InvertImageConfig(path=checkpoint, generator=checkpoint, inversion=tmp_path)
    assert SampleLatentConfig(generator=checkpoint, prior=tmp_path).prior == tmp_path


def test_latents_of_other_weights_and_other_sizes_are_refused(
    checkpoint: Path, tmp_path: Path, untrained_weights: Callable[[Path], SimpleNamespace]
) -> None:
    own = untrained_weights(tmp_path)
    ours = random_latent(RandomLatentConfig(generator=own.generator, prior=own.prior), Context(0, tmp_path))
    with pytest.raises(ValueError, match=r"was made for the generator object-generator:\w+ \(got ball:\w+\)"):
        render_views(RenderViewsConfig(views=1, generator=checkpoint), Context(0, tmp_path), latent=ours)
    theirs = random_latent(RandomLatentConfig(generator=checkpoint), Context(0, tmp_path))
    with pytest.raises(ValueError, match=r"makes pictures of 16 pixels a side \(got 64\)"):
        render_views(RenderViewsConfig(views=1, size=64, generator=checkpoint), Context(0, tmp_path), latent=theirs)


def test_mixing_our_own_generators_gives_each_layer_a_style(
    untrained_weights: Callable[[Path], SimpleNamespace], tmp_path: Path
) -> None:
    own = untrained_weights(tmp_path)
    config = RandomLatentConfig(candidates=2, mixing=2, generator=own.generator, prior=own.prior)
    latent = random_latent(config, Context(0, tmp_path))
    assert latent.w.ndim == 3
    views = render_views(RenderViewsConfig(views=1, generator=own.generator), Context(0, tmp_path), latent=latent)
    assert np.array(Image.open(views.photos[0].image)).shape == (64, 64, 3)
