import torch
from torch import Tensor

from nerf.style.refining import Look, RefiningEncoder, Trail, pixels_of_look, worth_a_look


def encoder(looks: int = 3) -> RefiningEncoder:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return RefiningEncoder(6, (8, 8, 8), 16, looks, 1, 0.1)


def look(slopes: Tensor) -> Look:
    return Look(torch.rand(len(slopes), 7, 8, 8, generator=torch.Generator().manual_seed(1)), slopes)


def test_before_training_it_goes_as_adam_would() -> None:
    refiner = encoder()
    start = torch.randn(2, 6, generator=torch.Generator().manual_seed(2))
    codes = start.clone().requires_grad_(True)
    adam = torch.optim.Adam([codes], lr=0.1, betas=(0.8, 0.95))
    trail = Trail.start(start)
    for turn in range(3):
        slopes = torch.randn(2, 6, generator=torch.Generator().manual_seed(turn))
        codes.grad = slopes
        adam.param_groups[0]["lr"] = float(refiner.pace[turn])
        adam.step()
        with torch.no_grad():
            trail = refiner(look(slopes), torch.zeros(2, 3), trail)
    assert trail.turn == 3
    assert torch.equal(trail.begun, start)
    assert torch.allclose(trail.codes, codes, atol=1e-6)


def test_what_it_learned_counts_in_the_looks_that_it_was_taught_and_in_no_later_one() -> None:
    plain, taught, slopes = encoder(2), encoder(2), torch.ones(1, 6)
    with torch.no_grad():
        taught.out.bias.fill_(0.3)
        first, second = Trail.start(torch.zeros(1, 6)), Trail.start(torch.zeros(1, 6)).met(slopes)
        here, there = (each(look(slopes), torch.zeros(1, 3), first).codes for each in (plain, taught))
        assert torch.allclose(there - here, torch.full((1, 6), 0.03))
        ends = [each(look(slopes), torch.zeros(1, 3), second).codes for each in (plain, taught)]
        assert torch.equal(*ends)
        beyond = plain(look(slopes), torch.zeros(1, 3), second.met(slopes).met(slopes))
    assert torch.allclose(beyond.codes, torch.full((1, 6), -0.01), atol=1e-5)


def test_the_first_step_is_as_long_as_its_pace_in_every_direction() -> None:
    slopes = torch.randn(3, 6, generator=torch.Generator().manual_seed(3))
    met = Trail.start(torch.zeros(3, 6)).met(1e-3 * slopes)
    assert torch.allclose(met.uphill(), slopes.sign(), atol=1e-2)


def test_pixels_near_the_object_are_worth_a_look_before_others() -> None:
    pictures = torch.ones(1, 3, 16, 16)
    pictures[:, 0, 6:9, 6:9] = 0.2
    number = pixels_of_look(16, 0)
    chosen = number[worth_a_look(pictures, number, 12, torch.Generator().manual_seed(0))[0]]
    rows, columns = chosen // 16, chosen % 16
    near = (rows >= 4) & (rows <= 10) & (columns >= 4) & (columns <= 10)
    assert len(chosen.unique()) == 12
    assert near.sum() == 12
    assert len(worth_a_look(pictures, number, 999, torch.Generator())[0]) == len(number)
