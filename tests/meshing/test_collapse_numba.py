from pathlib import Path

import numpy as np
import pytest
from numba import types
from numba.core.caching import NullCache
from numba.core.registry import CPUDispatcher, cpu_target

from meshing import collapse_numba
from meshing.collapse_numba import FILES, included_text, kept_for, surface_of


def key(text: int) -> object:
    """What numba looks a compiled function up by."""
    cache = kept_for(text)._cache
    return cache._index_key((types.int64,), cpu_target.target_context.codegen())


def test_a_change_of_any_file_that_is_compiled_in_is_another_function_for_the_cache() -> None:
    assert key(1) == key(1)
    assert key(1) != key(2)


def test_the_checksum_is_of_all_files_that_compiled_functions_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    functions = [one for one in vars(collapse_numba).values() if isinstance(one, CPUDispatcher)]
    assert {Path(one.py_func.__code__.co_filename).name for one in functions} == set(FILES)
    whole = included_text()
    for name in FILES:
        monkeypatch.setattr(collapse_numba, "FILES", tuple(other for other in FILES if other != name))
        assert included_text() != whole


def test_only_the_whole_is_kept_on_disk() -> None:
    """A part that was kept would bring the old text of what it calls along."""
    functions = [one for one in vars(collapse_numba).values() if isinstance(one, CPUDispatcher)]
    own = [one for one in functions if one.py_func.__module__ == collapse_numba.__name__]
    assert {one.py_func.__name__ for one in own if not isinstance(one._cache, NullCache)} == {"run"}  # type: ignore[attr-defined]


def test_what_is_known_of_a_face_or_a_point_lies_together_and_apart_from_all_else() -> None:
    rng = np.random.default_rng(0)
    points, faces = rng.random((5, 3)), rng.integers(0, 5, (7, 3)).astype(np.int32)
    mesh = surface_of(points, faces, faces, np.empty((0, 2)), np.zeros(5, np.uint8), np.zeros((1, 1)))
    assert (mesh.geometry == 0).all()
    assert (mesh.mark == 0).all()
    assert (mesh.links[np.arange(28) % 4 < 3] == -1).all(), "the queue is empty"
    mesh.geometry[:], mesh.mark[:], mesh.lists[:], mesh.following[np.arange(28) % 4 < 3] = 3.0, 4, 5, 6
    np.testing.assert_array_equal(mesh.points, points)
    np.testing.assert_array_equal(mesh.faces, np.concatenate([faces, np.ones((7, 1), np.int32)], axis=1))
    assert (mesh.geometry == 3).all()
    assert (mesh.mark == 4).all()
    assert (mesh.lists == 5).all()
    lines = {mesh.points[2].ctypes.data // 64, mesh.mark[2].ctypes.data // 64, mesh.lists[2].ctypes.data // 64}
    assert lines == {mesh.geometry[2].ctypes.data // 64}
    assert mesh.faces[3].ctypes.data // 64 == mesh.links[12].ctypes.data // 64 == mesh.links[14].ctypes.data // 64
