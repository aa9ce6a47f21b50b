import numpy as np

from meshing import raster, raster_numba


def test_compiled_rasterization_equals_its_definition() -> None:
    """Triangles of all sizes that overlap each other and the border, some without area."""
    rng = np.random.default_rng(0)
    uv = rng.uniform(-0.2, 1.2, (300, 2)).astype(np.float32)
    faces = rng.integers(0, 300, (200, 3)).astype(np.int32)
    small = np.stack([np.arange(0, 297, 3)] * 3, axis=1).astype(np.int32) + np.arange(3, dtype=np.int32)
    uv[1:297:3] = uv[0:296:3] + 0.05
    faces = np.concatenate([small, faces])
    defined, compiled = (kind.rasterize(uv, faces, 61, 47) for kind in (raster, raster_numba))
    np.testing.assert_array_equal(compiled.face, defined.face)
    np.testing.assert_allclose(compiled.u, defined.u, atol=1e-6)
    np.testing.assert_allclose(compiled.v, defined.v, atol=1e-6)
    assert 0.5 < (defined.face >= 0).mean() <= 1
    assert len(np.unique(defined.face)) > 60
