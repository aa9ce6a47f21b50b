"""Every example job that ships, and one of each kind that `scenewright new` writes, run; every GLB of theirs validated.

    python benchmarks/validate_examples.py [JOB...] [--capture NAME=PATH...] [--steps 50] [--keep FOLDER]

JOB is a name in assets/jobs, or new-room, new-object, new-photo and new-capture; without any all are run. Jobs for a
capture of one's own, such as `transforms`, run where `--capture transforms=PATH` gives one, with a field of `--steps`
steps. Prints what the Khronos validator says of each file, and ends with 1 where there is an error. Needs
`npm ci --prefix tests/node`.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import api, cli

ROOT = Path(__file__).resolve().parents[1]
JOBS = ROOT / "assets" / "jobs"
DEMO = ROOT / "assets" / "captures" / "demo"
NEW = {
    "new-room": ["room", "a small study with a desk, a lamp and a bookshelf"],
    "new-object": ["object", "a blue vase", "--target", "quest3-web"],
    "new-photo": ["photo", str(DEMO / "frame-000000.color.jpg"), "--target", "quest3-web"],
    "new-capture": ["capture", str(DEMO)],
}


@dataclass(frozen=True)
class Example:
    """A job to run, with the variables it is given."""

    name: str
    path: Path
    variables: tuple[str, ...] = ()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = [*sorted(path.stem for path in JOBS.glob("*.json")), *NEW]
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"of {', '.join(known)}")
    parser.add_argument("--capture", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--keep", type=Path, help="keep the runs in this folder")
    given = parser.parse_args()
    if unknown := set(given.jobs) - set(known):
        parser.error(f"JOB: must be of {', '.join(known)} (got {', '.join(sorted(unknown))})")
    captures = dict(pair.split("=", 1) for pair in given.capture)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        wanted = list(examples(given.jobs or known, captures, given.steps, folder))
        return 1 if sum(checked(example, folder) for example in wanted) else 0


def examples(names: list[str], captures: dict[str, str], steps: int, folder: Path) -> Iterator[Example]:
    for name in names:
        if name in NEW:
            path = folder / f"{name}.json"
            if cli.main(["new", *NEW[name], "-o", str(path), "--replace"]) == 0:
                yield Example(name, path)
            continue
        path = JOBS / f"{name}.json"
        variables = json.loads(path.read_text(encoding="utf-8")).get("variables", {})
        if "capture" not in variables:
            yield Example(name, path)
        elif name in captures:
            given = {"capture": str(Path(captures[name]).resolve()), "steps": str(steps)}
            yield Example(name, path, tuple(f"{key}={given[key]}" for key in variables if key in given))
        else:
            print(f"{name}: is not run: it needs a capture, --capture {name}=PATH")


def checked(example: Example, folder: Path) -> int:
    """Errors in the files that the example writes, which are printed; one where it fails or writes none."""
    before = spent()
    out = folder / "runs" / example.name
    try:
        job = api.read_job(example.path, variables=example.variables)
        api.run(job, out, store=folder / "store", device="cpu")
    except Exception as error:  # one job's failure leaves the others to be looked at
        print(f"{example.name}: FAILED: {type(error).__name__}: {error}", flush=True)
        return 1
    print(f"{example.name}: {spent() - before:.0f} CPU-s", flush=True)
    files = sorted(out.rglob("*.glb"))
    reports = validated(files)
    for path, report in zip(files, reports, strict=True):
        issues = report["issues"]
        codes = sorted({f"{one['code']} ({one['severity']})" for one in issues["messages"]})
        counts = f"{issues['numErrors']} errors, {issues['numWarnings']} warnings, {path.stat().st_size / 1e6:.2f} MB"
        print(f"  {path.relative_to(out)}: {counts} {', '.join(codes)}".rstrip(), flush=True)
    if not files:
        print("  writes no GLB")
    return sum(report["issues"]["numErrors"] for report in reports) + (not files)


def spent() -> float:
    """CPU-seconds of this process and of those that ran stages for it."""
    mine, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def validated(files: list[Path]) -> list[dict[str, Any]]:
    if not files:
        return []
    command = ["node", str(ROOT / "tests" / "node" / "val.mjs"), *map(str, files)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


if __name__ == "__main__":
    sys.exit(main())
