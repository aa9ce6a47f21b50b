import importlib.util

import pytest

from vision.depth_transformers import TransformersDepth

INSTALLED = importlib.util.find_spec("transformers") is not None


@pytest.mark.skipif(INSTALLED, reason="transformers is installed")
def test_without_transformers_the_error_says_what_to_install() -> None:
    with pytest.raises(ImportError, match=r"scenewright\[clip\]"):
        TransformersDepth("depth-anything/Depth-Anything-V2-Small-hf")
