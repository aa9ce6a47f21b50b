import numpy as np
import pytest

from vision.matting import as_alpha


def test_maps_become_shares_of_the_pictures_pixels() -> None:
    half = np.zeros((1, 1, 4, 4), np.float32)
    half[..., 2:] = 1
    alpha = as_alpha(half, 8, 12, "u2net.onnx")
    assert alpha.shape == (8, 12)
    assert (alpha[:, 0] == 0).all()
    assert (alpha[:, -1] == 1).all()
    logits = as_alpha(np.array([[-20.0, 20.0], [-20.0, 20.0]]), 2, 2, "u2net.onnx")
    assert logits[0].tolist() == pytest.approx([0, 1], abs=1e-6)


def test_what_is_no_map_is_told() -> None:
    with pytest.raises(ValueError, match=r"u2net.onnx: must give one map \(got shape \(3, 4, 4\)\)"):
        as_alpha(np.zeros((3, 4, 4)), 8, 8, "u2net.onnx")
    with pytest.raises(ValueError, match="not finite"):
        as_alpha(np.full((4, 4), np.nan), 8, 8, "u2net.onnx")
