import sys
from pathlib import Path

import pytest
import torch

from pipeline.cli import main
from pipeline.stage import Context
from pipeline.stages.encode_prompt import EncodeTextConfig, encode_text
from pipeline.stages.sample_latent import SampleLatentConfig, sample_latent
from pipeline.training.prior_published import train_published_prior
from pipeline.training.run import TrainingRun
from pipeline.weights import identity, read_card, write_card
from vision import encoders_dual
from vision.encoders_dual import DualConfig

sys.path.insert(0, str(Path(__file__).parents[2] / "nerf" / "style"))
from published import generator, write

ABOUT = {
    "summary": "Untrained", "command": "none", "seed": 0, "device": "none", "cpu_seconds": 0.0, "data": "none",
    "metrics": {}, "licence": "Apache-2.0", "name": "object-encoder",
}  # fmt: skip


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A checkpoint of the published layout and an untrained encoder: random features tell pictures apart, too."""
    folder = tmp_path_factory.mktemp("given")
    checkpoint = write(folder / "things.pkl", {"G_ema": generator(sides=(8, 16))}).path
    encoder = folder / "object-encoder"
    sizes = DualConfig(width=32, size=32, channels=(16, 16), words=16, layers=1, heads=2)
    encoders_dual.save(encoders_dual.initial(sizes, 0), encoder)
    write_card(encoder, ABOUT)
    return {"object-generator": checkpoint, "object-encoder": encoder}


def test_a_prior_learns_styles_from_renders_alone_and_the_stage_takes_it(
    given: dict[str, Path], tmp_path: Path
) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    figures = train_published_prior(TrainingRun("prior", tmp_path, "tiny", tell=lambda line: None, given=given))
    torch.set_num_threads(threads)
    assert figures["style_error"] < 0.97  # the mean style has 1; the features are an untrained network's
    assert figures["made_recall_1_of_60"] > 2 / 32  # twice chance among the 32 that there are
    prior = tmp_path / "weights" / "object-prior"
    card = read_card(prior)
    assert card.built_on["encoder"] == identity(given["object-encoder"])
    assert "no captions" in card.data
    said = encode_text(EncodeTextConfig(text="a red chair", encoder=given["object-encoder"]), Context(0, tmp_path))
    config = SampleLatentConfig(
        candidates=2,
        views=1,
        steps=3,
        generator=given["object-generator"],
        prior=prior,
        encoder=given["object-encoder"],
    )
    latent = sample_latent(config, Context(0, tmp_path), prompts=[said])
    assert latent.generator == card.built_on["generator"]
    assert latent.scores[0] >= latent.scores[1]


def test_what_takes_no_checkpoint_says_so(given: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "inversion", "--generator", str(given["object-generator"])]) == 2
    assert "train inversion takes a folder with weights" in capsys.readouterr().err
    assert main(["train", "prior", "--generator", "nothing.pkl"]) == 2
    assert "--generator: no file or folder at nothing.pkl" in capsys.readouterr().err
