"""CUDA graphs: a step's forward and backward, recorded once for each size and replayed at one launch.

A graph has fixed shapes, so that rays and samples are padded to a few sizes; what is added has no say in the loss.
"""

from collections.abc import Callable

import torch

from nerf.ngp.jit_cuda import SIMULATED

Tensors = tuple[torch.Tensor, ...]
LEAST = 1024
WARM = 3  # calls before recording, in which kernels compile and libraries choose their ways


def size_for(n: int) -> int:
    """The next of 1024, 1536, 2048, 3072, 4096, ...: at most half as much again as asked for."""
    power = LEAST
    while power < n:
        if 3 * power // 2 >= n:
            return 3 * power // 2
        power *= 2
    return power


def padded(tensor: torch.Tensor, size: int, value: float = 0) -> torch.Tensor:
    """The tensor with its first axis filled up to `size`."""
    if len(tensor) == size:
        return tensor.contiguous()
    rest = tensor.new_full((size - len(tensor), *tensor.shape[1:]), value)
    return torch.cat([tensor, rest])


class Replayed:
    """A function of tensors as a graph: called with other tensors of the same shapes, it runs again on those.

    What it gives back is overwritten by the next call. In the simulator the function is called as it is.
    """

    def __init__(self, function: Callable[..., Tensors], inputs: Tensors) -> None:
        self.function, self.inputs = function, tuple(tensor.clone() for tensor in inputs)
        if SIMULATED:
            return
        side, current = torch.cuda.Stream(), torch.cuda.current_stream()  # type: ignore[no-untyped-call]
        side.wait_stream(current)
        with torch.cuda.stream(side):
            for _ in range(WARM):
                function(*self.inputs)
        current.wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.outputs = function(*self.inputs)

    def __call__(self, *inputs: torch.Tensor) -> Tensors:
        for kept, given in zip(self.inputs, inputs, strict=True):
            kept.copy_(given)
        if SIMULATED:
            return self.function(*self.inputs)
        self.graph.replay()
        return self.outputs
