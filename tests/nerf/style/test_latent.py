from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nerf.style.latent import Latent


def some() -> Latent:
    w = np.arange(6, dtype=np.float32).reshape(3, 2)
    return Latent(w, np.array([0.1, 0.9, 0.1], np.float32), "generator:1", "a red chair", 0.9, ("a note",))


def test_it_comes_back_from_disk_and_bytes_repeat(tmp_path: Path) -> None:
    for name in ("a", "b"):
        some().save(tmp_path / name)
    back = Latent.load(tmp_path / "a")
    assert np.array_equal(back.w, some().w)
    assert (back.generator, back.name, back.extent_m, back.notes) == ("generator:1", "a red chair", 0.9, ("a note",))
    for file in ("latent.npz", "latent.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_no_styles_and_things_without_size_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a score for each style \(got 0 and 0\)"):
        Latent(np.zeros((0, 3), np.float32), np.zeros(0, np.float32), "g")
    with pytest.raises(ValueError, match=r"extent_m: must be more than 0 \(got 0"):
        Latent(np.zeros((1, 3), np.float32), np.zeros(1, np.float32), "g", extent_m=0.0)


def test_layers_of_an_objects_own_come_back_and_only_a_single_candidate_has_them(tmp_path: Path) -> None:
    one, own = some(), {"layers.0.weight": np.arange(6, dtype=np.float32).reshape(1, 2, 3)}
    with pytest.raises(ValueError, match=r"latent.own: only a single candidate may have layers of its own \(got 3\)"):
        replace(one, own=own)
    replace(one, w=one.w[:1], scores=one.scores[:1], own=own).save(tmp_path)
    back = Latent.load(tmp_path).own
    assert list(back) == ["layers.0.weight"]
    assert np.array_equal(back["layers.0.weight"], own["layers.0.weight"])
