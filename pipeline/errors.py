"""The one tree of exceptions: what is the user's mistake, what a stage could not do, and what is ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class ScenewrightError(Exception):
    """Anything that is told to the user in one line, without a traceback; `exit_code` is the process's."""

    exit_code = 1


class UserError(ScenewrightError):
    """A mistake in what the user gave: found before work starts where it can be."""

    exit_code = 2


class StageFailed(ScenewrightError):
    """One or more stages of a run did not finish; what did finish is kept."""


class Stopped(ScenewrightError):
    """The user stopped the run."""

    exit_code = 130


@dataclass(frozen=True)
class Problem:
    """One mistake in a job: `place` is a dotted path into the file, such as `stages.field.config.steps`."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class JobError(UserError):
    """Every mistake that was found in a job file, at once."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        count = "1 mistake" if len(self.problems) == 1 else f"{len(self.problems)} mistakes"
        super().__init__(f"{source}: {count}\n{lines}")


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """The tail of an error about a name nobody knows: the nearest allowed ones, or all of them when they are few."""
    names = sorted(allowed)
    near = get_close_matches(given, names, n=2, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(repr(name) for name in near)}?"
    if not names:
        return "nothing is allowed here"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"allowed: {shown}"
