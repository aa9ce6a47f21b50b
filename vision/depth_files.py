"""Measured depth from a file of its own: a 16-bit picture, or an array."""

import zipfile
from pathlib import Path

import numpy as np

from vision.depth import InverseDepth, inverse_depth, inverse_of_depth
from vision.photo import open_image

UNKNOWN = 65535  # what Kinect recordings write where nothing was measured, as well as 0


def read_depth(path: Path, *, unit: float = 0.001, inverse: bool = False) -> InverseDepth:
    """The depth in `path`: a picture's levels times `unit` metres, an array in metres, or inverse depth of any scale.

    Raises FileNotFoundError, or ValueError for what is no map of depth.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such depth file")
    values = _array(path) if path.suffix in (".npy", ".npz") else _levels(path) * (1.0 if inverse else unit)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(f"{path}: must hold one map of depth, rows by columns (got shape {values.shape})")
    if inverse:
        return inverse_depth(values, source="file", where=str(path))
    return inverse_of_depth(values, source="file", where=str(path))


def _levels(path: Path) -> np.ndarray:
    try:
        with open_image(path) as image:
            if image.mode not in ("L", "I", "F", "I;16", "I;16B", "I;16L"):
                raise ValueError(f"has channels {image.mode}, depth has one")
            levels = np.asarray(image, np.float64)
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"{path}: is no readable depth picture ({str(error).splitlines()[0][:120]})") from error
    return np.where(levels == UNKNOWN, 0.0, levels)


def _array(path: Path) -> np.ndarray:
    try:
        with path.open("rb") as file:  # numpy leaves a file open that it cannot read
            found = np.load(file, allow_pickle=False)
            if not isinstance(found, np.ndarray):
                if len(found.files) != 1:
                    raise ValueError(f"holds {len(found.files)} arrays, one is allowed")
                found = found[found.files[0]]
            array: np.ndarray = found.astype(np.float64)
            return array
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: is no readable array of depth ({str(error).splitlines()[0][:120]})") from error
