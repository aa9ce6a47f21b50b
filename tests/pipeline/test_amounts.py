"""Numbers as people read them."""

import pytest

from pipeline.amounts import counted, size_text, time_text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_234_567, "1.2 MB"), (5.5e9, "5.5 GB"), (7.25e13, "72.5 TB")],
)
def test_sizes(count: float, text: str) -> None:
    assert size_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (60, "60 s"), (119, "119 s"), (120, "2 min"), (3600, "60 min"), (9000, "2.5 h")],
)
def test_times(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_one_of_a_thing_is_no_plural() -> None:
    assert [counted(count, "file") for count in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
