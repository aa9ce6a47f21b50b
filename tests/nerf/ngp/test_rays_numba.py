from pathlib import Path

import numpy as np

from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.rays_numba import TILE, Guide, draw_rays, tile_starts
from nerf.ngp.volume import Volume
from nerf.posed_images import PosedImages


def test_tiles_cover_every_photo_once() -> None:
    sizes = np.array([[40, 40], [16, 33], [1, 1]])
    assert tile_starts(sizes).tolist() == [0, 9, 12]
    guide = Guide(sizes, 0.5)
    assert len(guide.error) == 13
    assert guide.corners.reshape(-1, 2)[8].tolist() == [2 * TILE, 2 * TILE]


def test_guided_rays_look_where_training_errs(ball: PosedImages, tmp_path: Path) -> None:
    store = PhotoStore(ball, Volume(np.zeros(3), 1.0), tmp_path, long_side=40, seed=0, with_depth=False)
    guide = Guide(store.sizes, 0.5)
    guide.learn(np.repeat(40, 200), np.full(200, 25.0, np.float32))
    guide.refresh(store.ready(0), store.order)
    rays = draw_rays(store, 0, 0, 4000, guide, random_background=True)
    store.close()
    expected = np.sqrt(guide.error[40]) / np.sqrt(guide.error).sum()
    assert abs((rays.tile[:2000] == 40).mean() - expected) < 0.03
    assert (rays.tile[2000:] == 40).mean() < 0.02
    assert (rays.view[rays.tile == 40] == 40 // 9).all()


def test_a_draw_depends_on_seed_and_step_alone(ball: PosedImages, tmp_path: Path) -> None:
    store = PhotoStore(ball, Volume(np.zeros(3), 1.0), tmp_path, long_side=40, seed=0, with_depth=False)
    draws = [
        draw_rays(store, seed, step, 100, None, random_background=True)
        for seed, step in ((1, 1), (1, 1), (1, 2), (2, 1))
    ]
    store.close()
    assert all(np.array_equal(a, b) for a, b in zip(draws[0], draws[1], strict=True))
    for other in draws[2:]:
        assert (other.directions != draws[0].directions).any(1).mean() > 0.9
