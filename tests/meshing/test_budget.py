import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from meshing.budget import fit, footprint
from meshing.gltf.scene import scene_of
from meshing.mesh import Mesh
from meshing.target import Limits, Target

ROOMY = Limits(triangles=100_000, draw_calls=10, texture_size=4096, gpu_bytes=10**9, file_bytes=10**9)
TARGET = Target("here", "a test", "glb", ROOMY, ("jpeg",), quantize=True, meshopt=False, sources={})


def with_limits(encodings: tuple[Any, ...] = ("jpeg",), **limits: int) -> Target:
    return replace(TARGET, limits=replace(ROOMY, **limits), encodings=encodings)


def plain(subdivisions: int = 4) -> Mesh:
    solid = trimesh.creation.icosphere(subdivisions)
    return Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32))


def textured(size: int = 512) -> Mesh:
    """A smooth picture with some noise, as photographs are."""
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(40, 216, (16, 16, 3), np.uint8)).resize(
        (size, size), Image.Resampling.BICUBIC
    )
    image = np.clip(np.asarray(coarse, np.int16) + rng.integers(-6, 7, (size, size, 3)), 0, 255).astype(np.uint8)
    mesh = plain(3)
    uv = np.ascontiguousarray(0.5 + 0.5 * mesh.vertices[:, :2])
    return replace(mesh, uv=uv, base_color=image)


def test_a_roomy_target_keeps_the_texture_s_size() -> None:
    fitted = fit(textured(), TARGET)
    assert fitted.footprint.texture_size == 512
    assert fitted.footprint.file_bytes == len(fitted.data)
    assert fitted.texture_psnr is not None
    assert fitted.texture_psnr > 35


@pytest.mark.parametrize("file_bytes", [140_000, 60_000, 30_000])
def test_a_smaller_file_costs_quality_and_holds_its_limit(file_bytes: int) -> None:
    fitted = fit(textured(), with_limits(file_bytes=file_bytes))
    assert len(fitted.data) <= file_bytes
    roomy = fit(textured(), TARGET)
    assert fitted.texture_psnr is not None
    assert roomy.texture_psnr is not None
    assert fitted.texture_psnr < roomy.texture_psnr
    assert fitted.trade


def test_the_gpu_s_memory_is_kept_by_a_smaller_texture() -> None:
    fitted = fit(textured(), with_limits(gpu_bytes=512 * 512 * 2))
    assert fitted.footprint.texture_size == 256
    assert fitted.footprint.gpu_bytes <= 512 * 512 * 2


def test_too_many_triangles_are_simplified_before_there_is_a_texture() -> None:
    fitted = fit(plain(4), with_limits(triangles=2000))
    assert 1500 < fitted.footprint.triangles <= 2000
    assert "5,120 -> " in fitted.trade[0]


def test_too_many_textured_triangles_are_simplified_under_their_texture() -> None:
    fitted = fit(textured(), replace(with_limits(triangles=600), quantize=False))
    assert fitted.footprint.triangles == 600
    loaded = trimesh.load(io.BytesIO(fitted.data), file_type="glb", force="mesh")
    expected = 0.5 + 0.5 * loaded.vertices[:, :2]
    np.testing.assert_allclose(np.stack([loaded.visual.uv[:, 0], 1 - loaded.visual.uv[:, 1]], 1), expected, atol=0.02)


def test_a_file_that_triangles_fill_gets_fewer_of_them() -> None:
    fitted = fit(plain(5), with_limits(file_bytes=60_000))
    assert fitted.footprint.file_bytes <= 60_000
    assert 3000 < fitted.footprint.triangles < 20_480
    assert "20,480 -> " in fitted.trade[0]


def test_a_trade_is_told_in_words() -> None:
    kept = fit(textured(), with_limits(("png",)))
    assert kept.trade == ("texture 512 x 512 as png: the same",)
    smaller = fit(textured(), with_limits(gpu_bytes=512 * 512 * 2))
    assert smaller.trade == (f"texture 512 x 512 -> 256 x 256 as jpeg of quality 95: {smaller.texture_psnr:.1f} dB",)
    metric = fit(replace(plain(4), unit="metre"), with_limits(triangles=2000))
    unknown = fit(replace(plain(4), unit="unknown"), with_limits(triangles=2000))
    assert re.fullmatch(r"5,120 -> [12],\d{3} triangles, [\d.]+ mm off on average", metric.trade[0])
    assert " mm " not in unknown.trade[0]


def test_triangles_that_cannot_go_are_said() -> None:
    """A box whose sides are charts of their own: each corner lies on three seams."""
    solid = trimesh.creation.box()
    corners = solid.vertices[solid.faces].reshape(-1, 3).astype(np.float32)
    uv = np.random.default_rng(0).random((36, 2)).astype(np.float32)
    image = np.zeros((64, 64, 3), np.uint8)
    box = Mesh(corners, np.arange(36, dtype=np.int32).reshape(-1, 3), uv=uv, base_color=image)
    with pytest.raises(ValueError, match=r"here: 6 triangles would fit, but the mesh keeps its shape down to 12 faces"):
        fit(box, with_limits(triangles=6))


def test_of_several_formats_the_one_that_keeps_most_is_taken() -> None:
    def kept(*encodings: Any) -> float:
        psnr = fit(textured(), with_limits(encodings, file_bytes=60_000)).texture_psnr
        assert psnr is not None
        return psnr

    assert kept("webp", "jpeg") == max(kept("webp"), kept("jpeg"))
    assert kept("webp") != kept("jpeg")


def test_a_hopeless_target_fails_with_the_numbers() -> None:
    with pytest.raises(ValueError, match=r"here: no texture of 256 texels or more fits \(file_bytes .* over 1,000\)"):
        fit(textured(), with_limits(file_bytes=1000))
    with pytest.raises(ValueError, match=r"here: does not fit \(file_bytes .* over 1,000\)"):
        fit(plain(), with_limits(file_bytes=1000))


def test_memory_on_the_gpu_is_that_of_decoded_texels_with_mip_levels() -> None:
    scene = scene_of(textured())
    vertices = 642 * (12 + 8) + 1280 * 12
    assert footprint(scene, 7).gpu_bytes == 512 * 512 * 16 // 3 + vertices
    assert footprint(scene, 7).draw_calls == 1


@pytest.mark.node
def test_fitted_files_are_valid(tmp_path: Path, validate_glb: Callable[..., Any]) -> None:
    for name, encodings in (("a", ("jpeg",)), ("b", ("webp",)), ("c", ("png",))):
        (tmp_path / f"{name}.glb").write_bytes(fit(textured(), with_limits(encodings, file_bytes=900_000)).data)
    validate_glb(*(tmp_path / f"{name}.glb" for name in "abc"))


def test_the_texture_in_the_file_is_the_one_that_was_measured() -> None:
    mesh = textured()
    fitted = fit(mesh, with_limits(file_bytes=60_000))
    start = fitted.data.index(b"\xff\xd8\xff")
    with Image.open(io.BytesIO(fitted.data[start:])) as stored:
        back = np.asarray(stored.convert("RGB").resize((512, 512), Image.Resampling.BILINEAR), np.float64)
    assert mesh.base_color is not None
    error = ((back - mesh.base_color) ** 2).mean()
    assert fitted.texture_psnr == pytest.approx(10 * np.log10(255**2 / error), abs=0.01)


@pytest.mark.extra("ktx2")
def test_little_memory_keeps_its_texels_where_they_stay_compressed() -> None:
    pytest.importorskip("zstandard", reason="needs the extra: pip install 'scenewright[ktx2]'")
    target = with_limits(("ktx2", "jpeg"), gpu_bytes=512 * 512 * 2)
    plain, packed = fit(textured(), target), fit(textured(), target, ktx2=True)
    assert plain.footprint.texture_size == 256
    assert packed.footprint.texture_size == 512
    assert packed.footprint.gpu_bytes == 512 * 512 * 4 // 3 + 642 * (12 + 8) + 1280 * 12
    assert plain.texture_psnr is not None
    assert packed.texture_psnr is not None
    assert packed.texture_psnr > plain.texture_psnr + 1.5
    assert b"image/ktx2" in packed.data
    assert b"image/ktx2" not in packed.plain
    assert "512 x 512 as ktx2" in packed.trade[0]
