"""scenewright stages [NAME]."""

from collections.abc import Callable

from pipeline.reference import stage_page, stages_page
from pipeline.stage import Catalogue

CommandLine = Callable[..., tuple[int, str, str]]


def test_stages_are_listed_with_what_they_do_and_what_is_missing(
    command_line: CommandLine, catalogue: Catalogue
) -> None:
    lines = command_line("stages")[1].splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue)
    assert lines[0].split(maxsplit=1)[1] == "Make a number."
    missing = next(line for line in lines if line.startswith("missing"))
    assert missing.endswith("[needs a_module_that_nobody_has: pip install 'scenewright[toys]']")


def test_one_stage_is_explained_and_all_as_a_page(command_line: CommandLine, catalogue: Catalogue) -> None:
    assert command_line("stages", "make")[1] == stage_page(catalogue["make"]) + "\n"
    assert command_line("stages", "--markdown")[1] == stages_page(catalogue)


def test_an_unknown_stage_is_told(command_line: CommandLine) -> None:
    assert command_line("stages", "mkae") == (2, "", "error: no stage is called 'mkae'; did you mean 'make'?\n")
