import numpy as np
import pytest

from vision.answers import agreement, answer

AXES = np.eye(4, dtype=np.float32)


def test_answers_are_chances_and_the_nearest_sentence_is_the_likeliest() -> None:
    found = answer(AXES[:2], AXES[:3])
    assert found.sum(1) == pytest.approx(1, abs=1e-5)
    assert found.argmax(1).tolist() == [0, 1]
    assert found[0, 1] == pytest.approx(np.exp(-30), rel=1e-3)


def test_pictures_that_answer_as_the_text_does_agree_most() -> None:
    """The text is red and a chair; the pictures are that, a red thing of no kind, and a green chair."""
    red, green, chair, table = AXES
    looks = np.stack([red + chair, red + 0.5 * (chair + table), green + chair]) / np.float32(np.sqrt(2))
    text = (red + chair) / np.float32(np.sqrt(2))
    both, half, other = agreement(text, looks, [np.stack([red, green]), np.stack([chair, table])])
    assert both == pytest.approx(0, abs=1e-3)
    assert both > half > other


def test_a_question_that_the_text_leaves_open_does_not_count() -> None:
    red, green, chair, table = AXES
    looks = np.stack([red + chair, green + chair]) / np.float32(np.sqrt(2))
    found = agreement(chair, looks, [np.stack([red, green]), np.stack([chair, table])])
    assert found[0] == pytest.approx(found[1], abs=1e-6)
