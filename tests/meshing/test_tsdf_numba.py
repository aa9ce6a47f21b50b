import numba
import numpy as np

from meshing import tsdf, tsdf_numba
from meshing.pinhole import Pinhole
from meshing.tsdf import DepthView, FusionSettings, Volume, prepare

SETTINGS = FusionSettings(0.05)


def views() -> list[DepthView]:
    """Noisy, holey depth from turned cameras, with photos of another size."""
    rng = np.random.default_rng(1)
    camera = Pinhole(64, 48, 60.0, 55.0, 31.0, 25.0)
    found = []
    for angle in (0.0, 0.4, -0.7):
        pose = np.eye(4)
        pose[:3, :3] = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
        pose[:3, 3] = rng.uniform(-0.3, 0.3, 3)
        depth = 1.5 + 0.3 * np.sin(4 * camera.rays()[..., 0]) + 0.01 * rng.standard_normal((48, 64))
        depth[rng.random(depth.shape) < 0.05] = 0
        color = rng.integers(0, 256, (96, 128, 3), np.uint8)
        found.append(DepthView(depth.astype(np.float32), color, camera.fx, camera.fy, camera.cx, camera.cy, pose))
    return found


def fused_volume(backend: object) -> Volume:
    prepared = [prepare(view, SETTINGS) for view in views()]
    keys = np.unique(np.concatenate([backend.touched_blocks(view, SETTINGS) for view in prepared]))  # type: ignore[attr-defined]
    volume = tsdf.empty_volume(tsdf.unpack(keys))
    for view in prepared:
        backend.integrate(volume, view, SETTINGS)  # type: ignore[attr-defined]
    return volume


def test_compiled_fusion_equals_its_definition() -> None:
    defined, compiled = fused_volume(tsdf), fused_volume(tsdf_numba)
    np.testing.assert_array_equal(defined.blocks, compiled.blocks)
    assert (defined.weight > 0).sum() > 10_000
    np.testing.assert_allclose(compiled.weight, defined.weight, rtol=1e-5)
    np.testing.assert_allclose(compiled.distance, defined.distance, atol=1e-5)
    np.testing.assert_allclose(compiled.color_weight, defined.color_weight, rtol=1e-5)
    np.testing.assert_allclose(compiled.color, defined.color, atol=1e-2)


def test_a_table_that_is_too_small_grows() -> None:
    fine = FusionSettings(0.0005)
    view = prepare(views()[0], fine)
    keys = tsdf_numba.touched_blocks(view, fine)
    assert len(keys) > 1 << 11  # half of the first table
    np.testing.assert_array_equal(keys, tsdf.touched_blocks(view, fine))


def test_the_number_of_threads_does_not_change_a_bit() -> None:
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        one = fused_volume(tsdf_numba)
    finally:
        numba.set_num_threads(threads)
    many = fused_volume(tsdf_numba)
    for key in ("distance", "weight", "color", "color_weight"):
        assert getattr(one, key).tobytes() == getattr(many, key).tobytes()
