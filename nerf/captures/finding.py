"""What the capture doctor has to say."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing about a capture: where, what was measured, and what to do about it.

    An error means that nothing good can come of it, a warning that the result will suffer, a note is good to know.
    """

    severity: Severity
    place: str
    message: str
    advice: str = ""


def named(names: list[str], most: int = 5) -> str:
    """Names in a sentence, the first few of them."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
