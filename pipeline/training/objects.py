"""Examples of the object library for all trainings, drawn from seeds once and kept in pieces."""

import json
from dataclasses import asdict, replace

from nerf.objects.splits import Split
from nerf.style.examples import Examples, Recipe, draw, joined
from pipeline.training.run import TrainingRun

PIECE = 200


def examples(run: TrainingRun, split: Split, count: int, recipe: Recipe) -> Examples:
    """The first `count` objects of a split; pieces that lie in the run's folder are read, others are drawn and kept."""
    _check_recipe(run, recipe)
    parts = []
    for first in range(0, count, PIECE):
        last = min(first + PIECE, count)
        folder = run.data / f"{split}-{first:05d}"
        stored = Examples.load(folder) if (folder / "words.json").is_file() else None
        if stored is None or len(stored) < last - first:
            stored = draw(split, range(first, last), recipe, run.workers)
            stored.save(folder)
            run.tell(f"data: {split} {last} of {count}")
        parts.append(first_of(stored, last - first))
    return joined(parts)


def first_of(given: Examples, count: int) -> Examples:
    """The first `count` objects."""
    names = [name for name, value in vars(given).items() if len(value) == len(given)]
    return given if count >= len(given) else replace(given, **{name: getattr(given, name)[:count] for name in names})


def _check_recipe(run: TrainingRun, recipe: Recipe) -> None:
    """Pieces of different recipes do not mix."""
    path = run.data / "recipe.json"
    wanted = asdict(recipe)
    if path.is_file() and json.loads(path.read_text(encoding="utf-8")) != wanted:
        raise ValueError(f"{path}: the examples here were drawn by another recipe; give another folder or remove them")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(wanted, indent=1, sort_keys=True) + "\n", encoding="utf-8")
