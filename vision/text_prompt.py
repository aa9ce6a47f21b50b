"""What a person typed, made fit for a text encoder, with a note on everything that was changed."""

import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 400
"""More than any encoder here reads; what follows is left out, with a note."""


@dataclass(frozen=True)
class Prompt:
    """The text that is encoded, and what was done to it in sentences for the person who wrote it."""

    text: str
    notes: tuple[str, ...] = ()


def clean(typed: str) -> Prompt:
    """Printable text on one line, at most `MAX_CHARACTERS` long.

    Raises ValueError where nothing that could be read is left.
    """
    text = unicodedata.normalize("NFKC", typed)
    printable = "".join(character if _is_printable(character) else " " for character in text)
    notes = []
    if sum(character != " " for character in printable) < sum(not character.isspace() for character in text):
        notes.append("prompt: control characters were left out")
    line = " ".join(printable.split())
    if not any(character.isalnum() for character in line):
        raise ValueError(f"prompt: must say something in letters or digits (got {_shown(typed)})")
    if len(line) > MAX_CHARACTERS:
        notes.append(f"prompt: only the first {MAX_CHARACTERS} of its {len(line)} characters are read")
        line = line[:MAX_CHARACTERS].rsplit(" ", 1)[0]
    if _share_of_latin(line) < 0.5:
        notes.append("prompt: is read best in English, and this one is mostly in another script")
    return Prompt(line, tuple(notes))


def _is_printable(character: str) -> bool:
    return unicodedata.category(character)[0] != "C"


def _share_of_latin(text: str) -> float:
    letters = [character for character in text if character.isalpha()]
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters)
    return latin / len(letters) if letters else 1.0


def _shown(typed: str) -> str:
    return repr(typed if len(typed) <= 40 else typed[:40] + "...")
