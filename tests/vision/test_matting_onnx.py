import importlib.util
from pathlib import Path

import numpy as np
import pytest

from vision.matting_onnx import OnnxMatting

INSTALLED = importlib.util.find_spec("onnxruntime") is not None


@pytest.mark.skipif(INSTALLED, reason="onnxruntime is installed")
def test_without_onnxruntime_the_error_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match=r"scenewright\[onnx\]"):
        OnnxMatting(tmp_path / "a.onnx")


@pytest.mark.skipif(not INSTALLED, reason="needs pip install 'scenewright[onnx]'")
def test_a_public_network_gives_a_share_for_every_pixel(shared_data: Path) -> None:
    """A depth network stands in: any network of one picture and one map will do."""
    model = OnnxMatting(shared_data / "weights_depth" / "tcmonodepth_tcsmallnet_192x320.onnx")
    alpha = model.alpha(np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8))
    assert alpha.shape == (90, 120)
    assert alpha.min() >= 0
    assert alpha.max() <= 1


@pytest.mark.skipif(not INSTALLED, reason="needs pip install 'scenewright[onnx]'")
def test_what_is_no_network_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="is not a readable ONNX network"):
        OnnxMatting(tmp_path / "a.onnx")
    with pytest.raises(FileNotFoundError, match="no such ONNX file"):
        OnnxMatting(tmp_path / "b.onnx")
