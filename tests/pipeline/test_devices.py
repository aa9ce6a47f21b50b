"""What the machine has."""

import os
from pathlib import Path

import pytest

from pipeline.devices import cores, cuda_devices, describe_machine, memory_bytes, resolve_device
from pipeline.errors import UserError


def test_cores_are_those_this_process_may_use() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("needs a system that binds processes to cores")
    allowed = os.sched_getaffinity(0)
    assert cores() == len(allowed)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_memory_is_no_more_than_the_machine_has() -> None:
    assert 100_000_000 < memory_bytes() < 10**14
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        total = int(meminfo.read_text().split()[1]) * 1024
        assert memory_bytes() <= total * 1.01


def test_auto_takes_a_cuda_device_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.devices.cuda_devices", lambda: 0)
    assert resolve_device("auto") == resolve_device("cpu") == "cpu"
    with pytest.raises(UserError, match=r"--device cuda: no CUDA device here \(allowed: cpu, auto\)"):
        resolve_device("cuda")
    monkeypatch.setattr("pipeline.devices.cuda_devices", lambda: 2)
    assert resolve_device("auto") == resolve_device("cuda") == "cuda"
    assert resolve_device("cpu") == "cpu"


def test_cuda_devices_are_those_that_torch_sees() -> None:
    import torch

    assert cuda_devices() == torch.cuda.device_count()


def test_a_machine_is_described_in_plain_values() -> None:
    machine = describe_machine()
    assert machine["cores"] == cores()
    assert machine["memory_bytes"] == memory_bytes()
    assert all(isinstance(value, (str, int)) for value in machine.values())
