"""The surface of a field that is known: a hollow ball with a smaller one inside, which no camera sees."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nerf.camera import from_field_of_view
from nerf.camera_path import turntable
from nerf.frame import identity_frame
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.radiance_field import RadianceField
from nerf.ngp.volume import Volume
from nerf.ngp.weights import n_weights
from nerf.posed_images import Photo, PosedImages, Source
from pipeline.stage import Context
from pipeline.stages.extract_mesh import ExtractMeshConfig, extract_mesh

SIDE, LEVELS = 48, Levels(2, 4, 8, 4, 16)
OUTER, CAVITY, INNER = 0.6, 0.4, 0.2
SOLID, EMPTY = 5.5, -12.0  # log-density


@pytest.fixture(scope="module")
def hollow() -> RadianceField:
    """Networks that say nothing, and what each cell adds to the log-density."""
    z, y, x = np.mgrid[:SIDE, :SIDE, :SIDE]
    distance = np.linalg.norm((np.stack([x, y, z], -1) + 0.5) / SIDE * 2 - 1, axis=-1).reshape(-1)
    solid = ((distance < OUTER) & (distance > CAVITY)) | (distance < INNER)
    return RadianceField(
        np.zeros((LEVELS.n_entries, 4), np.float32), np.zeros(n_weights(LEVELS.width), np.float32),
        np.full(SIDE**3 // 8, 255, np.uint8), LEVELS, Volume(np.zeros(3), 1.0), Marching(step=0.004),
        bias=np.where(solid, SOLID, EMPTY).astype(np.float32),
    )  # fmt: skip


@pytest.fixture(scope="module")
def views() -> PosedImages:
    """Ten cameras around it; their photos are never opened."""
    poses = np.concatenate([turntable(np.zeros(3), 3.0, tilt, 5) for tilt in (0.6, -0.5)])
    photos = tuple(Photo(str(k), Path(f"{k}.png"), 0) for k in range(len(poses)))
    return PosedImages((from_field_of_view(64, 64, 0.6),), photos, poses, identity_frame(), Source("made up"))


def _radii(field: RadianceField, views: PosedImages | None, folder: Path, **config: object) -> np.ndarray:
    settings = ExtractMeshConfig(resolution=48, **config)  # type: ignore[arg-type]
    mesh = extract_mesh(settings, Context(0, folder), field=field, views=views)
    return np.asarray(np.linalg.norm(mesh.vertices, axis=1))


def test_with_views_only_what_cameras_see_becomes_surface(
    hollow: RadianceField, views: PosedImages, tmp_path: Path
) -> None:
    radii = _radii(hollow, views, tmp_path)
    assert len(radii) > 1000
    assert radii.min() > 0.5 * (OUTER + CAVITY)
    assert abs(float(np.median(radii)) - OUTER) < 0.03


def test_without_views_every_crossing_of_the_density_does(hollow: RadianceField, tmp_path: Path) -> None:
    radii = _radii(hollow, None, tmp_path, min_component=0.0)
    for radius in (OUTER, CAVITY, INNER):
        assert (np.abs(radii - radius) < 0.04).sum() > 100


def test_a_field_of_thin_fog_is_to_be_trained_longer(hollow: RadianceField, views: PosedImages, tmp_path: Path) -> None:
    fog = replace(hollow, bias=np.full(SIDE**3, -3.0, np.float32))
    with pytest.raises(ValueError, match="its cameras see fog and no surface in it; train it longer"):
        _radii(fog, views, tmp_path)


def test_depth_without_views_is_refused_in_a_sentence(hollow: RadianceField, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"extract_mesh.method: depth needs the input views"):
        _radii(hollow, None, tmp_path, method="depth")
