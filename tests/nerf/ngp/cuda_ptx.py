"""Compiles every CUDA kernel to PTX, which takes numba-cuda and NVIDIA's compiler library but no GPU and no driver."""

import sys

from numba import boolean, cuda, float32, int32, int64, types, uint8, void

from nerf.ngp import composite_cuda, encoding_cuda, march_cuda

F1, F2 = float32[::1], float32[:, ::1]
LEVELS = float32[::1], int32[::1], uint8[::1], int64[::1], int32[::1]
SETTINGS = types.Tuple([float32] * 5 + [boolean])
KERNELS = {
    encoding_cuda.encode_kernel: (F2, F2, *LEVELS, F2),
    encoding_cuda.encode_backward_kernel: (F2, F2, *LEVELS, F2),
    march_cuda.count_kernel: (F2, F2, F1, SETTINGS, uint8[::1], uint8[::1], int64, F2, int64[::1]),
    march_cuda.write_kernel: (F2, F2, SETTINGS, F2, int64[::1], F2, F1, F1, int64[::1]),
    composite_cuda.composite_kernel: (F1, F2, F1, F1, int64[::1], F2, F2, F1, F1, F1),
    composite_cuda.backward_kernel: (F1, F2, F1, F1, int64[::1], F2, F1, F2, F1, F1, F1, F1, F2),
}

if __name__ == "__main__":
    for capability in ((7, 5), (9, 0)):
        for kernel, arguments in KERNELS.items():
            ptx, _ = cuda.compile_ptx(kernel.py_func, void(*arguments), cc=capability)
            name = kernel.py_func.__name__
            lines = [line.strip() for line in ptx.splitlines()]
            double = sum(".f64" in line for line in lines)
            atomics = sum(line.startswith(("atom", "red.")) for line in lines)
            print(f"sm_{capability[0]}{capability[1]} {name}: {len(lines)} lines, {double} f64, {atomics} atomics")
            assert f"sm_{capability[0]}{capability[1]}" in ptx
            if double:
                sys.exit(f"{name}: {double} instructions in double precision")
            if (atomics > 0) != (name == "encode_backward_kernel"):
                sys.exit(f"{name}: {atomics} atomic additions")
