"""Files that a capture names: found inside its folder, or refused."""

import re
from pathlib import Path

LICENCE_FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "SOURCE.txt")
README_FILES = ("README.md", "README.txt", "README")
LICENCE_LENGTH = 4000


def inside(folder: Path, given: str, place: str) -> Path:
    """The path of a file that a capture names, relative to its folder; ValueError where it leads out of it."""
    relative = given.replace("\\", "/")
    if relative.startswith("/") or re.match(r"^[A-Za-z]:", relative) or "\0" in relative:
        raise ValueError(f"{place}: must be a path relative to the capture's folder (got {given!r})")
    path = folder / relative
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{place}: must stay inside the capture's folder (got {given!r})")
    return path


def natural_order(path: Path) -> tuple[tuple[int, int, str], ...]:
    """A sorting key by which frame9 comes before frame10."""
    parts = re.split(r"(\d+)", path.name)
    return tuple((1, int(part), part) if part.isdigit() else (0, 0, part) for part in parts)


def read_text(path: Path) -> str:
    """A text file of a capture; ValueError where it is empty or no text."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: must be UTF-8 text ({error.reason} at byte {error.start})") from error
    if not text.strip():
        raise ValueError(f"{path}: the file is empty")
    return text


def read_licence(folder: Path) -> str:
    """What the folder says about its licence: a file of its own, else a line `Licence: ...` in a README; or nothing."""
    for name in LICENCE_FILES:
        if (folder / name).is_file():
            return _lenient_text(folder / name)
    for name in README_FILES:
        if (folder / name).is_file():
            told = re.search(r"^licen[cs]e:\s*(.+)$", _lenient_text(folder / name), re.IGNORECASE | re.MULTILINE)
            if told:
                return told[1].strip()
    return ""


def _lenient_text(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(LICENCE_LENGTH).strip()
