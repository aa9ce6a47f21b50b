from pathlib import Path

import numpy as np
import pytest

from vision.embedding import Embedding


def test_it_comes_back_from_disk_and_bytes_repeat(tmp_path: Path) -> None:
    given = Embedding(np.ones(3, np.float32), "dual:1", "text", "ein roter Stuhl ✓", "chair", 0.5, ("one", "two"))
    for name in ("a", "b"):
        given.save(tmp_path / name)
    back = Embedding.load(tmp_path / "a")
    assert np.array_equal(back.vector, given.vector)
    assert {key: value for key, value in vars(back).items() if key != "vector"} == {
        key: value for key, value in vars(given).items() if key != "vector"
    }
    for file in ("embedding.npz", "embedding.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_another_version_is_refused(tmp_path: Path) -> None:
    Embedding(np.ones(3, np.float32), "dual:1", "text", "a").save(tmp_path)
    path = tmp_path / "embedding.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 9'))
    with pytest.raises(ValueError, match="version must be 1"):
        Embedding.load(tmp_path)
