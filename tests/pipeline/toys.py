"""Toy stages: numbers that are made, added, slept over and broken, so that the framework is tested without any 3D."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from pipeline.stage import Catalogue, Context, Finding, InputPath, Resources, Stage, StageConfig


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


@dataclass(frozen=True)
class Title(Text):
    """A kind of text, which goes wherever a text goes."""


@dataclass(frozen=True)
class Album:
    """Many files, some in folders."""

    pages: dict[str, str]

    def save(self, folder: Path) -> None:
        for name, text in self.pages.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)

    @classmethod
    def load(cls, folder: Path) -> "Album":
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return cls({path.relative_to(folder).as_posix(): path.read_text() for path in files})


class NoConfig(StageConfig):
    pass


class MakeConfig(StageConfig):
    value: float = Field(1.0, ge=0)
    """The number to make."""
    mode: Literal["plain", "loud"] = "plain"
    """How to make it."""


def make(config: MakeConfig, context: Context) -> Number:
    """Make a number."""
    context.metric("value", config.value)
    return Number(config.value)


class RoundConfig(StageConfig):
    value: float = 1.0
    """The number to round."""


def rounded(config: RoundConfig, context: Context) -> Number:
    """Make a whole number, so that many settings have one result."""
    return Number(float(round(config.value)))


def add(config: NoConfig, context: Context, *, left: Number, right: Number | None = None) -> Number:
    """Add two numbers."""
    return Number(left.value + (right.value if right else 0))


def total(config: NoConfig, context: Context, *, numbers: list[Number]) -> Number:
    """Add many numbers."""
    return Number(sum(number.value for number in numbers))


def join(config: NoConfig, context: Context, *, parts: tuple[Number | Text, ...] = ()) -> Text:
    """Write numbers and texts side by side, in the order in which they were given."""
    return Text(" ".join(part.text if isinstance(part, Text) else f"{part.value:g}" for part in parts))


class ReadConfig(StageConfig):
    path: InputPath
    """A text file."""


def read(config: ReadConfig, context: Context) -> Text:
    """Read a text."""
    context.licence("CC0-1.0")
    return Text(config.path.read_text())


class CollectConfig(StageConfig):
    paths: list[InputPath] = Field([])
    """Text files."""
    extra: InputPath | None = None
    """One more, or a folder of them."""


def collect(config: CollectConfig, context: Context) -> Text:
    """Read many texts, one after the other."""
    paths = [*config.paths, *([config.extra] if config.extra else [])]
    files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return Text("".join(file.read_text() for file in files if file.is_file()))


class SayConfig(StageConfig):
    text: str = ""
    """What to say."""
    words: list[str] = Field([])
    """What to say after that."""
    licence: str = "CC-BY-4.0"
    """Who may repeat it."""


def say(config: SayConfig, context: Context) -> Title:
    """Say what the settings say."""
    context.licence(config.licence)
    return Title(" ".join([config.text, *config.words]).strip())


def spell(config: NoConfig, context: Context, *, number: Number) -> Text:
    """Write a number as text."""
    return Text(str(number.value))


def shout(config: NoConfig, context: Context, *, text: Text) -> Text:
    """Write a text in capitals."""
    return Text(text.text.upper())


class PagesConfig(StageConfig):
    pages: dict[str, str] = Field({})
    """Texts by file name."""
    zeros: int = 0
    """How long another page is, of nothing but zeros."""


def pages(config: PagesConfig, context: Context) -> Album:
    """Make many files."""
    return Album({**config.pages, **({"zeros.txt": "0" * config.zeros} if config.zeros else {})})


def random(config: NoConfig, context: Context) -> Number:
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
        note(config.journal, f"{step}")
        context.progress(step / config.steps, f"step {step}")
    return Number(step + (start.value if start else 0))


class MeetConfig(StageConfig):
    mine: str
    """A file to make."""
    other: str
    """A file to wait for."""
    patience: float = 20.0
    """How many seconds to wait."""


def meet(config: MeetConfig, context: Context) -> Number:
    """Make a file and wait for that of another stage, which only works while both run."""
    Path(config.mine).touch()
    deadline = time.monotonic() + config.patience
    while not Path(config.other).exists():
        if time.monotonic() > deadline:
            raise ValueError(f"nobody made {config.other}")
        time.sleep(0.005)
    return Number(time.monotonic() - deadline + config.patience)


class OccupyConfig(StageConfig):
    journal: str
    """A file that notes when the stage begins and ends."""
    name: str
    """What to call the stage there."""
    seconds: float = 0.1
    """How long it takes."""


def occupy(config: OccupyConfig, context: Context) -> Number:
    """Take time, and tell when, with how many threads."""
    note(config.journal, f"begin {config.name}")
    time.sleep(config.seconds)
    note(config.journal, f"end {config.name}")
    return Number(context.threads)


class MeasureConfig(StageConfig):
    plain: bool = True
    """Whether the measurements are ones that JSON knows."""


def measure(config: MeasureConfig, context: Context) -> Number:
    """Measure things, some of which JSON has no word for."""
    import numpy as np

    context.metric("triangles", np.int64(12))
    context.metric("size", np.array([1.5, 2.0], np.float32))
    context.metric("names", ["a", "ä"])
    if not config.plain:
        context.metric("psnr", float("inf"))
        context.metric("error", [np.float32("nan"), 1.0])
        context.metric("folder", Path("somewhere"))
    context.progress(float("nan"), "lost")
    context.progress(7, "beyond")
    return Number(12)


class HoldConfig(StageConfig):
    journal: str
    """A file to which each try appends its own process and its parent's, as two numbers."""
    until: str
    """A file; the stage goes on until it exists."""


def hold(config: HoldConfig, context: Context) -> Number:
    """Wait for a file to appear; the number of threads that were granted."""
    with open(config.journal, "a") as journal:
        journal.write(f"{os.getpid()} {os.getppid()}\n")
    context.progress(0.5, "holds")
    while not Path(config.until).exists():
        time.sleep(0.01)
    return Number(context.threads)


class BreakConfig(StageConfig):
    how: Literal[
        "value",
        "bug",
        "exit",
        "kill",
        "segfault",
        "disk",
        "limit",
        "print",
        "memory",
        "wrong",
        "child",
        "hang",
        "leave",
        "busy",
    ] = "value"
    """What goes wrong."""
    marker: str = ""
    """A file; where it does not exist yet, it is made and the stage breaks; where it exists, the stage works."""
    journal: str = ""
    """A file to which each attempt is appended."""


def broken(config: BreakConfig, context: Context, *, start: Number | None = None) -> Number:
    """Break in a chosen way."""
    note(config.journal, config.how)
    if config.marker:
        if Path(config.marker).exists():
            return Number(42)
        Path(config.marker).touch()
    print("a line that a library printed", flush=True)
    return breakdown(config.how)


def breakdown(how: str) -> Any:
    """Each way to break."""
    if how == "value":
        raise ValueError("frame 3: the depth holds NaN (allowed: finite numbers)")
    if how == "bug":
        return {}["missing"]
    if how == "exit":
        os._exit(3)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "segfault":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "disk":
        raise OSError(28, "No space left on device", "somewhere/big.npz")
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        return Number("9" * 1_000_000)  # type: ignore[arg-type]
    if how == "memory":
        raise MemoryError
    if how == "wrong":
        return Text("not a number")
    if how == "leave":
        sys.exit("a library that ends the process")
    if how == "busy":
        sum(range(10**12))  # compiled code that never lets another thread run
    if how == "child":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    if how in ("child", "hang"):
        time.sleep(60)
    return Number(0)


def missing(config: NoConfig, context: Context) -> Number:
    """Needs a module that nobody has."""
    return Number(0)


class BackendConfig(StageConfig):
    backend: Literal["auto", "numpy", "numba"] = "auto"
    """Which kernels to use."""


def kernel(config: BackendConfig, context: Context) -> Text:
    """Say which backend was chosen, and on what device."""
    return Text(f"{config.backend} {context.device}")


class WeightsConfig(StageConfig):
    weights: str
    """A weight file."""


def infer(config: WeightsConfig, context: Context) -> Text:
    """Use weights."""
    return Text(Path(config.weights).read_text())


def note(journal: str, line: str) -> None:
    """Append a line to a file; one short line is written whole."""
    if journal:
        with open(journal, "a") as file:
            file.write(f"{line}\n")


def look(config: ReadConfig) -> list[Finding]:
    """What can be said of a text before it is read."""
    if not config.path.read_text().strip():
        return [Finding("error", str(config.path), "is empty", "write something into it")]
    return [Finding("note", str(config.path), f"{len(config.path.read_text())} letters")]


CATALOGUE = Catalogue(
    [
        Stage(make),
        Stage(rounded),
        Stage(add, exports=("number.json",)),
        Stage(total),
        Stage(join, exports=("text.txt",)),
        Stage(read, exports=("text.txt",), check=look),
        Stage(collect, exports=("text.txt",)),
        Stage(say, exports=("*.txt",)),
        Stage(spell, exports=("text.txt",)),
        Stage(shout, exports=("text.txt",)),
        Stage(pages, exports=("*.txt", "*.md")),
        Stage(random, seeded=True),
        Stage(slow),
        Stage(hold, devices=("cpu", "cuda")),
        Stage(meet),
        Stage(occupy),
        Stage(measure, version=3),
        Stage(broken),
        Stage(missing, modules=("a_module_that_nobody_has",), extra="toys"),
        Stage(
            kernel,
            resources=Resources(cpu=2, memory_gb=1.5, gpu=1),
            devices=("cpu", "cuda"),
            backends={"backend": lambda device: "numba" if device == "cpu" else "numpy"},
        ),
        Stage(infer, sources=lambda config: [Path(config.weights)]),
    ],
    f"{__file__}:CATALOGUE",
)
