"""A mesh as USDZ, for Quick Look on iPhones, iPads and Vision Pro: metres, y up, one texture.

A USDZ is a zip without compression whose files begin at multiples of 64 bytes, the scene first. The same mesh gives
the same bytes.
"""

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from meshing.mesh import Mesh, check_mesh

try:
    from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt
except ImportError as error:
    raise ImportError("USDZ needs usd-core: pip install 'scenewright[usd]'") from error

_ALIGNMENT = 64
_HEADER = 30  # bytes of a zip's local header before the name
_NEW_YEAR = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold, so that the bytes do not change


@dataclass(frozen=True, eq=False)
class Picture:
    """The texture's file inside the package: JPEG or PNG, the only ones that Quick Look reads."""

    name: str
    data: bytes


def usdz_bytes(mesh: Mesh, *, unlit: bool = True, double_sided: bool = False, quality: int = 92) -> bytes:
    """`mesh` as one USDZ file with its texture as JPEG (PNG where it is transparent).

    Unlit puts the photographed colours into `emissiveColor`, where no light changes them. Vertex colours are not
    written: Apple's readers show none; bake them into a texture first.
    """
    check_mesh(mesh)
    picture = None if mesh.base_color is None else picture_of(mesh.base_color, quality)
    scene = _scene(mesh, picture, unlit, double_sided)
    return package([("scene.usdc", scene), *([] if picture is None else [(picture.name, picture.data)])])


def package(files: list[tuple[str, bytes]]) -> bytes:
    """A zip of files as they are, each beginning at a multiple of 64 bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, _NEW_YEAR)
            entry.create_system = 3
            padding = -(out.tell() + _HEADER + len(name.encode())) % _ALIGNMENT
            if 0 < padding < 4:  # an extra field has a head of 4 bytes
                padding += _ALIGNMENT
            if padding:
                entry.extra = np.array([0x1986, padding - 4], "<u2").tobytes() + bytes(padding - 4)
            archive.writestr(entry, data)
    return out.getvalue()


def picture_of(image: UInt8[np.ndarray, "h w channels"], quality: int) -> Picture:
    """The texture's file: JPEG, or PNG where it is transparent."""
    out = io.BytesIO()
    if image.shape[2] == 4:
        Image.fromarray(image).save(out, "PNG")
        return Picture("texture.png", out.getvalue())
    Image.fromarray(image).save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
    return Picture("texture.jpg", out.getvalue())


def _scene(mesh: Mesh, picture: Picture | None, unlit: bool, double_sided: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.usdc"
        stage = Usd.Stage.CreateNew(str(path))
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
        UsdGeom.SetStageMetersPerUnit(stage, 1.0)
        root = UsdGeom.Xform.Define(stage, "/Root")
        stage.SetDefaultPrim(root.GetPrim())
        if mesh.licences:
            stage.GetRootLayer().customLayerData = {"licences": "; ".join(mesh.licences)}
        surface = _surface(stage, mesh, double_sided)
        material = _material(stage, picture, unlit, mesh.base_color is not None and mesh.base_color.shape[2] == 4)
        UsdShade.MaterialBindingAPI.Apply(surface.GetPrim()).Bind(material)
        stage.GetRootLayer().Save()
        return path.read_bytes()


def _surface(stage, mesh: Mesh, double_sided: bool):  # type: ignore[no-untyped-def]
    surface = UsdGeom.Mesh.Define(stage, "/Root/Surface")
    low, high = mesh.vertices.min(axis=0).tolist(), mesh.vertices.max(axis=0).tolist()
    surface.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(mesh.vertices)))
    surface.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(mesh.faces), 3, np.int32)))
    surface.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(np.ascontiguousarray(mesh.faces.ravel())))
    surface.CreateExtentAttr([Gf.Vec3f(*low), Gf.Vec3f(*high)])
    surface.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    surface.CreateDoubleSidedAttr(double_sided)
    if mesh.normals is not None:
        surface.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(mesh.normals)))
        surface.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    if mesh.uv is not None:
        upward = np.ascontiguousarray(np.stack([mesh.uv[:, 0], 1 - mesh.uv[:, 1]], axis=1), dtype=np.float32)
        st = UsdGeom.PrimvarsAPI(surface).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex)
        st.Set(Vt.Vec2fArray.FromNumpy(upward))
    return surface


def _material(stage, picture: Picture | None, unlit: bool, transparent: bool):  # type: ignore[no-untyped-def]
    kinds = Sdf.ValueTypeNames
    material = UsdShade.Material.Define(stage, "/Root/Material")
    shader = UsdShade.Shader.Define(stage, "/Root/Material/Surface")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("roughness", kinds.Float).Set(1.0)
    shader.CreateInput("metallic", kinds.Float).Set(0.0)
    shader.CreateInput("diffuseColor", kinds.Color3f).Set(Gf.Vec3f(0.0) if unlit and picture else Gf.Vec3f(0.7))
    if picture is not None:
        texture = _texture(stage, picture)
        color = shader.CreateInput("emissiveColor" if unlit else "diffuseColor", kinds.Color3f)
        color.ConnectToSource(texture.CreateOutput("rgb", kinds.Float3))
        if transparent:
            shader.CreateInput("opacity", kinds.Float).ConnectToSource(texture.CreateOutput("a", kinds.Float))
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material


def _texture(stage, picture: Picture):  # type: ignore[no-untyped-def]
    kinds = Sdf.ValueTypeNames
    reader = UsdShade.Shader.Define(stage, "/Root/Material/Coordinates")
    reader.CreateIdAttr("UsdPrimvarReader_float2")
    reader.CreateInput("varname", kinds.String).Set("st")
    texture = UsdShade.Shader.Define(stage, "/Root/Material/Texture")
    texture.CreateIdAttr("UsdUVTexture")
    texture.CreateInput("file", kinds.Asset).Set(picture.name)
    texture.CreateInput("sourceColorSpace", kinds.Token).Set("sRGB")
    for wrap in ("wrapS", "wrapT"):
        texture.CreateInput(wrap, kinds.Token).Set("clamp")
    texture.CreateInput("st", kinds.Float2).ConnectToSource(reader.CreateOutput("result", kinds.Float2))
    return texture
