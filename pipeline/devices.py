"""What this machine has: cores, memory and CUDA devices, found without loading any library that takes seconds."""

import ctypes
import os
import platform
import sys
from functools import cache

from pipeline.errors import UserError


@cache
def cuda_devices() -> int:
    """How many CUDA devices the driver reports; 0 without a driver."""
    for name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            driver = ctypes.CDLL(name)
        except OSError:
            continue
        count = ctypes.c_int(0)
        if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0:
            return count.value
    return 0


def resolve_device(asked: str) -> str:
    """ "cpu" or "cuda" for what the command line asked: "auto" takes a CUDA device where there is one."""
    if asked == "auto":
        return "cuda" if cuda_devices() else "cpu"
    if asked == "cuda" and not cuda_devices():
        raise UserError("--device cuda: no CUDA device here (allowed: cpu, auto)")
    return asked


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_bytes() -> int:
    """The machine's memory, or the control group's limit where that is lower."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 8 * 10**9
    try:
        with open("/sys/fs/cgroup/memory.max") as limit:
            text = limit.read().strip()
    except OSError:
        return total
    return min(total, int(text)) if text.isdigit() else total


def describe_machine() -> dict[str, object]:
    """The machine as the manifest records it: nothing that names a person or a host."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": sys.version.split()[0],
        "cores": cores(),
        "memory_bytes": memory_bytes(),
        "cuda_devices": cuda_devices(),
    }
