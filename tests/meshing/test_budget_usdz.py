from dataclasses import replace

import numpy as np
import pytest
import trimesh
from PIL import Image

from meshing.mesh import Mesh
from meshing.target import Limits, Target

pytest.importorskip("pxr", reason="needs the extra: pip install 'scenewright[usd]'")

from meshing.budget_usdz import fit_usdz

pytestmark = pytest.mark.extra("usd")

ROOMY = Limits(triangles=100_000, draw_calls=1, texture_size=4096, gpu_bytes=10**9, file_bytes=10**9)
TARGET = Target("here", "a test", "usdz", ROOMY, ("jpeg", "png"), quantize=False, meshopt=False, sources={})


def painted(size: int = 512) -> Mesh:
    """A ball under a smooth picture with some noise, as photographs are."""
    solid = trimesh.creation.icosphere(4)
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(40, 216, (16, 16, 3), np.uint8)).resize((size, size))
    image = np.clip(np.asarray(coarse, np.int16) + rng.integers(-6, 7, (size, size, 3)), 0, 255).astype(np.uint8)
    vertices = solid.vertices.astype(np.float32)
    return Mesh(vertices, solid.faces.astype(np.int32), uv=0.5 + 0.4 * vertices[:, :2], base_color=image)


def with_limits(**limits: int) -> Target:
    return replace(TARGET, limits=replace(ROOMY, **limits))


def test_within_roomy_limits_nothing_is_traded_but_the_encoding() -> None:
    fitted = fit_usdz(painted(), TARGET)
    assert fitted.footprint.triangles == 5120
    assert fitted.footprint.texture_size == 512
    assert fitted.footprint.file_bytes == len(fitted.data)
    assert fitted.texture_psnr is not None
    assert fitted.texture_psnr > 35


def test_every_limit_is_held() -> None:
    limits = {"triangles": 1000, "texture_size": 300, "file_bytes": 60_000}
    fitted = fit_usdz(painted(), with_limits(**limits))
    assert fitted.footprint.triangles <= 1000
    assert fitted.footprint.texture_size <= 300
    assert len(fitted.data) <= 60_000
    assert len(fitted.trade) == 2


def test_a_hopeless_target_fails_with_the_numbers() -> None:
    with pytest.raises(ValueError, match=r"here: does not fit \(file_bytes .* over 2,000\)"):
        fit_usdz(painted(), with_limits(file_bytes=2000))
    with pytest.raises(ValueError, match=r"here: does not fit \(file_bytes .* over 2,000\)"):
        fit_usdz(replace(painted(), base_color=None), with_limits(file_bytes=2000))


def test_a_transparent_texture_is_made_smaller_instead_of_coarser() -> None:
    mesh = painted()
    assert mesh.base_color is not None
    clear = np.concatenate([mesh.base_color, np.full((512, 512, 1), 200, np.uint8)], axis=2)
    fitted = fit_usdz(replace(mesh, base_color=clear), with_limits(file_bytes=400_000))
    assert fitted.footprint.texture_size == 256
