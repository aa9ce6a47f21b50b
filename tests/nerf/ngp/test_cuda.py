"""CUDA kernels do what their definitions say, on a GPU or in numba's simulator, and compile for old and new devices."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def _run(program: str, **more: str) -> str:
    """What a program beside this file prints, run in a process of its own; its last error where it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **more}
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name(program))]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_kernels_agree_with_their_definitions_in_the_simulator() -> None:
    assert "kernels agree" in _run("cuda_check.py", NUMBA_ENABLE_CUDASIM="1")


@pytest.mark.gpu
def test_kernels_agree_with_their_definitions_on_the_device() -> None:
    assert "kernels agree" in _run("cuda_check.py")


@pytest.mark.extra("cuda")
def test_every_kernel_compiles_for_old_and_new_devices_in_single_precision() -> None:
    if importlib.util.find_spec("numba_cuda") is None:
        pytest.skip("needs numba-cuda: pip install 'scenewright[cuda]'")
    assert _run("cuda_ptx.py").count(" 0 f64") == 12
