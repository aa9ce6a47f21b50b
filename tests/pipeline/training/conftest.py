from types import SimpleNamespace

import pytest
import torch

from pipeline.training.encoder import train_encoder
from pipeline.training.generator import train_generator
from pipeline.training.prior import train_prior
from pipeline.training.run import TrainingRun


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The tiny preset of everything, one after the other in one folder, with what each said at its end."""
    folder = tmp_path_factory.mktemp("training")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    said: list[str] = []
    steps = {"encoder": train_encoder, "generator": train_generator, "prior": train_prior}
    figures = {name: train(TrainingRun(name, folder, "tiny", tell=said.append)) for name, train in steps.items()}
    torch.set_num_threads(threads)
    return SimpleNamespace(folder=folder, figures=figures, said=said)
