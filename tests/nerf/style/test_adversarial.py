import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from nerf.style.adversarial import AdversarialTraining, Critic, begin, faded, fine_tune, grown, path_loss, penalty
from nerf.style.autoencoder import AutoencoderConfig, initial
from nerf.style.examples import Examples
from nerf.style.generator import GeneratorConfig
from nerf.style.losses import PatchBatch

SIZES = AutoencoderConfig(
    GeneratorConfig(z=8, w=12, mapping_depth=2, width=8, depth=2, features=8, octaves=3), (8, 8, 8, 8)
)
TRAINING = AdversarialTraining(
    steps=4, batch=4, penalty_every=2, path_pixels=4, samples=(5, 3), patches=PatchBatch(3, 6, 5, 3), mixing=1.0
)


def test_a_few_steps_change_both_sides_repeat_and_average(few: Examples) -> None:
    told: list[list[dict[str, float]]] = []
    for _ in range(2):
        model = initial(SIZES, 0)
        duel = begin(model, copy.deepcopy(model), 32, TRAINING)
        critic = copy.deepcopy(duel.critic.state_dict())
        steps: list[dict[str, float]] = []
        fine_tune(duel, few, TRAINING, lambda step, parts, to=steps: to.append(parts))
        told.append(steps)
    assert told[0] == told[1]
    assert [sorted(parts) for parts in told[0][:2]] == [
        ["critic", "fooled", "path", "penalty", "reconstruction"],
        ["critic", "fooled", "path", "reconstruction"],
    ]
    assert all(np.isfinite(list(parts.values())).all() for parts in told[0])
    assert any(not torch.equal(value, critic[name]) for name, value in duel.critic.state_dict().items())
    fresh, used = initial(SIZES, 0), duel.averaged
    changed = [name for name, value in fresh.named_parameters() if not torch.equal(value, used.get_parameter(name))]
    assert any(name.startswith("generator.mapping") for name in changed)
    assert any(name.startswith("encoder") for name in changed)  # reconstruction stays on


def test_the_critic_learns_to_tell_and_knows_the_camera(few: Examples) -> None:
    torch.manual_seed(0)
    critic = Critic(32, (8, 8, 8))
    real = torch.from_numpy(few.rgb[:4, 0]).permute(0, 3, 1, 2).float() / 255
    noise, cameras = torch.rand(4, 3, 32, 32), torch.randn(4, 3)
    optimiser = torch.optim.Adam(critic.parameters(), 1e-2)
    for _ in range(25):
        loss = torch.nn.functional.softplus(critic(noise, cameras)) + torch.nn.functional.softplus(
            -critic(real, cameras)
        )
        optimiser.zero_grad()
        loss.mean().backward()
        optimiser.step()
    assert critic(real, cameras).min() > critic(noise, cameras).max()
    assert not torch.allclose(critic(real, cameras), critic(real, -cameras))


def test_the_penalty_is_the_squared_slope() -> None:
    torch.manual_seed(0)
    critic = Critic(8, (8,)).double()
    picture, camera = torch.rand(1, 3, 8, 8).double(), torch.rand(1, 3).double()
    slope = torch.autograd.functional.jacobian(lambda x: critic(x, camera), picture)
    assert float(penalty(critic, picture, camera).detach()) == pytest.approx(float(slope.square().sum()), rel=1e-6)


def test_pictures_grow() -> None:
    training = replace(TRAINING, steps=100, grow=(0.2, 0.6))
    assert [grown(step, training) for step in (0, 20, 40, 60, 99)] == [0, 0, 0.5, 1, 1]
    coarse, fine = torch.zeros(1, 3, 2, 2), torch.ones(1, 3, 4, 4)
    assert [float(faded(coarse, fine, share).mean()) for share in (0.0, 0.25, 1.0)] == [0, 0.25, 1]


def test_the_path_loss_is_nothing_where_pixels_are_what_their_rays_see() -> None:
    model = initial(SIZES, 0)
    with torch.no_grad():
        model.generator.field.density.weight.zero_()
        model.generator.field.density.bias.fill_(-9.0)
    ws = model.generator.styles(torch.zeros(2, 12))
    poses = np.tile(np.eye(4), (2, 1, 1))
    poses[:, 2, 3] = -2.7
    empty = path_loss(model, ws, torch.ones(2, 3, 16, 16), poses, 4, 6, np.random.default_rng(0)).detach()
    assert float(empty) < 1e-6
    dark = path_loss(model, ws, torch.full((2, 3, 16, 16), 0.5), poses, 4, 6, np.random.default_rng(0)).detach()
    assert float(dark) == pytest.approx(0.75, rel=1e-3)


def test_sizes_that_cannot_be_halved_are_told() -> None:
    with pytest.raises(ValueError, match="sides that 16 divides"):
        Critic(24)
