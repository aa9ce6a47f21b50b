from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from nerf.style.latent import Latent
from pipeline.stage import Context
from pipeline.stages.invert_image import InvertImageConfig, invert_image
from pipeline.stages.render_views import RenderViewsConfig, render_views


def test_layers_of_the_objects_own_are_nearer_to_its_picture_and_travel_with_the_latent(
    tmp_path: Path, untrained_weights: Callable[[Path], SimpleNamespace]
) -> None:
    weights, picture = untrained_weights(tmp_path / "weights"), np.full((40, 40, 3), 255, np.uint8)
    picture[10:30, 10:30] = (200, 20, 20)
    Image.fromarray(picture).save(tmp_path / "red.png")
    reds = []
    for tuning in (0, 30):
        context, folder = Context(0, tmp_path / f"views-{tuning}"), tmp_path / f"latent-{tuning}"
        config = InvertImageConfig(
            path=tmp_path / "red.png",
            rounds=0,
            steps=1,
            tuning=tuning,
            generator=weights.generator,
            inversion=weights.inversion,
        )
        invert_image(config, context).save(folder)
        latent = Latent.load(folder)
        assert bool(latent.own) == bool(tuning)
        views = render_views(RenderViewsConfig(views=2, size=16, generator=weights.generator), context, latent=latent)
        seen = np.stack([np.array(Image.open(photo.image).convert("RGB"), float) for photo in views.photos])
        reds.append(float((seen[..., 0] - seen[..., 1])[:, 6:10, 6:10].mean()))
    assert reds[1] > reds[0] + 20


def test_a_published_checkpoint_is_never_tuned(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(b"")
    with pytest.raises(ValueError, match=r"tuning: a StyleNeRF checkpoint is never tuned, must be 0 \(got 5\)"):
        InvertImageConfig(path=tmp_path / "a.pkl", tuning=5, generator=tmp_path / "a.pkl")
