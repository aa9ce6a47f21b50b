import numpy as np

from vision.depth_cues import ramp_with_edges


def test_lower_is_nearer_on_an_even_picture_and_what_differs_steps_forward() -> None:
    rgb = np.full((120, 160, 3), 90, np.uint8)
    plain = ramp_with_edges(rgb)
    assert (np.diff(plain.values[:, 80]) > -1e-6).all()
    rgb[40:80, 60:100] = (250, 40, 40)
    raised = ramp_with_edges(rgb)
    assert raised.values[60, 80] > raised.values[60, 20] + 0.1
    assert raised.values.shape == (120, 160)
    assert raised.confidence.max() < 0.3
    assert not raised.metric
