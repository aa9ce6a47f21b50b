"""What the settings that make encoding and sampling faster gain, and how far they move the result.

    python benchmarks/encoders.py merging              # token merging in a ViT-B/16 of random weights; extra `clip`
    python benchmarks/encoders.py prior                # the prior that ships: eight bits, kept blocks, fewer steps
    python benchmarks/encoders.py prior --objects 60   # and whether what is drawn is still found by its prompt

CPU seconds on one thread, all in one run, the least of some rounds. Random weights tell how much faster token merging
is. They are no measure of how exact: trained towers have tokens that are far more alike.
"""

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from nerf.prior.latents import Sampling, guided, load, sample
from nerf.prior.network import PriorNetwork
from nerf.prior.quantisation import quantised
from nerf.prior.samplers import Denoiser, ddim
from nerf.prior.schedule import descending
from pipeline.weights import weights_folder

Key = TypeVar("Key", int, str)

ROOT = Path(__file__).resolve().parents[1]
EXACT = Sampling(steps=20, spacing="time")
FASTER = {
    "exact, 20 steps": EXACT,
    "eight bits": replace(EXACT, int8_above_db=30.0),
    "blocks kept, 0.05": replace(EXACT, block_cache=0.05),
    "blocks kept, 0.1": replace(EXACT, block_cache=0.1),
    "blocks kept, 0.2": replace(EXACT, block_cache=0.2),
    "both, 0.1": replace(EXACT, int8_above_db=30.0, block_cache=0.1),
    "10 steps": replace(EXACT, steps=10),
    "10 steps, even in log SNR": replace(EXACT, steps=10, spacing="log_snr"),
    "10 steps, DPM-Solver++": replace(EXACT, steps=10, sampler="dpm"),
    "10 steps, eight bits": replace(EXACT, steps=10, int8_above_db=30.0),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["merging", "prior"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=12, help="for how many prompts styles are compared")
    parser.add_argument("--objects", type=int, default=0, help="how many objects are rendered and looked for")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.what == "merging":
        merging(given.rounds)
    else:
        prior(given.rounds, given.prompts, given.objects)


@torch.no_grad()
def merging(rounds: int) -> None:
    """A row for each number of merged tokens a layer and each size of batch, of CLIP's ViT-B/16 at 224 pixels."""
    from transformers import CLIPConfig, CLIPModel

    from vision.encoders_merging import picture_features

    torch.manual_seed(0)
    model = CLIPModel(CLIPConfig(vision_config={"patch_size": 16}, text_config={"num_hidden_layers": 1})).eval()
    print(f"{'batch':>5} {'r':>3} {'tokens left':>11} {'CPU s':>7} {'ratio':>6} {'cosine':>7}")
    for batch in (1, 8):
        pixels = photos(batch)
        ways: dict[int, Callable[[], torch.Tensor]] = {0: partial(unmerged, model, pixels)}
        for r in (4, 8, 13, 16):
            ways[r] = partial(picture_features, model, pixels, r, has_class_token=True)
        seconds, found = timed(ways, rounds)
        for r in ways:
            cosine = float(torch.cosine_similarity(found[r], found[0]).mean())
            ratio = seconds[0] / seconds[r]
            print(f"{batch:5} {r:3} {tokens_left(r):11} {seconds[r]:7.2f} {ratio:6.2f} {cosine:7.4f}", flush=True)


def tokens_left(r: int, tokens: int = 197, layers: int = 12) -> int:
    """Of a ViT-B/16, after its last layer: the class token stays, and at most half of the others merge in a layer."""
    for _ in range(layers):
        tokens -= min(r, (tokens - 1) // 2)
    return tokens


def unmerged(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    """The model's own way."""
    found: torch.Tensor = model.get_image_features(pixels).pooler_output
    return found


def photos(batch: int) -> torch.Tensor:
    """Photos of the capture that ships with the project, as CLIP takes them."""
    from PIL import Image

    paths = sorted((ROOT / "assets/captures/demo").glob("*.color.*"))[:batch]
    if len(paths) < batch:
        raise SystemExit(f"needs {batch} photos in assets/captures/demo (got {len(paths)})")
    pictures = np.stack([np.asarray(Image.open(path).convert("RGB").resize((224, 224))) for path in paths])
    return torch.from_numpy((pictures / 127.5 - 1).astype(np.float32)).permute(0, 3, 1, 2)


@torch.no_grad()
def prior(rounds: int, prompts: int, objects: int) -> None:
    """A row for each way to sample: seconds for a prompt with 8 and with 32 candidates, how far styles move, and
    whether renders are found by their prompt among the others."""
    network = load(weights_folder("object-prior"))
    texts, vectors = prompts_of(max(prompts, objects))
    tell_decibels(network, vectors[0])
    drawn, seconds = {}, {}
    for candidates in (8, 32):
        ways = {
            name: partial(sample, network, vectors[0], replace(settings, candidates=candidates))
            for name, settings in FASTER.items()
        }
        seconds[candidates], _ = timed(ways, rounds)
    for name, settings in FASTER.items():
        drawn[name] = torch.stack(
            [sample(network, vector, replace(settings, candidates=4))[:, 0] for vector in vectors]
        )
    true = network.scored(drawn["exact, 20 steps"][..., None, :])
    print(f"\n{'':>25} {'8: s':>7} {'ratio':>6} {'32: s':>7} {'ratio':>6} {'moved':>8}{'  R@1' if objects else ''}")
    for name in FASTER:
        moved = float((network.scored(drawn[name][..., None, :]) - true).square().mean() / true.square().mean())
        row = " ".join(
            f"{seconds[n][name]:7.3f} {seconds[n]['exact, 20 steps'] / seconds[n][name]:6.2f}" for n in seconds
        )
        last = f" {found_again(drawn[name][:objects, 1].numpy(), vectors[:objects].numpy()):6.3f}" if objects else ""
        print(f"{name:>25} {row} {moved:8.5f}{last}", flush=True)
    print(
        f"moved: squared difference of styles over their square, {len(texts)} prompts; among candidates of one prompt"
    )
    print(f"styles differ by {float(true.var(1).mean() / true.square().mean()):.5f}, among prompts by about 1")


def prompts_of(n: int) -> tuple[list[str], torch.Tensor]:
    """Short captions of different things, and their unit vectors."""
    from nerf.objects.captions import short_caption
    from nerf.objects.library import FAMILIES
    from nerf.objects.palette import COLOURS
    from vision.encoders_dual import DualEncoder
    from vision.encoders_dual import load as load_encoder

    every = list(product(FAMILIES, COLOURS))
    chosen = np.random.default_rng(0).choice(len(every), n, replace=False)
    texts = [short_caption(*every[number]) for number in chosen]
    encoder = DualEncoder(load_encoder(weights_folder("object-encoder")))
    return texts, torch.from_numpy(encoder.text(texts))


def tell_decibels(network: PriorNetwork, vector: torch.Tensor) -> None:
    """Signal to quantisation noise of each linear map, on the step with the most noise and on all steps."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(8, network.config.tokens, network.config.w, generator=generator)
    times = descending(EXACT.steps)

    def denoiser(each: PriorNetwork) -> Denoiser:
        return guided(each, vector.expand(8, -1), EXACT.guidance)

    _, first = quantised(network, lambda each: denoiser(each)(noise, times[0].expand(8)), np.inf)
    _, every = quantised(network, lambda each: ddim(denoiser(each), noise, times), np.inf)
    print(f"{'decibels':>12} {'at first':>9} {'over all':>9}")
    for name in first:
        print(f"{name:>12} {first[name]:9.1f} {every[name]:9.1f}")


def found_again(styles: np.ndarray, vectors: np.ndarray) -> float:
    """Share of objects whose two renders are most like their own prompt."""
    from nerf.objects import viewpoints
    from nerf.style.checkpoints import load_model
    from nerf.style.shape import pictures
    from vision.encoders import over_views, recall
    from vision.encoders_dual import DualEncoder, load

    model = load_model(weights_folder("object-generator"))
    encoder = DualEncoder(load(weights_folder("object-encoder")))
    seen = pictures(model.generator, styles, viewpoints.camera(64), viewpoints.ring_of_poses(2, start=0.6), (12, 8))
    return recall(vectors, over_views(np.stack([encoder.pictures(list(each)) for each in seen])))


def timed(
    ways: Mapping[Key, Callable[[], torch.Tensor]], rounds: int
) -> tuple[dict[Key, float], dict[Key, torch.Tensor]]:
    """The least CPU seconds of each way, and what each gives; in turns, for a machine may be busy for a while."""
    found = {name: way() for name, way in ways.items()}
    seconds = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.process_time()
            way()
            seconds[name] = min(seconds[name], time.process_time() - begun)
    return seconds, found


if __name__ == "__main__":
    main()
