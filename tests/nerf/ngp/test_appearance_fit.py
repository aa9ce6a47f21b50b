"""Photos in different light: codes take the light up, and a held-out photo's left half tells its own."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from nerf.ngp.fit import fit
from nerf.ngp.levels import Levels
from nerf.ngp.settings import Stop, Training
from nerf.posed_images import PosedImages


@pytest.fixture(scope="module")
def lit(ball: PosedImages, tmp_path_factory: pytest.TempPathFactory) -> PosedImages:
    """The ball, each photo in a light of another colour."""
    folder, rng, photos = tmp_path_factory.mktemp("lit"), np.random.default_rng(0), []
    for number, photo in enumerate(ball.photos):
        pixels = np.asarray(Image.open(photo.image)).astype(np.float64)
        pixels[..., :3] *= rng.uniform(0.4, 1.0, 3)
        Image.fromarray(pixels.round().astype(np.uint8)).save(folder / f"{number}.png")
        photos.append(replace(photo, image=folder / f"{number}.png"))
    return replace(ball, photos=tuple(photos))


def test_a_held_out_photo_is_seen_in_the_light_of_its_left_half(lit: PosedImages) -> None:
    training = Training(
        levels=Levels(4, 4, 10, 4, 32), stop=Stop(steps=160), batch_samples=4096, grid_size=16, appearance=4
    )
    facts = fit(lit, training).facts
    assert facts["score_appearance"]["psnr"] > facts["score"]["psnr"] + 3
    assert "fitted on its left half" in facts["score_appearance"]["protocol"]
    assert facts["score"]["protocol"].endswith("the mean appearance code")


def test_the_number_of_codes_is_one_that_kernels_take() -> None:
    with pytest.raises(ValueError, match=r"training.appearance: out of range \(got 5\)"):
        Training(appearance=5)
