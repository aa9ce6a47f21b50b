"""How CUDA kernels are compiled: by numba-cuda, from the same scalar functions as the CPU's, without a host compiler.

The only file that asks whether that is possible. `NUMBA_ENABLE_CUDASIM=1` runs the kernels on the CPU, slowly.
"""

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numba import cuda as untyped

cuda: Any = untyped
THREADS = 128  # per block
SIGNED = {"<u4": "<i4", "<u8": "<i8"}
SIMULATED = bool(cuda.config.ENABLE_CUDASIM)

kernel = cuda.jit


def device_twin(function: Callable[..., Any]) -> Any:
    """A CPU kernel's scalar function for CUDA kernels to call, and so on for all that it calls itself.

    Inlined: a call proper would ask for a device while it is typed.
    """
    plain = getattr(function, "py_func", function)
    known = dict(plain.__globals__)
    for name in plain.__code__.co_names:
        if hasattr(known.get(name), "py_func"):
            known[name] = device_twin(known[name])
    twin = types.FunctionType(plain.__code__, known, plain.__name__, plain.__defaults__)
    return cuda.jit(device=True, inline="always")(twin)


def check() -> None:
    """Raise ImportError or RuntimeError where CUDA kernels cannot run."""
    if SIMULATED:
        return
    if not torch.cuda.is_available():
        raise RuntimeError("backend cuda: needs an NVIDIA GPU and a torch built for it (torch finds none here)")
    if not cuda.is_available():
        raise ImportError("backend cuda: numba finds no CUDA: pip install 'scenewright[cuda]'")


def launch(function: Callable[..., Any], n: int, *arguments: Any) -> None:
    """Run a kernel with one thread for each of n items, on torch's current stream; tensors are not copied."""
    if n == 0:
        return
    given = [as_array(argument) if isinstance(argument, torch.Tensor) else argument for argument in arguments]
    stream = 0 if SIMULATED else cuda.external_stream(torch.cuda.current_stream().cuda_stream)
    threads = 8 if SIMULATED else THREADS
    function[(n + threads - 1) // threads, threads, stream](*given)  # type: ignore[index]


def as_array(tensor: torch.Tensor) -> Any:
    """A view of a tensor's memory that kernels take."""
    tensor = tensor.detach()
    return tensor.numpy() if SIMULATED else cuda.as_cuda_array(tensor)


def constants(*arrays: np.ndarray, device: torch.device) -> tuple[torch.Tensor, ...]:
    """Small tables on the device; unsigned numbers go as signed ones of the same width, which kernels read back."""
    signed = (array.view(SIGNED.get(array.dtype.str, array.dtype.str)) for array in arrays)
    return tuple(torch.from_numpy(array).to(device) for array in signed)
