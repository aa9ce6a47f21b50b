"""What the exporter writes compressed looks, in a browser, like what it writes plain."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from meshing.gltf.model import Encoding
from meshing.gltf.scene import scene_of
from meshing.gltf.writer import glb_bytes
from meshing.mesh import Mesh
from viewer.server import make_app

pytestmark = pytest.mark.browser
FORMS: dict[str, dict[str, Any]] = {
    "quantised": {"quantize": True},
    "meshopt": {"quantize": True, "compression": "meshopt"},
    "draco": {"compression": "draco"},
    "ktx2": {},
}
ENCODINGS: dict[str, Encoding] = {"ktx2": "ktx2"}
NEEDS = {"meshopt": "meshopt", "draco": "DracoPy", "ktx2": "zstandard"}
LEAST_DB = {"ktx2": 30.0}  # its blocks lose a little; what the others lose cannot be seen
MARKED = [pytest.param(name, marks=pytest.mark.extra(name)) if name in NEEDS else name for name in FORMS]


def knob() -> Mesh:
    """A bumpy ball under a smooth picture."""
    solid = trimesh.creation.icosphere(4)
    points = solid.vertices * (1 + 0.08 * np.sin(7 * solid.vertices[:, [1]]))
    coarse = np.random.default_rng(0).integers(30, 226, (8, 8, 3), np.uint8)
    image = np.asarray(Image.fromarray(coarse).resize((256, 256), Image.Resampling.BICUBIC))
    uv = (0.5 + 0.4 * solid.vertices[:, :2]).astype(np.float32)
    return Mesh(points.astype(np.float32), solid.faces.astype(np.int32), uv=uv, base_color=image)


@pytest.fixture
def picture_of(run: Path, page: Any, serving: Callable[..., Any], tmp_path: Path) -> Callable[[str, bytes], np.ndarray]:
    """A function that shows a GLB on the page and gives the picture of it, 0 ... 255."""

    def take(name: str, data: bytes) -> np.ndarray:
        (run / "outputs/glb.glb").write_bytes(data)
        with serving(make_app(run)) as address:
            page.open(address + "/")
            page.wait_for_model()
            return np.asarray(page.picture(tmp_path / f"{name}.png", "canvas"))[..., :3].astype(np.float64)

    return take


@pytest.mark.parametrize("name", MARKED)
def test_a_compressed_form_looks_like_the_plain_one(picture_of: Callable[[str, bytes], np.ndarray], name: str) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason=f"needs pip install 'scenewright[{name}]'")
    scene = scene_of(knob(), encoding="png")
    plain = picture_of("plain", glb_bytes(scene))
    assert plain.std() > 20, "there is something to see"
    packed = glb_bytes(scene_of(knob(), encoding=ENCODINGS.get(name, "png")), **FORMS[name])
    error = float(((picture_of(name, packed) - plain) ** 2).mean())
    assert 10 * np.log10(255**2 / max(error, 1e-9)) > LEAST_DB.get(name, 40.0)
