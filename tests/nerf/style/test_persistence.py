import os
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from nerf.style.persistence import read_networks

sys.path.insert(0, str(Path(__file__).parent))
from published import WRITER, Persistent, generator, published_names, write


@pytest.mark.parametrize("protocol", [2, 4])
def test_tensors_and_settings_come_out_and_no_source_is_run(tmp_path: Path, protocol: int) -> None:
    made = write(tmp_path / "g.pkl", {"G_ema": generator(), "training_set_kwargs": {"path": "x"}}, protocol)
    stored = read_networks(made.path)["G_ema"]
    expected = made.networks["G_ema"].state_dict()
    found = stored.state()
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    assert stored.modules["synthesis"].settings["C"] == {"depth_range": [0.9, 1.1], "fov": 14, "bg_start": 0.5}
    assert stored.modules["synthesis"].settings["resolution_vol"] == 32


def test_kinds_of_numbers_and_views_are_kept(tmp_path: Path) -> None:
    numbers = torch.arange(24).reshape(4, 6)
    tensors = {"small": numbers.half(), "whole": numbers, "turned": numbers.T, "part": numbers[1:3, ::2]}
    module = Persistent()
    for name, value in tensors.items():
        module.register_buffer(name, value)
    found = read_networks(write(tmp_path / "g.pkl", {"G": module}).path)["G"].tensors
    assert all(torch.equal(found[name], value) and found[name].dtype == value.dtype for name, value in tensors.items())


class Runs:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.what = function, arguments

    def __reduce__(self) -> Any:
        return self.what


@pytest.mark.parametrize("where", ["beside", "in a module", "as a tensor", "in the numbers"])
def test_hostile_checkpoints_are_refused_and_nothing_runs(tmp_path: Path, where: str) -> None:
    victim = tmp_path / "gone"
    victim.touch()
    hostile = Runs(os.unlink, str(victim))
    module = generator()
    networks: dict[str, Any] = {"G_ema": module}
    if where == "beside":
        networks["D"] = hostile
    elif where == "in a module":
        module.synthesis.C.fov = hostile
    elif where == "as a tensor":
        module.mapping.__dict__["_parameters"]["extra"] = hostile
    else:
        inner = Runs(torch.storage._load_from_bytes, WRITER.dumps(hostile))
        rebuilt = Runs(torch._utils._rebuild_tensor_v2, inner, 0, (1,), (1,), False, None)
        module.mapping.__dict__["_buffers"]["extra"] = rebuilt
    path = write(tmp_path / "g.pkl", networks).path
    with pytest.raises(ValueError, match=r"g.pkl: asks for \w+\.unlink, which is not allowed"):
        read_networks(path)
    assert victim.exists()


@pytest.mark.parametrize(("offset", "size", "stride"), [
    (0, (1000,), (1,)), (4, (2,), (1,)), (0, (2, 2), (100, 1)), (-1, (1,), (1,)), (0, (2**40, 2**40), (0, 0)),
    (0, (2,), (1, 1)), ("0", (2,), (1,)), (0, (1,) * 40, (1,) * 40),
])  # fmt: skip
def test_tensors_that_reach_beyond_their_numbers_are_refused(
    tmp_path: Path, offset: Any, size: tuple[int, ...], stride: tuple[int, ...]
) -> None:
    module = Persistent()
    storage = torch.zeros(5).untyped_storage()
    typed = torch.storage.TypedStorage(wrap_storage=storage, dtype=torch.float32, _internal=True)
    rebuilt = Runs(torch._utils._rebuild_tensor_v2, typed, offset, size, stride, False, None)
    module.__dict__["_buffers"]["x"] = rebuilt
    path = write(tmp_path / "g.pkl", {"G": module}).path
    with pytest.raises(ValueError, match=r"g.pkl: a tensor"):
        read_networks(path)


def test_files_that_hold_something_else_are_told(tmp_path: Path) -> None:
    path = tmp_path / "g.pkl"
    with pytest.raises(FileNotFoundError, match="no such checkpoint"):
        read_networks(path)
    path.write_bytes(WRITER.dumps([1, 2]))
    with pytest.raises(ValueError, match=r"must hold networks by name \(got list\)"):
        read_networks(path)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match="is not a whole pickle"):
        read_networks(path)


def test_a_module_within_itself_is_told(tmp_path: Path) -> None:
    module = Persistent(inner=Persistent())
    with published_names():
        content = WRITER.dumps({"G": module}, 2)
    path = tmp_path / "g.pkl"
    path.write_bytes(content)
    assert "inner" in read_networks(path)["G"].modules
    deep = module
    for _ in range(80):
        deep = Persistent(inner=deep)
    with pytest.raises(ValueError, match="too deep"):
        read_networks(write(path, {"G": deep}).path)
