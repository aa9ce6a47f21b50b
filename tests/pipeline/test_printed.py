from pathlib import Path

from pipeline.printed import KEPT_BYTES, read_tail, rewind


def test_the_end_of_what_was_printed_is_kept(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+b") as file:
        file.write(b"x" * KEPT_BYTES + b"the end")
        file.flush()
        assert read_tail(file.fileno()) == "x" * (KEPT_BYTES - 7) + "the end"
        rewind(file.fileno())
        assert read_tail(file.fileno()) == ""


def test_what_is_no_file_was_printed_nowhere() -> None:
    assert read_tail(-1) == ""
    rewind(-1)
