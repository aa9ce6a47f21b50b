"""Examples of the object library for all trainings, drawn from seeds once and kept in pieces."""

import contextlib
import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path

from nerf.objects.splits import Split
from nerf.style.examples import Examples, Recipe, draw, joined
from pipeline.training.run import TrainingRun

PIECE = 200


def examples(
    run: TrainingRun, split: Split, count: int, recipe: Recipe, *, begin: int = 0, folder: str = ""
) -> Examples:
    """`count` objects of a split, from number `begin` on; pieces that lie in the run's data, in a `folder` of their
    own where one is named, are read, others are drawn and kept there."""
    kept = run.data / folder
    _check_recipe(kept, recipe)
    parts = []
    with run.processes.first_goes_first():
        for first in range(begin, begin + count, PIECE):
            last = min(first + PIECE, begin + count)
            piece = kept / f"{split}-{first:05d}"
            stored = Examples.load(piece) if (piece / "words.json").is_file() else None
            if stored is None or len(stored) < last - first:
                stored = draw(split, range(first, last), recipe, run.workers)
                _keep(stored, piece)
                run.tell(f"data: {split} {last} of {begin + count}")
            parts.append(first_of(stored, last - first))
    return joined(parts)


def draw_data(run: TrainingRun) -> dict[str, float]:
    """What the generator's preset learns from, and a sheet of it: a row for every family, with captions."""
    from PIL import Image

    from nerf.objects.sheet import contact_sheet
    from nerf.style.presets import preset

    chosen = preset(run.preset)
    learned = examples(run, "train", chosen.objects, chosen.recipe)
    unseen = examples(run, "validation", chosen.held_out, chosen.recipe)
    small = {"families": ["chair", "car", "tree"], "each": 3, "size": 64} if run.preset == "tiny" else {}
    path = run.folder / "sheets" / "data.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(contact_sheet("train", **small)).save(path)  # type: ignore[arg-type]
    run.tell(f"data: look at {path}")
    return {"objects": len(learned), "held_out": len(unseen), "views": learned.rgb.shape[1]}


def first_of(given: Examples, count: int) -> Examples:
    """The first `count` objects."""
    names = [name for name, value in vars(given).items() if len(value) == len(given)]
    return given if count >= len(given) else replace(given, **{name: getattr(given, name)[:count] for name in names})


def _keep(stored: Examples, folder: Path) -> None:
    """Lay a piece down whole, whoever else draws the same one: what is read there is never half of one."""
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    stored.save(part)
    if folder.is_dir():  # a shorter one
        shutil.rmtree(folder, ignore_errors=True)
    try:
        part.rename(folder)
    except OSError:  # somebody else's, of the same bytes
        shutil.rmtree(part)


def _check_recipe(kept: Path, recipe: Recipe) -> None:
    """Pieces of different recipes do not mix.

    The first process to come lays the recipe down whole and in one step; others, and later runs, only compare.
    """
    path = kept / "recipe.json"
    wanted = asdict(recipe)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_text(json.dumps(wanted, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        with contextlib.suppress(FileExistsError):
            os.link(part, path)  # unlike a rename, never in another's place
        part.unlink()
    if asdict(Recipe()) | json.loads(path.read_text(encoding="utf-8")) != wanted:
        raise ValueError(f"{path}: the examples here were drawn by another recipe; give another folder or remove them")
