import pytest

from pipeline.training.catalogue import TRAININGS, Training


@pytest.mark.parametrize("training", TRAININGS.values(), ids=TRAININGS)
def test_every_training_can_be_loaded_and_has_a_tiny_preset(training: Training) -> None:
    assert callable(training.load())
    assert training.presets[:2] == ("tiny", "default")
    assert training.summary
