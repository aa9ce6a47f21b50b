import numpy as np
import pytest
import torch

from meshing.room import panorama as room
from vision.sphere import Overlaps, directions, merged, seen_from, shared_noise, views_around


def test_convention_directions_are_those_of_the_rooms() -> None:
    assert np.allclose(directions(8), room.directions(8, 16))


def smooth_panorama(height: int) -> np.ndarray:
    ways = directions(height)
    return np.stack([ways[..., 0], ways[..., 1] * ways[..., 2], 0.5 * np.sin(3 * ways[..., 0])], axis=-1)


def test_views_of_a_panorama_blend_into_the_panorama() -> None:
    views = views_around(8, 100.0)
    panorama = smooth_panorama(128)
    again = merged(views, seen_from(views, panorama, 96).astype(np.float64), 128)
    off = np.abs(again - panorama)
    assert 20 * np.log10(1 / np.sqrt((off**2).mean())) > 35
    assert np.abs(again[:, 0] - again[:, -1]).max() < 0.06  # the columns at the seam are neighbours


def test_views_that_leave_gaps_are_refused() -> None:
    with pytest.raises(ValueError, match=r"views: 8 around of 85 degrees leave gaps"):
        views_around(8, 85.0)
    with pytest.raises(ValueError, match=r"views: 3 around of 100 degrees"):
        views_around(3, 100.0)


def test_noise_is_white_within_a_view_and_shared_between_views() -> None:
    views = views_around(8, 100.0)
    noise = shared_noise(views, 32, 4, np.random.default_rng(0))
    assert noise.shape == (10, 4, 32, 32)
    assert abs(noise.mean()) < 0.02
    assert abs(noise.std() - 1) < 0.02
    for view in noise:
        assert len(np.unique(view[0])) == 32 * 32  # each pixel has a number of its own
        for beside in (view[:, :, 1:] * view[:, :, :-1], view[:, 1:] * view[:, :-1]):
            assert abs(beside.mean()) < 0.05
    shared = np.isin(noise[1, 0], noise[0, 0])
    at = views.places(0, views.ways(1, 32))
    both = np.isfinite(at).all(axis=-1)
    assert shared[both].mean() > 0.6
    assert not shared[~both].any()


def test_agreed_views_keep_their_middles_and_what_they_agree_on_already() -> None:
    views = views_around(8, 100.0)
    overlaps = Overlaps(views, 48)
    flat = torch.full((10, 2, 48, 48), 0.7)
    assert torch.allclose(overlaps.agreed(flat), flat, atol=1e-6)
    scene = torch.from_numpy(np.moveaxis(seen_from(views, smooth_panorama(512), 48), -1, 1).astype(np.float32))
    assert (overlaps.agreed(scene) - scene).abs().mean() < 0.01
    random = torch.randn(10, 1, 48, 48, generator=torch.Generator().manual_seed(0))
    agreed = overlaps.agreed(random)
    assert overlaps.disagreement(agreed) < 0.7 * overlaps.disagreement(random)
    assert overlaps.disagreement(scene) < 0.02
    spread = [float(agreed[k, 0, 23:25, 23:25].std() / random[k, 0, 23:25, 23:25].std()) for k in range(8)]
    assert np.median(spread) > 0.6  # averaging equal parts of three views would leave about a half
