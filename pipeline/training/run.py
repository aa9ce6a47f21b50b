"""One training: where its files lie, how it is repeated, and what becomes of its figures."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pipeline.training.processes import Processes
from pipeline.weights import SHIPPED, halve, weights_folder, write_card

LICENCE = "Apache-2.0"


@dataclass(frozen=True)
class TrainingRun:
    """A folder in which data, checkpoints, logs and weights of one or more trainings lie side by side."""

    name: str
    folder: Path
    preset: str = "default"
    seed: int = 0
    workers: int = 1
    tell: Callable[[str], None] = print
    processes: Processes = field(default_factory=Processes)
    half: bool | None = None
    """Whether to multiply in bfloat16 where a training can; its preset says when this is None."""
    given: Mapping[str, Path] = field(default_factory=dict)
    """Weights by their usual name, or a published checkpoint, that this training is to build on."""
    scalars: Callable[[int, Mapping[str, float]], None] | None = None
    """Hears of all figures too, where somebody asked for TensorBoard's files."""
    started: float = field(default_factory=time.process_time)

    @property
    def step_seed(self) -> int:
        """The seed of what is drawn for each step, another one in each process; weights begin by `seed` in all."""
        return self.seed + 1_000_000 * self.processes.rank

    @property
    def data(self) -> Path:
        """Where drawn examples are kept."""
        return self.folder / "data"

    @property
    def checkpoint(self) -> Path:
        """Where this training leaves what it goes on from."""
        return self.folder / "checkpoints" / self.name

    def weights(self, name: str) -> Path:
        """Where a training in this folder leaves its weights."""
        return self.folder / "weights" / name

    def source(self, name: str) -> Path:
        """Weights that this training builds on: those given, else made in this folder, else those that ship."""
        if name in self.given:
            return weights_folder(self.given[name])
        own = self.weights(name)
        return weights_folder(own if own.is_dir() or not (SHIPPED / name).is_dir() else SHIPPED / name)

    def log(self, step: int, figures: Mapping[str, float]) -> None:
        """Tell, and add a line to `logs/NAME.jsonl`."""
        rounded = {name: float(f"{value:.5g}") for name, value in figures.items()}
        path = self.folder / "logs" / f"{self.name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **rounded}) + "\n")
        if self.scalars is not None:
            self.scalars(step, rounded)
        self.tell(f"{self.name} {step}: " + ", ".join(f"{name} {value:.4g}" for name, value in rounded.items()))

    def means(self, every: int, before: int = 0) -> Callable[[int, Mapping[str, float]], None]:
        """A function that is told each step's figures and logs the means of `every` steps, counted on from `before`."""
        recent: dict[str, list[float]] = {}

        def tell(step: int, figures: Mapping[str, float]) -> None:
            for name, value in figures.items():
                recent.setdefault(name, []).append(value)
            if step % every == 0:
                self.log(before + step, {name: sum(values) / len(values) for name, values in recent.items()})
                recent.clear()

        return tell

    def finish(
        self,
        weights: str,
        summary: str,
        data: str,
        metrics: Mapping[str, float],
        built_on: Mapping[str, str] = MappingProxyType({}),
    ) -> Path:
        """Store the weights in 16 bits and lay their card beside them."""
        folder = self.weights(weights)
        for path in folder.glob("*.safetensors"):
            halve(path)
        about = {
            "name": weights,
            "summary": summary,
            "command": f"scenewright train {self.name} --preset {self.preset} --seed {self.seed}",
            "seed": self.seed,
            "device": self.processes.described,
            "cpu_seconds": round(time.process_time() - self.started),
            "data": data,
            "metrics": {name: float(f"{value:.4g}") for name, value in metrics.items()},
            "licence": LICENCE,
            "built_on": dict(built_on),
        }
        write_card(folder, about)
        return folder
