import pytest

from vision.text_prompt import MAX_CHARACTERS, clean


def test_ordinary_words_stay_as_they_are() -> None:
    assert clean("a red chair with wooden legs").text == "a red chair with wooden legs"
    assert clean("a red chair").notes == ()


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", "\x00\x07", "🪑🪑", "!?-"])
def test_nothing_to_read_is_an_error_that_shows_it(typed: str) -> None:
    with pytest.raises(ValueError, match="prompt: must say something in letters or digits"):
        clean(typed)


def test_control_characters_go_and_are_mentioned() -> None:
    prompt = clean("a\x00red\x1b[31m chair\u202e")
    assert prompt.text == "a red [31m chair"
    assert "control characters" in prompt.notes[0]


def test_ten_thousand_characters_are_cut_at_a_word() -> None:
    prompt = clean("chair " * 1700)
    assert len(prompt.text) <= MAX_CHARACTERS
    assert prompt.text.endswith("chair")
    assert "only the first 400" in prompt.notes[0]


def test_lines_and_tabs_become_spaces_without_a_note() -> None:
    assert clean("a red\n\tchair ").notes == ()
    assert clean("a red\n\tchair ").text == "a red chair"


def test_other_scripts_are_kept_and_mentioned() -> None:
    assert clean("赤い椅子").text == "赤い椅子"
    assert "another script" in clean("赤い椅子").notes[0]
    assert clean("ein grüner Stuhl 🪑").notes == ()
