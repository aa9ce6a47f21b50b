from pathlib import Path

import torch

from vision.checkpoint import keep, resume


def parts(seed: int) -> tuple[dict[str, torch.nn.Module], torch.optim.Optimizer]:
    networks: dict[str, torch.nn.Module] = {"network": torch.nn.Linear(3, 2), "mean": torch.nn.BatchNorm1d(2)}
    parameters = [value for network in networks.values() for value in network.parameters()]
    generator = torch.Generator().manual_seed(seed)
    for value in parameters:
        torch.nn.init.normal_(value, generator=generator)
    return networks, torch.optim.Adam(parameters, 0.1)


def learn(networks: dict[str, torch.nn.Module], optimizer: torch.optim.Optimizer, seed: int) -> None:
    optimizer.zero_grad()
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(seed))
    networks["mean"](networks["network"](x)).square().sum().backward()
    optimizer.step()


def weights(networks: dict[str, torch.nn.Module]) -> list[torch.Tensor]:
    return [value for network in networks.values() for value in network.state_dict().values()]


def test_the_next_step_is_the_same_after_a_stop_as_without_one(tmp_path: Path) -> None:
    networks, optimizer = parts(0)
    learn(networks, optimizer, 1)
    keep(tmp_path / "at.safetensors", networks, optimizer, 1)
    other, other_optimizer = parts(5)
    assert resume(tmp_path / "at.safetensors", other, other_optimizer) == 1
    learn(networks, optimizer, 2)
    learn(other, other_optimizer, 2)
    assert all(torch.equal(a, b) for a, b in zip(weights(networks), weights(other), strict=True))
    assert [path.name for path in tmp_path.iterdir()] == ["at.safetensors"]
