"""Peak memory of a training on many large photos, and how soon the first step of one on very many is done.

    python benchmarks/field_memory.py                              100 photos of 1080x1920 at full size
    python benchmarks/field_memory.py --photos 2000 --steps 1 --long-side 960

Photos are made up (twelve files, linked under as many names as asked for); training runs in a process of its own, whose
largest resident set counts, mapped files included.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT, DIFFERENT = 1080, 1920, 12
FOCAL, AWAY, RADIUS = 1500.0, 3.0, 0.8


def pose(k: int, n: int) -> np.ndarray:
    """An OpenGL camera on a spiral around a ball, looking at it."""
    height = 0.8 - 1.6 * (k + 0.5) / n
    across, turn = math.sqrt(1 - height**2), 2.4 * k
    back = np.array([across * math.cos(turn), across * math.sin(turn), height])
    right = np.cross([0.0, 0, 1], back)
    right /= np.linalg.norm(right)
    result = np.eye(4)
    result[:3, :3], result[:3, 3] = np.stack([right, np.cross(back, right), back], -1), AWAY * back
    return result


def photograph(camera: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """A ball coloured by its normal in front of a sky coloured by its direction, with the grain of a sensor."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    local = np.stack([(x - WIDTH / 2) / FOCAL, (HEIGHT / 2 - y) / FOCAL, -np.ones_like(x)], -1)
    direction = local @ camera[:3, :3].T
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    toward = direction @ camera[:3, 3]
    inside = toward**2 - (AWAY**2 - RADIUS**2)
    point = camera[:3, 3] + (-toward - np.sqrt(np.maximum(inside, 0)))[..., None] * direction
    colour = 0.5 + 0.4 * np.where((inside > 0)[..., None], np.sin(9 * point), np.sin(5 * direction))
    return Image.fromarray(np.clip(255 * colour + rng.normal(0, 3, colour.shape), 0, 255).astype(np.uint8))


def write_capture(folder: Path, n: int) -> None:
    """A transforms.json of n photos."""
    rng, frames = np.random.default_rng(0), []
    (folder / "images").mkdir()
    for k in range(n):
        path = folder / "images" / f"{k:05d}.jpg"
        if k < DIFFERENT:
            photograph(pose(k, n), rng).save(path, quality=92)
        else:
            os.link(folder / "images" / f"{k % DIFFERENT:05d}.jpg", path)
        frames.append({"file_path": f"images/{path.name}", "transform_matrix": pose(k, n).tolist()})
    content = {"w": WIDTH, "h": HEIGHT, "fl_x": FOCAL, "fl_y": FOCAL, "cx": WIDTH / 2, "cy": HEIGHT / 2}
    (folder / "transforms.json").write_text(json.dumps(content | {"frames": frames}))


def train(folder: Path, steps: int, long_side: int) -> None:
    """Read a capture and take some steps; tells the seconds and the memory."""
    from nerf.captures.read import read_capture
    from nerf.ngp.evaluation import split
    from nerf.ngp.fit import Run
    from nerf.ngp.settings import Stop, Training

    wall = time.perf_counter()
    views = read_capture(folder)
    training = Training(stop=Stop(steps=10**9), long_side=long_side)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        run = Run(views, split(views), training, None, Path(scratch), time.monotonic)
        try:
            run.step()
            first, cpu = time.perf_counter() - wall, time.process_time()
            for _ in range(steps - 1):
                run.step()
            store = run.trainer.store
            ready, peak = store.ready(run.trainer.number), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(
                f"{len(views)} photos of {WIDTH}x{HEIGHT} at {store.sizes[0].tolist()}: first step after {first:.1f} s "
                f"({cpu:.1f} s of CPU, compiled code from the cache); after {steps} steps {ready} photos were in use, "
                f"largest resident set {peak:.2f} GiB",
                flush=True,
            )
        finally:
            run.trainer.store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--long-side", type=int, default=1920)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)  # in the process that is measured
    args = parser.parse_args()
    if args.folder:
        train(args.folder, args.steps, args.long_side)
        return
    with tempfile.TemporaryDirectory() as name:
        write_capture(Path(name), args.photos)
        again = [sys.executable, __file__, "--folder", name, "--steps", str(args.steps)]
        subprocess.run([*again, "--long-side", str(args.long_side)], check=True)


if __name__ == "__main__":
    main()
