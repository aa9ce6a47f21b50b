import importlib.util
from pathlib import Path

import numpy as np
import pytest

from vision.depth_onnx import OnnxDepth

INSTALLED = importlib.util.find_spec("onnxruntime") is not None


@pytest.mark.skipif(INSTALLED, reason="onnxruntime is installed")
def test_without_onnxruntime_the_error_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match=r"scenewright\[onnx\]"):
        OnnxDepth(tmp_path / "a.onnx")


@pytest.mark.skipif(not INSTALLED, reason="needs pip install 'scenewright[onnx]'")
def test_a_public_network_gives_a_map_of_the_photos_size(shared_data: Path) -> None:
    model = OnnxDepth(shared_data / "weights_depth" / "tcmonodepth_tcsmallnet_192x320.onnx", top=255.0)
    rgb = np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    made = model.predict(rgb)
    assert made.values.shape == (90, 120)
    assert not made.metric
    assert made.source == "tcmonodepth_tcsmallnet_192x320"
