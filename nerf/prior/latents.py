"""Styles for prompts: guided sampling from a trained prior, many candidates from one seed."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors.torch import load_file, save_file
from torch import Tensor

from nerf.prior.block_cache import plan_of, with_cache
from nerf.prior.guide import Guide, pulled
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.quantisation import quantised
from nerf.prior.samplers import Denoiser, Sampler, sampler
from nerf.prior.schedule import Spacing, descending

VERSION = 1


@dataclass(frozen=True)
class Sampling:
    """How styles are drawn; `guidance` 1 follows the condition as it is, 0 ignores it, more exaggerates it.

    Where a guide reads styles, `drawn` are drawn for each candidate; those stay that it reads best as the prompt.

    Faster and less exact, in `sample`: linear maps that keep at least `int8_above_db` of signal to quantisation noise
    run in eight bits; with `block_cache`, candidates after the first use what a block added before until its changes
    add up to so much.
    """

    candidates: int = 8
    guidance: float = 2.5
    steps: int = 10
    sampler: Sampler = "ddim"
    seed: int = 0
    truncation: float = 1.0
    spacing: Spacing = "log_snr"
    int8_above_db: float | None = None
    block_cache: float = 0.0
    drawn: int = 1


def guided(
    network: PriorNetwork,
    condition: Float[Tensor, "batch condition"],
    scale: float,
    negative: Float[Tensor, "batch condition"] | None = None,
) -> Denoiser:
    """The network's answer pushed away from that to `negative`, or to no condition (Ho and Salimans 2022)."""
    if scale == 1:
        return lambda x, times: network(x, times, condition)
    away = network.without(len(condition)) if negative is None else negative

    def answer(x: Tensor, times: Tensor) -> Tensor:
        both = network(torch.cat([x, x]), torch.cat([times, times]), torch.cat([condition, away]))
        towards, without = both.chunk(2)
        pushed: Tensor = without + scale * (towards - without)
        return pushed

    return answer


@torch.no_grad()
def sample(
    network: PriorNetwork,
    condition: Float[Tensor, " condition"] | None,
    settings: Sampling,
    negative: Float[Tensor, " condition"] | None = None,
    guide: Guide | None = None,
) -> Float[Tensor, "candidates tokens style"]:
    """Candidate styles for one prompt, or for none; the same seed draws the same ones, however many there are.

    With a `guide` each step is pulled to styles that are read as the prompt.
    """
    n = settings.candidates if guide is None or condition is None else settings.candidates * settings.drawn
    noise = torch.stack([_noise(network.config, settings.seed, number) for number in range(n)])
    noise = noise.to(network.mean.device)

    def denoiser(network: PriorNetwork, n: int) -> Denoiser:
        wanted = network.without(n) if condition is None else condition.expand(n, -1)
        unwanted = None if negative is None else negative.expand(n, -1)
        model = guided(network, wanted, settings.guidance, unwanted)
        return model if guide is None or condition is None else pulled(model, guide, wanted, network.restored)

    if settings.int8_above_db is not None:
        network, _ = quantised(network, lambda each: _at_most_noise(denoiser(each, 8), each), settings.int8_above_db)
    draw, times = sampler(settings.sampler), descending(settings.steps, settings.spacing).to(noise.device)
    if settings.block_cache > 0 and n > 1:
        network, blocks = with_cache(network)
        first = draw(denoiser(network, 1), noise[:1], times)
        blocks.begin(plan_of(blocks.changes(), settings.block_cache))
        drawn = torch.cat([first, draw(denoiser(network, n - 1), noise[1:], times)])
    else:
        drawn = draw(denoiser(network, n), noise, times)
    styles: Tensor = network.restored(drawn * settings.truncation)
    if guide is None or condition is None or settings.drawn == 1:
        return styles
    return best_read(guide, styles, condition, settings.candidates)


def _at_most_noise(model: Denoiser, network: PriorNetwork) -> Tensor:
    """One call on fixed noise at the first step of sampling: what eight-bit maps are calibrated on."""
    noise = torch.stack([_noise(network.config, -1, number) for number in range(8)])
    return model(noise, torch.full((8,), float(descending(1)[0])))


def best_read(
    guide: Guide,
    styles: Float[Tensor, "drawn tokens style"],
    condition: Float[Tensor, " condition"],
    count: int,
) -> Float[Tensor, "count tokens style"]:
    """The styles that are read best as the prompt, best first."""
    value = guide.value(styles.flatten(1), condition.expand(len(styles), -1))
    return styles[value.argsort(descending=True, stable=True)[:count]]


@torch.no_grad()
def sample_each(
    network: PriorNetwork,
    conditions: Float[Tensor, "prompts condition"],
    settings: Sampling,
    batch: int = 64,
    guide: Guide | None = None,
) -> Float[Tensor, "prompts candidates tokens style"]:
    """What `sample` gives for each prompt alone, many at a time."""
    n = settings.candidates * (1 if guide is None else settings.drawn)
    times = descending(settings.steps, settings.spacing)
    noise = torch.stack([_noise(network.config, settings.seed, number) for number in range(n)])
    drawn = []
    for some in torch.split(conditions, batch):
        wanted = some.repeat_interleave(n, 0)
        model = guided(network, wanted, settings.guidance)
        model = model if guide is None else pulled(model, guide, wanted, network.restored)
        each = sampler(settings.sampler)(model, noise.repeat(len(some), 1, 1), times)
        styles = network.restored(each * settings.truncation).reshape(len(some), n, *noise.shape[1:])
        if guide is not None and settings.drawn > 1:
            best = [best_read(guide, of, own, settings.candidates) for of, own in zip(styles, some, strict=True)]
            styles = torch.stack(best)
        drawn.append(styles)
    return torch.cat(drawn)


def save(network: PriorNetwork, folder: Path) -> None:
    """Write `config.json` and `model.safetensors`."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"version": VERSION, "prior": asdict(network.config)}
    (folder / "config.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    weights = {name: value.contiguous() for name, value in sorted(network.state_dict().items())}
    save_file(weights, folder / "model.safetensors")


def load(folder: Path) -> PriorNetwork:
    """A network that `save` wrote, ready to sample."""
    path = folder / "config.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        config = PriorConfig(**content["prior"])
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: is not the configuration of a latent prior ({error})") from error
    if content.get("version") != VERSION:
        raise ValueError(f"{path}: version must be {VERSION} (got {content.get('version')!r})")
    network = PriorNetwork(config)
    network.load_state_dict(load_file(folder / "model.safetensors"))
    return network.eval()


def _noise(config: PriorConfig, seed: int, number: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed * 1_000_003 + number)
    return torch.randn(config.tokens, config.w, generator=generator)
