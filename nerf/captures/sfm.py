"""Poses for photos that have none, by structure from motion; the only file that knows `pycolmap`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXHAUSTIVE_UP_TO = 120  # photos; every pair is tried. Beyond it, or in a video, neighbours are
NEIGHBOURS = 15
FEW = 10  # photos of one camera from which on its full distortion is fitted


@dataclass(frozen=True)
class PhotoGroup:
    """Photos that one camera took with one lens setting; `focal` in pixels, where the photos tell it."""

    names: tuple[str, ...]
    width: int
    height: int
    focal: float | None


def pose_photos(folder: Path, groups: list[PhotoGroup], scratch: Path, *, sequential: bool, seed: int = 0) -> Path:
    """The folder of a COLMAP model of the photos in `folder`; ValueError where nothing could be placed."""
    pycolmap = _pycolmap()
    pycolmap.logging.minloglevel = pycolmap.logging.ERROR.value + 1
    pycolmap.set_random_seed(seed)
    scratch.mkdir(parents=True, exist_ok=True)
    database = scratch / "database.db"
    database.unlink(missing_ok=True)
    for group in groups:
        _extract(pycolmap, folder, group, database)
    _match(pycolmap, database, sum(len(group.names) for group in groups), sequential, seed)
    options = pycolmap.IncrementalPipelineOptions()
    options.random_seed, options.num_threads, options.min_model_size = seed, 1, 3
    models = pycolmap.incremental_mapping(database, folder, scratch, options)
    if not models:
        raise ValueError("the photos could not be placed: too little overlap, texture or sharpness")
    best = max(models.values(), key=lambda model: (model.num_reg_images(), model.num_points3D()))
    found = scratch / "model"
    found.mkdir(exist_ok=True)
    best.write_binary(found)
    return found


def _extract(pycolmap: Any, folder: Path, group: PhotoGroup, database: Path) -> None:
    reader = pycolmap.ImageReaderOptions()
    reader.camera_model = "OPENCV" if len(group.names) >= FEW else "SIMPLE_RADIAL"
    if group.focal is not None:
        focals = [group.focal] * (2 if reader.camera_model == "OPENCV" else 1)
        zeros = [0.0] * (4 if reader.camera_model == "OPENCV" else 1)
        values = [*focals, group.width / 2, group.height / 2, *zeros]
        reader.camera_params = ",".join(map(str, values))
    extraction = pycolmap.FeatureExtractionOptions()
    extraction.num_threads = 1  # threads number the photos in the order in which they finish
    pycolmap.extract_features(
        database_path=database,
        image_path=folder,
        image_names=list(group.names),
        camera_mode=pycolmap.CameraMode.SINGLE,
        reader_options=reader,
        extraction_options=extraction,
        device=pycolmap.Device.cpu,
    )


def _match(pycolmap: Any, database: Path, count: int, sequential: bool, seed: int) -> None:
    """Match and verify on one thread with a seed, so that the same photos give the same pairs."""
    matching, verifying = pycolmap.FeatureMatchingOptions(), pycolmap.TwoViewGeometryOptions()
    matching.num_threads, verifying.ransac.random_seed = 1, seed
    if sequential or count > EXHAUSTIVE_UP_TO:
        pairing = pycolmap.SequentialPairingOptions()
        pairing.overlap = NEIGHBOURS
        pycolmap.match_sequential(database, matching, pairing, verifying, device=pycolmap.Device.cpu)
    else:
        pairing = pycolmap.ExhaustivePairingOptions()
        pycolmap.match_exhaustive(database, matching, pairing, verifying, device=pycolmap.Device.cpu)


def _pycolmap() -> Any:
    try:
        import pycolmap
    except ImportError as error:
        raise ImportError("photos without poses need pycolmap: pip install 'scenewright[sfm]'") from error
    return pycolmap
