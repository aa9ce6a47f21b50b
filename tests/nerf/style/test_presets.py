import pytest

from nerf.style.autoencoder import initial
from nerf.style.presets import preset


@pytest.mark.parametrize("name", ["tiny", "default", "gpu"])
def test_presets_make_models_that_a_few_megabytes_hold(name: str) -> None:
    weights = sum(value.numel() for value in initial(preset(name).model, 0).state_dict().values())
    assert weights * 2 < 12_000_000


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(ValueError, match=r"preset: must be one of tiny, default, gpu \(got 'huge'\)"):
        preset("huge")
