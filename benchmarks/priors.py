"""Steps and seconds to a PSNR with noisy geometry, as shares of those without: means over scenes and seeds, ablations.

    python benchmarks/priors.py --log runs.jsonl                      three scenes, three seeds, three jitters
    python benchmarks/priors.py --log parts.jsonl --scenes table --seeds 1 --jitter 0.01 --without splat
    python benchmarks/priors.py --log final.jsonl --final --steps 2048 --samples 16384    what is left of it at the end
    python benchmarks/priors.py --log runs.jsonl --print              what the log holds already

Both runs of a pair have the same settings, batches and learning rate; silhouettes carve in neither unless asked. The
clock starts before the prior is looked at. Half of the points are dropped in patches and a tenth are outliers. Runs
that the log holds are not made again, and a table of some of them is a table. With `--final` runs are whole trainings
instead: the rate falls to their end, where all held-out photos are looked at, once. Seconds are those of two idle
cores: max(process CPU / 2, main thread CPU).
"""

import argparse
import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from object_scenes import SCENES, write_scene
from reconstruct import OBJECT_BOX, idle_seconds, started

from nerf.captures.read import read_capture
from nerf.ngp.evaluation import evaluate
from nerf.ngp.prior import PARTS, Prior
from nerf.ngp.settings import Stop, Training
from nerf.posed_images import PosedImages

TARGETS = (22.0, 25.0, 28.0, 30.0)
LOOK_EVERY, LOOKED_AT = 16, 4  # steps between looks at held-out photos, and how many photos
POINTS, OUTLIERS = 20_000, 0.1
PATCH = 0.03  # side of what is dropped together, share of the box

Row = dict[str, Any]  # a run: what it was, and its curve


def noisy_points(folder: Path, views: PosedImages, jitter: float, seed: int) -> np.ndarray:
    """Surface points of half of all patches, jittered (share of the box's side), and outliers; scene coordinates."""
    rng = np.random.default_rng(seed)
    points = np.load(folder / "points.npz")["xyz"].astype(np.float64)
    side = OBJECT_BOX[1][0] - OBJECT_BOX[0][0]
    patches = np.floor(points / (PATCH * side)).astype(np.int64) @ np.array([7919, 104729, 1299709])
    points = points[(patches * 2654435761 >> 7) % 2 == 0]
    points = points[rng.permutation(len(points))[:POINTS]]
    points += rng.normal(size=points.shape) * jitter * side
    outliers = int(len(points) * OUTLIERS)
    points[:outliers] = rng.uniform(*OBJECT_BOX, (outliers, 3))
    return views.scene.scene_points(points)


def plan(args: argparse.Namespace) -> Iterator[Row]:
    """The runs that were asked for, those without a prior first; whole seeds after each other."""
    for seed in range(args.first_seed, args.first_seed + args.seeds):
        for scene in args.scenes:
            yield {"scene": scene, "seed": seed, "jitter": None, "without": None}
            for jitter in args.jitter:
                for part in (None, *args.without):
                    yield {"scene": scene, "seed": seed, "jitter": jitter, "without": part}


def learn(row: Row, args: argparse.Namespace) -> Row:
    """A run: its row with steps, seconds and PSNR of each look, until the last target or step is reached."""
    folder = write_scene(args.data / row["scene"], row["scene"])
    views = read_capture(folder)
    training = Training(
        batch_samples=args.samples, bounds=OBJECT_BOX, seed=row["seed"], carve=args.carve, long_side=args.long_side,
        coarsest=2.0, stop=Stop(steps=args.steps if args.final else 10**9),
    )  # fmt: skip
    begun, looking = idle_seconds(), 0.0
    prior = None
    if row["jitter"] is not None:
        points = noisy_points(folder, views, row["jitter"], row["seed"])
        prior = Prior(points, **({row["without"]: False} if row["without"] else {}))
    curve: list[tuple[int, float, float]] = []
    with started(views, training, prior) as run:
        held_out = run.parts.held_out
        if not args.final:
            held_out = held_out[:: max(1, len(held_out) // LOOKED_AT)][:LOOKED_AT]
        for step in range(1, args.steps + 1):
            run.step()
            if step % (args.steps if args.final else LOOK_EVERY) == 0:
                before = idle_seconds()
                score = evaluate(run.scene(), views, held_out, long_side=training.long_side)
                curve.append((step, round(before - begun - looking, 3), round(score.psnr, 3)))
                looking += idle_seconds() - before
                if score.psnr >= TARGETS[-1] and row["seed"] >= args.whole and not args.final:
                    break
    steps, seconds, found = (list(column) for column in zip(*curve, strict=True))
    return row | {"steps": steps, "seconds": seconds, "psnr": found, "prior": run.prior_facts}


def reach(row: Row, target: float, of: str) -> float:
    """Steps or seconds at which a curve crosses a PSNR, interpolated; NaN where it does not."""
    for k, value in enumerate(row["psnr"]):
        if value >= target:
            if k == 0:
                return float(row[of][0])
            share = (target - row["psnr"][k - 1]) / (value - row["psnr"][k - 1])
            return float(row[of][k - 1] + share * (row[of][k] - row[of][k - 1]))
    return math.nan


def gained(row: Row, plain: Row) -> float:
    """PSNR over that of the run without a prior at the last step that both took."""
    last = min(row["steps"][-1], plain["steps"][-1])
    return float(row["psnr"][row["steps"].index(last)] - plain["psnr"][plain["steps"].index(last)])


def show(rows: list[Row]) -> None:
    """The table: shares of steps and seconds per target, mean, spread and number of pairs, and the final difference."""
    print("| jitter | " + " | ".join(f"{of} to {target:.0f} dB" for of in ("steps", "seconds") for target in TARGETS)
          + " | dB at the last common step |")  # fmt: skip
    print("|---" * (2 * len(TARGETS) + 2) + "|")
    for name, pairs in kinds(rows):
        cells = [
            worded([reach(a, target, of) / reach(b, target, of) for a, b in pairs], "{:.2f}")
            for of in ("steps", "seconds") for target in TARGETS
        ]  # fmt: skip
        cells.append(worded([gained(a, b) for a, b in pairs], "{:+.2f}"))
        print(f"| {name} | " + " | ".join(cells) + " |")


def show_final(rows: list[Row]) -> None:
    """The table of whole trainings: what the prior changed at their end, pair by pair."""
    for name, pairs in kinds(rows):
        differences = [gained(a, b) for a, b in pairs]
        print(f"{name}: {worded(differences, '{:+.2f}')} dB after {pairs[0][0]['steps'][-1]} steps")
        for (row, plain), difference in zip(pairs, differences, strict=True):
            print(f"  {row['scene']}, seed {row['seed']}: {plain['psnr'][-1]:.2f} -> {row['psnr'][-1]:.2f} dB "
                  f"({difference:+.2f}), {plain['seconds'][-1]:.0f} -> {row['seconds'][-1]:.0f} s")  # fmt: skip


def kinds(rows: list[Row]) -> Iterator[tuple[str, list[tuple[Row, Row]]]]:
    """For each jitter and part left out: its name, and each run beside the one without a prior."""
    plain = {(row["scene"], row["seed"]): row for row in rows if row["jitter"] is None}
    for jitter, without in dict.fromkeys((row["jitter"], row["without"]) for row in rows if row["jitter"] is not None):
        pairs = [
            (row, plain[row["scene"], row["seed"]]) for row in rows
            if (row["jitter"], row["without"]) == (jitter, without) and (row["scene"], row["seed"]) in plain
        ]  # fmt: skip
        if pairs:
            yield f"{jitter:.1%}{f', no {without}' if without else ''}", pairs


def worded(values: list[float], form: str) -> str:
    """Mean, standard deviation and number of those that are numbers."""
    good = [value for value in values if math.isfinite(value)]
    if not good:
        return "not reached"
    return form.format(np.mean(good)) + f" ± {np.std(good):.2f} ({len(good)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, required=True, help="a line per run is added to this file")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "scenewright-objects")
    parser.add_argument("--scenes", nargs="+", default=list(SCENES), choices=SCENES)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--jitter", type=float, nargs="+", default=[0.003, 0.01, 0.03])
    parser.add_argument("--samples", type=int, default=1 << 16)
    parser.add_argument("--steps", type=int, default=448)
    parser.add_argument("--whole", type=int, default=1, help="runs of so many seeds go on after the last target")
    parser.add_argument("--long-side", type=int, default=100)
    parser.add_argument("--carve", action="store_true", help="let silhouettes empty the grid in both runs")
    parser.add_argument("--without", nargs="+", default=[], choices=PARTS, help="ablations: parts to switch off")
    parser.add_argument("--final", action="store_true", help="whole trainings, scored at their end")
    parser.add_argument("--print", action="store_true")
    args = parser.parse_args()
    rows: list[Row] = [json.loads(line) for line in args.log.read_text().splitlines()] if args.log.is_file() else []
    what = ("scene", "seed", "jitter", "without")
    for row in () if args.print else plan(args):
        if any(all(old[key] == row[key] for key in what) for old in rows):
            continue
        rows.append(learn(row, args))
        with args.log.open("a") as log:
            log.write(json.dumps(rows[-1]) + "\n")
        print(
            *(f"{key} {row[key]}" for key in what), *zip(rows[-1]["steps"], rows[-1]["psnr"], strict=True), flush=True
        )
    (show_final if args.final else show)(rows)


if __name__ == "__main__":
    main()
