import numpy as np
import pytest

from vision.panorama import PanoramaGuide, check_guide


def test_guides_that_are_no_panorama_are_named() -> None:
    colors, far = np.zeros((4, 8, 3), np.uint8), np.full((4, 8), np.inf, np.float32)
    with pytest.raises(ValueError, match=r"twice as wide as high \(got 4 by 4 and 4 by 4\)"):
        check_guide(PanoramaGuide(colors[:, :4], np.ones((4, 4), np.float32)))
    with pytest.raises(ValueError, match=r"must be positive and finite somewhere \(got none among 32 pixels\)"):
        check_guide(PanoramaGuide(colors, far))
    check_guide(PanoramaGuide(colors, np.ones((4, 8), np.float32)))
