from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch

from nerf.style import inverter_files
from nerf.style.refining_checkpoints import FILE
from pipeline.training.inversion import BASE, REFINING, WEIGHTS, contrast_ablation, train_inversion
from pipeline.training.run import TrainingRun
from pipeline.weights import identity, read_card, weights_folder


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Sums in one order: the same bytes again are asked for."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def figures(trained: SimpleNamespace) -> dict[str, float]:
    """The tiny preset, after the generator's."""
    return train_inversion(TrainingRun("inversion", trained.folder, "tiny", tell=lambda _: None))


def test_the_refining_encoder_beats_the_base_encoder_on_objects_not_seen(figures: dict[str, float]) -> None:
    assert figures["refined_psnr_turned"] > figures["base_psnr_turned"] + 0.05
    assert figures["refined_psnr_given"] > figures["base_psnr_given"] + 0.05
    assert figures["refined_cpu_s"] > figures["base_cpu_s"]


def test_what_it_learned_counts_beside_the_slopes_that_it_is_shown(figures: dict[str, float]) -> None:
    assert figures["refined_psnr_turned"] > figures["untaught_psnr_turned"]


def test_the_card_names_the_generator(figures: dict[str, float], trained: SimpleNamespace) -> None:
    folder = weights_folder(trained.folder / "weights" / WEIGHTS)
    assert read_card(folder).built_on == {"generator": identity(trained.folder / "weights" / "object-generator")}
    assert inverter_files.load(folder).config.w == 48


def test_a_stopped_training_goes_on_with_the_base_encoder_that_it_has(
    figures: dict[str, float], trained: SimpleNamespace
) -> None:
    said: list[str] = []
    run = TrainingRun("inversion", trained.folder, "tiny", tell=said.append)
    assert (run.checkpoint / BASE / inverter_files.CONFIG).is_file()
    (run.checkpoint / REFINING / FILE).unlink()
    weights = (run.weights(WEIGHTS) / inverter_files.WEIGHTS).read_bytes()
    train_inversion(run)
    assert not any("identity" in line for line in said)  # a part of the base encoder's loss alone
    assert (run.weights(WEIGHTS) / inverter_files.WEIGHTS).read_bytes() == weights


def test_the_ablation_says_both(figures: dict[str, float], trained: SimpleNamespace) -> None:
    run = TrainingRun("inversion", trained.folder, "tiny", tell=lambda _: None)
    rows = contrast_ablation(run, 3, (0,), objects=48, held_out=4)
    assert [row["contrast"] for row in rows] == [0.0, 0.05]
    assert rows[0]["code_ratio"] != rows[1]["code_ratio"] > 0
