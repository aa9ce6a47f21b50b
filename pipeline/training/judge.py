"""What words that become objects are worth, measured on test objects: other shapes, other pairs of kind and colour."""

import numpy as np

from nerf.objects.captions import full_caption
from nerf.objects.library import make
from nerf.prior import latents
from nerf.prior.latents import Sampling
from nerf.style.checkpoints import load_model
from nerf.style.evaluation import reconstruction
from nerf.style.examples import Examples, Recipe
from pipeline.training.loop import VIEWS, Networks, go_round, kinds_and_colours, retrieval
from pipeline.training.objects import examples
from pipeline.training.run import TrainingRun
from vision import encoders_dual
from vision.encoders import over_views
from vision.encoders_dual import DualEncoder

RECIPE = Recipe(views=8)


def judge_objects(run: TrainingRun, count: int, candidates: int = 8) -> dict[str, float]:
    """Figures of the whole way from words to an object, those of real renders beside them."""
    networks = Networks(
        DualEncoder(encoders_dual.load(run.source("object-encoder"))),
        load_model(run.source("object-generator")),
        latents.load(run.source("object-prior")),
        RECIPE.size,
    )
    unseen = examples(run, "test", count, RECIPE)
    figures = rebuilt(networks, unseen)
    run.log(0, figures)
    own = [captions[0] for captions in unseen.captions]
    texts = networks.encoder.text(own)
    real = over_views(np.stack([networks.encoder.pictures(list(views[:VIEWS])) for views in unseen.rgb]))
    figures |= _named("real", networks, texts, real, unseen)
    run.log(1, figures)
    sampling = Sampling(candidates, seed=run.seed)
    figures |= _named("made", networks, texts, go_round(networks, own, sampling).looks, unseen)
    run.log(2, figures)
    other = [full_caption(make("test", number).description, "held_out") for number in range(len(unseen))]
    figures |= _named("unseen_words", networks, texts, go_round(networks, other, sampling).looks, unseen)
    run.log(3, figures)
    return figures


def rebuilt(networks: Networks, unseen: Examples) -> dict[str, float]:
    """PSNR and silhouette overlap of objects given by three views and by one."""
    three, one = (reconstruction(networks.generator, unseen, given=given) for given in ((0, 1, 2), (0,)))
    return {
        "psnr_3_views": three.psnr,
        "object_psnr_3_views": three.object_psnr,
        "iou_3_views": three.iou,
        "psnr_1_view": one.psnr,
        "iou_1_view": one.iou,
    }


def _named(prefix: str, networks: Networks, texts: np.ndarray, looks: np.ndarray, unseen: Examples) -> dict[str, float]:
    found = retrieval(texts, looks)
    found |= kinds_and_colours(networks.encoder, looks, unseen.families, unseen.main_colours)
    return {f"{prefix}_{name}": value for name, value in found.items()}
