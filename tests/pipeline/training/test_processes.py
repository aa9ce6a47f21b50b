import os
import socket
import subprocess
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from pipeline.training.processes import Processes, processes_here

ROOT = Path(__file__).parents[3]

NETWORK = """
import sys
from pathlib import Path
import torch
from torch import nn

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = nn.Embedding(6, 3, sparse=True)
        self.first, self.second, self.unused = nn.Linear(3, 4), nn.Linear(4, 1), nn.Linear(2, 2)
        self.only_one = nn.Parameter(torch.ones(()))
        self.register_buffer("mean", torch.zeros(()))

    def loss(self, rank):
        which = torch.tensor([[0, 1, 4], [1, 2, 4]][rank])
        made = self.second(torch.tanh(self.first(self.rows(which))))
        self.mean += float(rank + 1)
        return (made.square() * (self.only_one if rank else 1.0)).mean()
"""

TWO = (
    NETWORK
    + """
from safetensors.torch import save_file
from pipeline.training.processes import processes_here

with processes_here("cpu") as here, here.folder(Path(sys.argv[1]) / "run") as folder:
    torch.manual_seed(here.rank)  # the first one's weights count
    network = Network()
    here.place(network)
    here.place(nn.Linear(1, 1).requires_grad_(False))
    network.loss(here.rank).backward()
    stored = {name: value for name, value in network.state_dict().items()}
    stored |= {"grad." + name: w.grad.to_dense() for name, w in network.named_parameters() if w.grad is not None}
    stored["is_sparse"] = torch.tensor(network.rows.weight.grad.is_sparse)
    with here.first_goes_first():
        seen = (folder / "data" / "drawn").is_file()
        if not here.rank:
            (folder / "data" / "drawn").write_text("once")
    assert seen == (here.rank == 1)
    (folder / "logs").mkdir()
    save_file(stored, Path(sys.argv[1]) / f"{here.rank}.safetensors")
"""
)


def in_two(program: str, *arguments: str) -> None:
    """Run a program in two processes, as torchrun would."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = {**os.environ, "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    each = [{**common, "RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(2)]
    command = [sys.executable, "-c", program, *arguments]
    running = [subprocess.Popen(command, cwd=ROOT, env=env) for env in each]
    assert [process.wait(timeout=300) for process in running] == [0, 0]


def test_a_step_of_two_processes_is_one_of_twice_the_objects(tmp_path: Path) -> None:
    in_two(TWO, str(tmp_path))
    one, two = (load_file(tmp_path / f"{rank}.safetensors") for rank in range(2))
    assert one.keys() == two.keys()
    assert all(torch.equal(one[name], two[name]) for name in one)
    names: dict[str, object] = {}
    exec(NETWORK, names)
    torch.manual_seed(0)
    alone = names["Network"]()  # type: ignore[operator]
    ((alone.loss(0) + alone.loss(1)) / 2).backward()
    expected = {name: w.grad.to_dense() for name, w in alone.named_parameters() if w.grad is not None}
    assert {name.removeprefix("grad.") for name in one if name.startswith("grad.")} == expected.keys()
    for name, grad in expected.items():
        assert torch.allclose(one[f"grad.{name}"], grad, atol=1e-7), name
    assert "grad.unused.weight" not in one
    assert bool(one["is_sparse"])
    assert float(one["mean"]) == 1.5
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["data", "logs"]  # the first one's


def test_one_process_needs_nothing_of_this() -> None:
    with processes_here("cpu") as here:
        network = nn.Linear(2, 1)
        here.place(network)
        network(torch.ones(1, 2)).sum().backward()
        assert network.weight.grad is not None
        assert here == Processes(0, 1, "cpu")
        assert here.described == "CPU, one thread"
    assert not torch.distributed.is_initialized()


def test_moments_of_a_stopped_training_follow_their_weights_and_steps_stay() -> None:
    weights = nn.Parameter(torch.ones(2, device="meta"))
    optimiser = torch.optim.Adam([weights])
    optimiser.state[weights] = {name: torch.ones(2) for name in ("exp_avg", "exp_avg_sq")} | {"step": torch.tensor(3.0)}
    Processes().place_moments(optimiser)
    moments = {name: value.device.type for name, value in optimiser.state[weights].items()}
    assert moments == {"step": "cpu", "exp_avg": "meta", "exp_avg_sq": "meta"}
