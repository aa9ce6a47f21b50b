import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from meshing.mesh import Mesh

pytest.importorskip("pxr", reason="needs the extra: pip install 'scenewright[usd]'")

from pxr import Usd, UsdGeom, UsdShade

from meshing.usdz import package, usdz_bytes

pytestmark = pytest.mark.extra("usd")

SOLID = trimesh.creation.box((1, 2, 3))
IMAGE = np.random.default_rng(0).integers(0, 256, (64, 32, 3), np.uint8)
MESH = Mesh(
    SOLID.vertices.astype(np.float32),
    SOLID.faces.astype(np.int32),
    uv=np.random.default_rng(0).random((8, 2), np.float32),
    base_color=IMAGE,
    licences=("CC-BY-4.0",),
)


@pytest.fixture
def stage(tmp_path: Path) -> Usd.Stage:
    path = tmp_path / "box.usdz"
    path.write_bytes(usdz_bytes(MESH))
    return Usd.Stage.Open(str(path))


@pytest.mark.parametrize("lengths", [(1, 100, 64), (63, 1, 0), (5000, 3)])
def test_every_file_begins_at_a_multiple_of_64_bytes_and_is_not_compressed(lengths: tuple[int, ...]) -> None:
    files = [("n" * (k + 1) + ".bin", bytes(range(256)) * (n // 256) + bytes(n % 256)) for k, n in enumerate(lengths)]
    data = package(files)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for entry, (name, content) in zip(archive.infolist(), files, strict=True):
            assert (entry.filename, entry.compress_type) == (name, zipfile.ZIP_STORED)
            start = entry.header_offset + 30 + len(name) + len(entry.extra)
            assert start % 64 == 0
            assert data[start : start + len(content)] == content


def test_the_scene_comes_first_and_the_texture_is_a_jpeg() -> None:
    with zipfile.ZipFile(io.BytesIO(usdz_bytes(MESH))) as archive:
        assert archive.namelist() == ["scene.usdc", "texture.jpg"]
        back = np.asarray(Image.open(archive.open("texture.jpg")), np.float32)
    assert np.abs(back - IMAGE).mean() < 12


def test_it_is_in_metres_upright_and_of_the_same_size(stage: Usd.Stage) -> None:
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert stage.GetDefaultPrim().GetPath() == "/Root"
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"]).ComputeWorldBound(stage.GetPseudoRoot()).GetRange()
    assert tuple(box.GetSize()) == (1, 2, 3)
    assert stage.GetRootLayer().customLayerData["licences"] == "CC-BY-4.0"


def test_points_faces_and_coordinates_come_back(stage: Usd.Stage) -> None:
    surface = UsdGeom.Mesh(stage.GetPrimAtPath("/Root/Surface"))
    np.testing.assert_array_equal(np.array(surface.GetPointsAttr().Get()), MESH.vertices)
    np.testing.assert_array_equal(np.array(surface.GetFaceVertexIndicesAttr().Get()).reshape(-1, 3), MESH.faces)
    assert surface.GetSubdivisionSchemeAttr().Get() == "none"
    assert MESH.uv is not None
    st = np.array(UsdGeom.PrimvarsAPI(surface).GetPrimvar("st").Get())
    np.testing.assert_allclose(np.stack([st[:, 0], 1 - st[:, 1]], axis=1), MESH.uv, atol=1e-6)


def test_photographed_colors_shine_by_themselves_and_matte_ones_are_lit(tmp_path: Path) -> None:
    for unlit, lit_by in ((True, "emissiveColor"), (False, "diffuseColor")):
        path = tmp_path / f"{unlit}.usdz"
        path.write_bytes(usdz_bytes(MESH, unlit=unlit))
        stage = Usd.Stage.Open(str(path))
        shader = UsdShade.Shader(stage.GetPrimAtPath("/Root/Material/Surface"))
        (source,) = shader.GetInput(lit_by).GetConnectedSources()[0]
        assert source.source.GetPath() == "/Root/Material/Texture"
        if unlit:
            assert tuple(shader.GetInput("diffuseColor").Get()) == (0, 0, 0)


def test_a_transparent_texture_stays_transparent() -> None:
    clear = np.concatenate([IMAGE, np.full((64, 32, 1), 99, np.uint8)], axis=2)
    with zipfile.ZipFile(io.BytesIO(usdz_bytes(replace(MESH, base_color=clear)))) as archive:
        np.testing.assert_array_equal(np.asarray(Image.open(archive.open("texture.png"))), clear)


def test_the_library_s_own_validators_find_nothing(stage: Usd.Stage) -> None:
    validation = pytest.importorskip("pxr.UsdValidation")
    validators = validation.ValidationRegistry().GetOrLoadAllValidators()
    found = validation.ValidationContext(validators).Validate(stage)
    assert [f"{error.GetName()}: {error.GetMessage()}" for error in found] == []


def test_the_same_mesh_gives_the_same_bytes() -> None:
    assert usdz_bytes(MESH) == usdz_bytes(MESH)
