"""Toy stages: numbers that are made, added, slept over and broken, so that the framework is tested without any 3D."""

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.stage import Catalogue, Context, InputPath, Stage, StageConfig


@dataclass(frozen=True)
class Number:
    value: float

    def save(self, folder: Path) -> None:
        (folder / "number.json").write_text(json.dumps(self.value))

    @classmethod
    def load(cls, folder: Path) -> "Number":
        return cls(json.loads((folder / "number.json").read_text()))


@dataclass(frozen=True)
class Text:
    text: str

    def save(self, folder: Path) -> None:
        (folder / "text.txt").write_text(self.text)

    @classmethod
    def load(cls, folder: Path) -> "Text":
        return cls((folder / "text.txt").read_text())


class MakeConfig(StageConfig):
    value: float = Field(1.0, ge=0)
    """The number to make."""
    mode: Literal["plain", "loud"] = "plain"
    """How to make it."""


def make(config: MakeConfig, context: Context) -> Number:
    """Make a number."""
    context.metric("value", config.value)
    return Number(config.value)


class NoConfig(StageConfig):
    pass


def add(config: NoConfig, context: Context, *, left: Number, right: Number | None = None) -> Number:
    """Add two numbers."""
    return Number(left.value + (right.value if right else 0))


def total(config: NoConfig, context: Context, *, numbers: list[Number]) -> Number:
    """Add many numbers."""
    return Number(sum(number.value for number in numbers))


class ReadConfig(StageConfig):
    path: InputPath
    """A text file."""


def read(config: ReadConfig, context: Context) -> Text:
    """Read a text."""
    context.licence("CC0-1.0")
    return Text(config.path.read_text())


def spell(config: NoConfig, context: Context, *, number: Number) -> Text:
    """Write a number as text."""
    return Text(str(number.value))


class RandomConfig(StageConfig):
    pass


def random(config: RandomConfig, context: Context) -> Number:
    """A random number."""
    return Number(float(context.generator().random()))


class SlowConfig(StageConfig):
    steps: int = Field(10, ge=1)
    """How many steps to take."""
    seconds: float = Field(0.02, ge=0)
    """How long a step takes."""
    journal: str = ""
    """A file to which each step is appended, so that a test sees what was done."""


def slow(config: SlowConfig, context: Context, *, start: Number | None = None) -> Number:
    """Count up in steps, leaving a checkpoint after each."""
    checkpoint = context.folder / "step.json"
    step = json.loads(checkpoint.read_text()) if checkpoint.exists() else 0
    while step < config.steps:
        time.sleep(config.seconds)
        step += 1
        aside = checkpoint.with_suffix(".new")
        aside.write_text(json.dumps(step))
        aside.replace(checkpoint)
        if config.journal:
            with open(config.journal, "a") as journal:
                journal.write(f"{step}\n")
        context.progress(step / config.steps, f"step {step}")
    return Number(step + (start.value if start else 0))


class BreakConfig(StageConfig):
    how: Literal["value", "bug", "exit", "kill", "disk", "print", "memory"] = "value"
    """What goes wrong."""
    marker: str = ""
    """A file; where it does not exist yet, it is made and the stage breaks; where it exists, the stage works."""


def broken(config: BreakConfig, context: Context, *, start: Number | None = None) -> Number:
    """Break in a chosen way."""
    if config.marker:
        if Path(config.marker).exists():
            return Number(42)
        Path(config.marker).touch()
    if config.how == "value":
        raise ValueError("frame 3: the depth holds NaN (allowed: finite numbers)")
    if config.how == "bug":
        return {}["missing"]
    if config.how == "exit":
        os._exit(3)
    if config.how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if config.how == "disk":
        raise OSError(28, "No space left on device", "somewhere/big.npz")
    if config.how == "memory":
        raise MemoryError
    print("a line that a library printed")
    return Number(0)


def missing(config: NoConfig, context: Context) -> Number:
    """Needs a module that nobody has."""
    return Number(0)


class BackendConfig(StageConfig):
    backend: Literal["auto", "numpy", "numba"] = "auto"
    """Which kernels to use."""


def kernel(config: BackendConfig, context: Context) -> Text:
    """Say which backend was chosen."""
    return Text(config.backend)


class WeightsConfig(StageConfig):
    weights: str = ""
    """A weight file."""


def infer(config: WeightsConfig, context: Context) -> Text:
    """Use weights."""
    return Text(Path(config.weights).read_text())


CATALOGUE = Catalogue(
    [
        Stage(make),
        Stage(add, exports=("number.json",)),
        Stage(total),
        Stage(read, exports=("text.txt",)),
        Stage(spell, exports=("text.txt",)),
        Stage(random, seeded=True),
        Stage(slow),
        Stage(broken),
        Stage(missing, modules=("a_module_that_nobody_has",), extra="toys"),
        Stage(kernel, backends={"backend": lambda device: "numba"}),
        Stage(infer, sources=lambda config: [Path(config.weights)]),
    ],
    f"{__file__}:CATALOGUE",
)
