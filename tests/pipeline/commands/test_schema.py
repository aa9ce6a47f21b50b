"""scenewright schema."""

from collections.abc import Callable
from pathlib import Path

from pipeline.schema import schema_text
from pipeline.stage import Catalogue

CommandLine = Callable[..., tuple[int, str, str]]


def test_the_schema_is_printed_or_written(command_line: CommandLine, catalogue: Catalogue, tmp_path: Path) -> None:
    assert command_line("schema") == (0, schema_text(catalogue), "")
    assert command_line("schema", "-o", tmp_path / "s.json") == (0, "", "")
    assert (tmp_path / "s.json").read_text() == schema_text(catalogue)
