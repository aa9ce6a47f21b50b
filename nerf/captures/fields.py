"""Reading numbers, words and matrices out of JSON that anybody may have written, with every mistake collected."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from nerf.captures.paths import read_text

Array = np.ndarray

LARGEST = sys.float_info.max  # JSON has whole numbers beyond it, and Python reads NaN and Infinity


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; ValueError in a sentence where it is none."""
    text = read_text(path)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: is not JSON ({error.msg} at line {error.lineno}, column {error.colno})") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise ValueError(f"{path}: is not JSON that can be read ({error})") from error
    except RecursionError as error:
        raise ValueError(f"{path}: is nested too deeply") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path}: must hold a JSON object (got {type(content).__name__})")
    return content


class Fields:
    """One JSON object's fields by name; mistakes go to a list that several objects share.

    `outer` holds the defaults: transforms.json lets a frame leave out what the whole file says.
    """

    def __init__(
        self, record: dict[str, Any], place: str, problems: list[str], outer: dict[str, Any] | None = None
    ) -> None:
        self.record = (outer or {}) | record
        self.place = place
        self.problems = problems

    def number(self, name: str, default: float | None = None) -> float | None:
        """A finite number; a missing or null one is the default."""
        value = self.record.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            return self._wrong(name, "a finite number", value, default)
        return float(value)

    def positive(self, name: str, default: float | None = None) -> float | None:
        """A finite number above zero."""
        value = self.number(name, default)
        if value is not None and value <= 0:
            return self._wrong(name, "above zero", value, default)
        return value

    def text(self, name: str) -> str | None:
        """A string that is not empty; None where it is missing."""
        value = self.record.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self._wrong(name, "a text that is not empty", value, None)
            return None
        return value

    def matrix(self, name: str, rows: int) -> Float64[Array, "4 4"] | None:
        """A matrix with at least this many rows of four numbers, made 4x4."""
        value = self.record.get(name)
        try:
            matrix = np.array(value, np.float64)
        except (TypeError, ValueError, OverflowError):
            matrix = np.zeros(())
        if matrix.shape not in {(rows, 4), (4, 4)}:
            self._wrong(name, f"{rows}x4 numbers" if rows < 4 else "4x4 numbers", value, None)
            return None
        return np.concatenate([matrix, [[0.0, 0.0, 0.0, 1.0]]]) if len(matrix) == 3 else matrix

    def _wrong(self, name: str, allowed: str, value: object, default: float | None) -> float | None:
        shown = repr(value)
        self.problems.append(f"{self.place}{name}: must be {allowed} (got {shown[:60]}{'...' * (len(shown) > 60)})")
        return default
