"""Where a training runs: on which device, and how many processes share each step.

Every process draws a batch of its own, and each backward pass ends with the mean of all processes' gradients: a step of
two processes is a step of one with twice the objects. The first process writes; the others work in a copy of its folder
that is thrown away.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

COPIED = ("checkpoints", "weights")
SHARED = ("data", "pictures")
PATIENCE = timedelta(hours=24)
"""How long processes wait for one that draws examples or measures."""


@dataclass(frozen=True)
class Processes:
    """This process among `count`, which torchrun numbers from 0, and the device that it computes on."""

    rank: int = 0
    count: int = 1
    device: str = "cpu"

    def place(self, module: "nn.Module") -> None:
        """Bring a network to the device; all processes begin with the weights of the first.

        From now on each of its backward passes ends with the mean of all processes' gradients.
        """
        import torch

        module.to(self.device)
        if self.count == 1:
            return
        for tensor in (*module.parameters(), *module.buffers()):
            torch.distributed.broadcast(tensor.data, 0)
        learned = [weights for weights in module.parameters() if weights.requires_grad]
        waiting: list[bool] = []

        def average() -> None:
            waiting.clear()
            mean_gradients(learned, self.count)
            for buffer in module.buffers():  # means that training follows
                if buffer.is_floating_point():
                    torch.distributed.all_reduce(buffer)
                    buffer /= self.count

        def arrived(_: "Tensor") -> None:
            if not waiting:
                waiting.append(True)
                torch.autograd.Variable._execution_engine.queue_callback(average)  # type: ignore[attr-defined]

        for weights in learned:
            weights.register_post_accumulate_grad_hook(arrived)  # type: ignore[no-untyped-call]

    def place_moments(self, optimiser: "Optimizer") -> None:
        """Bring what an optimiser remembers of a stopped training to its weights; steps are counted on the CPU."""
        for weights, moments in optimiser.state.items():
            for name, value in moments.items():
                if name != "step":
                    moments[name] = value.to(weights.device)

    @contextlib.contextmanager
    def first_goes_first(self) -> Iterator[None]:
        """The first process is through before the others begin, who then find what it made."""
        if self.rank:
            self._meet()
        yield
        if not self.rank:
            self._meet()

    def _meet(self) -> None:
        if self.count > 1:
            from torch import distributed

            distributed.barrier()

    @property
    def described(self) -> str:
        """For the card of what was trained."""
        if not self.device.startswith("cuda"):
            return "CPU, one thread" if self.count == 1 else f"CPU, {self.count} processes"
        import torch

        name = torch.cuda.get_device_name(self.device)
        return name if self.count == 1 else f"{self.count} x {name}"

    @contextlib.contextmanager
    def folder(self, given: Path) -> Iterator[Path]:
        """The folder itself for the first process, else a copy of what trainings go on from, which is thrown away."""
        if not self.rank:
            (given / SHARED[0]).mkdir(parents=True, exist_ok=True)
            self._meet()
            yield given
            return
        self._meet()
        with tempfile.TemporaryDirectory(prefix="scenewright-") as made:
            for name in COPIED:
                if (given / name).is_dir():
                    shutil.copytree(given / name, Path(made) / name)
            for name in SHARED:
                if (given / name).is_dir():
                    (Path(made) / name).symlink_to((given / name).resolve())
            yield Path(made)


def mean_gradients(learned: "list[nn.Parameter]", count: int) -> None:
    """Replace gradients by their mean over all processes; weights that no process used keep none."""
    import torch

    used = torch.tensor([float(weights.grad is not None) for weights in learned])
    is_sparse = [weights.grad is not None and weights.grad.is_sparse for weights in learned]
    grads = [torch.zeros_like(weights) if weights.grad is None else weights.grad.to_dense() for weights in learned]
    flat = torch.cat([used.to(grads[0].device), *(grad.flatten().float() for grad in grads)])
    torch.distributed.all_reduce(flat)
    is_used, means = flat[: len(learned)].tolist(), flat[len(learned) :] / count
    sizes = [weights.numel() for weights in learned]
    for weights, some, sparse, mean in zip(learned, is_used, is_sparse, torch.split(means, sizes), strict=True):
        whole = mean.reshape(weights.shape).to(weights.dtype)
        weights.grad = None if not some else whole.to_sparse(1) if sparse else whole  # rows that somebody drew


@contextlib.contextmanager
def processes_here(device: str) -> Iterator[Processes]:
    """This process alone, or as torchrun numbered it; on CUDA each process of a machine gets a device of its own."""
    rank, count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    local = int(os.environ.get("LOCAL_RANK", 0))
    import torch

    own = f"cuda:{local}" if device == "cuda" and count > 1 else device
    if own.startswith("cuda:"):
        torch.cuda.set_device(local)
    if count == 1:
        yield Processes(device=own)
        return
    torch.distributed.init_process_group("nccl" if device == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Processes(rank, count, own)
    finally:
        torch.distributed.destroy_process_group()
