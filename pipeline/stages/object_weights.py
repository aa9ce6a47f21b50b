"""The networks behind words and pictures that become objects: found, checked against their cards, loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.weights import CARD, SHIPPED, checksum, identity, read_card, weight_files, weights_folder

if TYPE_CHECKING:
    import numpy as np

    from nerf.prior.distillation import NormalMapping
    from nerf.prior.network import PriorNetwork
    from nerf.prior.reader import StyleReader
    from nerf.style.autoencoder import Autoencoder
    from nerf.style.inverter import Inverter
    from nerf.style.latent import Latent
    from nerf.style.shape import VisibleShape
    from nerf.style.stylenerf import StyleNerf
    from vision.encoders import Encoder

ENCODER, GENERATOR, PRIOR, INVERSION = "object-encoder", "object-generator", "object-prior", "object-inversion"

PRETRAINED = ("config.json", "open_clip_config.json")
"""What a folder with CLIP or SigLIP has, as transformers and as open_clip save them."""


def files_of(name: str, own: Path | None) -> list[Path]:
    """Files of a person's own weights, or of those that ship; their checksums go into a stage's key."""
    if own is not None and is_published(own):
        return [own]
    folder = own or SHIPPED / name
    return [path for path in weight_files(folder) if path.is_file()]


def is_published(own: Path | None) -> bool:
    """Whether a setting names a published StyleNeRF checkpoint in place of a folder with weights and their card."""
    return own is not None and own.suffix.lower() == ".pkl"


def encoder_of(own: Path | None, token_merging: int = 0) -> tuple["Encoder", str]:
    """The encoder of words and pictures, and which one it is; a folder without a card holds CLIP or SigLIP, as
    transformers or open_clip saved them.

    With `token_merging` it is still the same one: its vectors move a little.
    """
    if own is not None and not (own / CARD).is_file() and any((own / name).is_file() for name in PRETRAINED):
        from vision.encoders_transformers import TransformersEncoder

        return TransformersEncoder(own, token_merging=token_merging), f"transformers:{own.name}"
    if token_merging:
        raise ValueError(
            f"token_merging: must be 0 where the encoder is not CLIP or SigLIP, which have tokens (got {token_merging})"
        )
    from vision import encoders_dual

    folder = weights_folder(own or ENCODER)
    return encoders_dual.DualEncoder(encoders_dual.load(folder)), identity(folder)


def generator_of(own: Path | None) -> tuple["Autoencoder", str]:
    """The generator with its encoder, and which one it is."""
    from nerf.style.checkpoints import load_model

    folder = weights_folder(own or GENERATOR)
    return load_model(folder), identity(folder)


def published_of(own: Path) -> tuple["StyleNerf", str]:
    """The generator in a published checkpoint, which is read without running what it carries, and which one it is."""
    from nerf.style.stylenerf_files import load_stylenerf

    return load_stylenerf(own), published_identity(own)


def published_identity(own: Path) -> str:
    """What tells the weights in a published checkpoint from all others."""
    return f"{own.stem}:{checksum(own)[:12]}"


def shapes_of(own: Path | None, latent: "Latent") -> Callable[["np.ndarray"], "VisibleShape"]:
    """From the styles of a latent to what they mean in space; the latent must have been made for this generator."""
    if own is not None and is_published(own):
        from nerf.style.stylenerf_shape import PublishedShape

        published, identified = published_of(own)
        check_made_by(latent.generator, identified)
        return lambda w: PublishedShape(published, w)
    from nerf.style.shape import StyledShape, TunedShape

    model, identified = generator_of(own)
    check_made_by(latent.generator, identified)
    if latent.own:
        return lambda w: TunedShape(model.generator, w, latent.own)
    return lambda w: StyledShape(model.generator, w)


def shape_of(own: Path | None, latent: "Latent", candidate: int) -> "VisibleShape":
    """One candidate of a latent in space."""
    if candidate >= len(latent.w):
        raise ValueError(f"candidate: there are {len(latent.w)}, counted from 0 (got {candidate})")
    return shapes_of(own, latent)(latent.w[candidate])


def prior_of(own: Path | None, *, encoder: str, generator: str) -> tuple["PriorNetwork", dict[str, float]]:
    """The prior and its card's figures; it must have been trained with this encoder and this generator."""
    from nerf.prior.latents import load

    folder = weights_folder(own or PRIOR)
    card = read_card(folder)
    for kind, given in (("encoder", encoder), ("generator", generator)):
        if card.built_on.get(kind) != given:
            raise ValueError(f"prior: {folder.name} was trained with {kind} {card.built_on.get(kind)} (got {given})")
    return load(folder), card.metrics


def reader_of(own: Path | None) -> "StyleReader | None":
    """Who reads styles for the prior's sampling; None where a prior has none."""
    from nerf.prior.reader import READER, load_reader

    path = weights_folder(own or PRIOR) / READER
    return load_reader(path) if path.is_file() else None


def mapping_of(own: Path | None, *, generator: str) -> "NormalMapping":
    """The mapping that was distilled from a prior; it must have been trained with this generator."""
    from nerf.prior.distillation import MAPPING, load_mapping

    folder = weights_folder(own or PRIOR)
    built_on = read_card(folder).built_on.get("generator")
    if built_on != generator:
        raise ValueError(f"prior: {folder.name} was trained with generator {built_on} (got {generator})")
    if not (folder / MAPPING).is_file():
        raise FileNotFoundError(f"prior: {folder} has no {MAPPING}; `scenewright train prior` makes one")
    return load_mapping(folder / MAPPING)


def inverter_of(own: Path | None, *, generator: str) -> "Inverter | None":
    """The encoders that invert for this generator; None where those that ship are for another one."""
    from nerf.style.inverter_files import load

    if own is None and not (SHIPPED / INVERSION / CARD).is_file():
        return None
    folder = weights_folder(own or INVERSION)
    built_on = read_card(folder).built_on.get("generator")
    if built_on == generator:
        return load(folder)
    if own is None:
        return None
    raise ValueError(f"inversion: {folder.name} was trained with generator {built_on} (got {generator})")


def check_made_by(latent_generator: str, generator: str) -> None:
    """Raise ValueError where a latent belongs to another generator."""
    if latent_generator != generator:
        raise ValueError(f"latent: was made for the generator {latent_generator} (got {generator})")
