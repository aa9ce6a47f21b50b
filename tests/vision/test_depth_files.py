from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.depth_files import read_depth

METRES = np.linspace(0.5, 4.0, 12).reshape(3, 4)


def test_levels_are_millimetres_and_both_ends_mean_unknown(tmp_path: Path) -> None:
    levels = np.rint(METRES * 1000).astype(np.uint16)
    levels[0, 0], levels[1, 1] = 0, 65535
    Image.fromarray(levels).save(tmp_path / "d.png")
    depth = read_depth(tmp_path / "d.png")
    assert depth.metric
    assert depth.confidence[0, 0] == depth.confidence[1, 1] == 0
    known = depth.confidence > 0
    np.testing.assert_allclose(1 / depth.values[known], METRES[known], atol=6e-4)


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_arrays_are_metres(tmp_path: Path, suffix: str) -> None:
    with (tmp_path / f"d.{suffix}").open("wb") as file:
        np.save(file, METRES) if suffix == "npy" else np.savez(file, METRES)
    np.testing.assert_allclose(1 / read_depth(tmp_path / f"d.{suffix}").values, METRES, rtol=1e-6)


def test_inverse_depth_keeps_its_order_and_has_no_unit(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", METRES)
    depth = read_depth(tmp_path / "d.npy", inverse=True)
    assert not depth.metric
    np.testing.assert_allclose(depth.values, METRES, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("d.npy", np.zeros((3, 4)), "has no positive finite depth"),
        ("d.npy", np.full((3, 4), np.nan), "has no positive finite depth"),
        ("d.npy", np.full((3, 4), 2.0), "everywhere"),
        ("d.npy", np.ones((3, 4, 3)), "one map of depth"),
        ("d.npy", np.array(["a", "b"]), "no readable array"),
    ],
)
def test_depth_that_is_none_is_one_sentence(tmp_path: Path, name: str, array: np.ndarray, says: str) -> None:
    np.save(tmp_path / name, array)
    with pytest.raises(ValueError, match=says):
        read_depth(tmp_path / name)


def test_damaged_files_are_one_sentence(tmp_path: Path) -> None:
    for name, says in (("a.png", "no readable depth picture"), ("a.npz", "no readable array"), ("a.npy", "array")):
        (tmp_path / name).write_bytes(b"PK\x03\x04 damaged")
        with pytest.raises(ValueError, match=says):
            read_depth(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="no such depth file"):
        read_depth(tmp_path / "missing.png")
    Image.new("RGB", (4, 4)).save(tmp_path / "rgb.png")
    with pytest.raises(ValueError, match="has channels RGB"):
        read_depth(tmp_path / "rgb.png")
