from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from nerf.prior import latents
from nerf.prior.distillation import MAPPING, NormalMapping, save_mapping
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.style import inverter_files
from nerf.style.autoencoder import AutoencoderConfig, initial
from nerf.style.checkpoints import save_model
from nerf.style.generator import GeneratorConfig
from nerf.style.inverter import config_for, inverter_for
from pipeline.weights import identity, write_card
from vision import encoders_dual
from vision.encoders_dual import DualConfig

ABOUT = {
    "summary": "Untrained", "command": "none", "seed": 0, "device": "none", "cpu_seconds": 0.0, "data": "none",
    "metrics": {}, "licence": "Apache-2.0",
}  # fmt: skip


KINDS = ("encoder", "generator", "inversion", "prior")


@pytest.fixture(scope="session")
def untrained_weights() -> Callable[[Path], SimpleNamespace]:
    """A function that writes an encoder, a generator whose every object is a ball, encoders that invert for it and a
    prior, all from a seed."""

    def write(folder: Path) -> SimpleNamespace:
        made = SimpleNamespace(**{kind: folder / f"object-{kind}" for kind in KINDS})
        encoder = DualConfig(width=16, size=32, channels=(8, 8), words=16, layers=1, heads=2)
        encoders_dual.save(encoders_dual.initial(encoder, 0), made.encoder)
        sizes = GeneratorConfig(z=16, w=24, mapping_depth=2, width=16, depth=2, features=8, octaves=3)
        model = initial(AutoencoderConfig(sizes, (8, 8, 8, 8)), 0)
        with torch.no_grad():
            model.generator.field.density.bias.fill_(3.0)  # matter everywhere in the ball that is looked at
        save_model(model, made.generator)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            prior = PriorNetwork(PriorConfig(w=24, condition=16, width=16, depth=1, heads=2))
            mapping = NormalMapping(24, hidden=8, depth=1)
        latents.save(prior, made.prior)
        save_mapping(mapping, made.prior / MAPPING)
        for kind in ("encoder", "generator"):
            write_card(getattr(made, kind), ABOUT | {"name": f"object-{kind}"})
        built_on = {kind: identity(getattr(made, kind)) for kind in ("encoder", "generator")}
        write_card(made.prior, ABOUT | {"name": "object-prior", "built_on": built_on})
        refining = config_for(
            model, grid=16, samples=4, refine_channels=(8, 8, 8), refine_width=16, camera_channels=(8, 8, 8, 8)
        )
        inverter_files.save(inverter_for(model, refining, 0), made.inversion)
        on_generator = {"generator": built_on["generator"]}
        write_card(made.inversion, ABOUT | {"name": "object-inversion", "built_on": on_generator})
        return made

    return write
