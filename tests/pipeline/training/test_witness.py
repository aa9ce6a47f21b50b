import numpy as np
import pytest
import torch

from pipeline.training.witness import Features, colour_shares, fit, frechet, kernel_distance
from vision.efficientnet import EfficientNetLite


def test_a_classifier_tells_what_features_tell_and_sums_over_views() -> None:
    rng = np.random.default_rng(0)
    labels = ["red", "blue", "green"] * 40
    centres = {"red": (3, 0), "blue": (0, 3), "green": (-3, -3)}
    features = np.array([centres[label] for label in labels], np.float32) + rng.normal(size=(120, 2)).astype(np.float32)
    classifier = fit(features, labels)
    fresh = np.array([centres["green"], (0.2, 0.1), centres["red"], centres["red"]], np.float32)
    assert classifier.told(fresh, 2) == ["green", "red"]
    assert np.exp(classifier(fresh)).sum(1) == pytest.approx(1, abs=1e-5)


def test_distances_between_sets_are_those_of_their_moments() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 4000, 3)).astype(np.float32)
    assert abs(frechet(a, b)) < 0.02
    assert abs(kernel_distance(a, b)) < 0.02
    assert frechet(a, 2 * b + 1) == pytest.approx(3 + 3, abs=0.3)  # mean apart by 1 on 3 axes, spreads 1 and 2
    assert kernel_distance(a, b + 1) > 0.5


def test_features_of_pictures_are_those_of_each_and_colours_leave_the_background_out() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        features = Features(EfficientNetLite((8, 8, 8, 12, 16, 16, 24, 32), (1, 1, 2, 1, 1, 1, 1)))
    pictures = np.random.default_rng(0).integers(0, 255, (3, 24, 24, 3)).astype(np.uint8)
    deep, wide = features(pictures, batch=2)
    assert deep.shape == (3, 32)
    assert np.allclose(features(pictures[2:])[1], wide[2:], atol=1e-5)
    white = np.full((1, 8, 8, 3), 255, np.uint8)
    red = white.copy()
    red[0, :2] = (255, 0, 0)
    assert not colour_shares(white).any()
    assert sorted(colour_shares(red)[0])[-2:] == [0.0, 1.0]
