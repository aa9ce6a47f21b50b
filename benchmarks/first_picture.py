"""From a page's address to the first picture of a model of 5 MB, in a Chromium that draws without a graphics card.

    python benchmarks/first_picture.py [--times 5] [--megabytes 5] [--picture FILE] [--parts]

Every time in a fresh browser, whose start is not counted. The clock stops when the picture's pixels can be read.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from PIL import Image

from meshing.gltf.scene import scene_of
from meshing.gltf.writer import glb_bytes
from meshing.mesh import Mesh
from viewer.listen import serving
from viewer.sample import write_sample_run
from viewer.server import make_app

SIDE = 2048
GOAL_SECONDS = 2.0


def boulder() -> Mesh:
    """A bumpy ball of 82,000 triangles under a picture as rich as a photo."""
    rng = np.random.default_rng(0)
    ball = trimesh.creation.icosphere(6)
    direction = ball.vertices
    bumps = sum(np.sin(direction @ rng.normal(size=3) * 2**k + rng.uniform(0, 6)) / 2**k for k in range(1, 6))
    points = direction * (1 + 0.2 * bumps[:, None])
    picture = np.full((SIDE, SIDE, 3), 127.0)
    for octave in range(3, 11):
        coarse = Image.fromarray(rng.integers(0, 256, (2**octave, 2**octave, 3), np.uint8))
        picture += (np.asarray(coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) - 127.5) * 0.8 ** (octave - 2)
    uv = 0.5 + 0.5 * np.stack([np.arctan2(direction[:, 0], direction[:, 2]) / np.pi, -direction[:, 1]], -1)
    image = picture.clip(0, 255).astype(np.uint8)
    return Mesh(points.astype(np.float32), ball.faces.astype(np.int32), uv=uv.astype(np.float32), base_color=image)


def sized(mesh: Mesh, megabytes: float) -> bytes:
    """The mesh as the exporter writes it, its picture compressed so far that the file just reaches this size."""
    fewest, best = 1, 100
    while fewest < best:
        quality = (fewest + best) // 2
        is_enough = len(glb_bytes(scene_of(mesh, quality=quality))) >= megabytes * 1e6
        fewest, best = (fewest, quality) if is_enough else (quality + 1, best)
    return glb_bytes(scene_of(mesh, quality=best))


def main() -> None:
    """Measure, and print the fastest and the middle time beside the goal."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--megabytes", type=float, default=5.0)
    parser.add_argument("--picture", type=Path, default=Path(tempfile.gettempdir()) / "first_picture.png")
    parser.add_argument("--parts", action="store_true", help="print when each file came and each mark was passed")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    page = Path(__file__).parents[1] / "viewer" / "page"
    with tempfile.TemporaryDirectory() as folder:
        run = write_sample_run(Path(folder) / "run")
        model = sized(boulder(), given.megabytes)
        (run / "outputs/glb.glb").write_bytes(model)
        with serving(make_app(run)) as address:
            driver = Path(__file__).with_suffix(".mjs")
            command = ["node", driver, str(chromium), f"{address}/", str(given.times), given.picture]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seen = [json.loads(line) for line in answer.splitlines()]
    drawn = [one["drawn"] / 1000 for one in seen]
    best, middle = min(drawn), statistics.median(drawn)
    print(f"model {len(model) / 1e6:.2f} MB; goal {GOAL_SECONDS} s, of {len(drawn)} cold loads")
    print(f"first picture after {best:.2f} s at best, {middle:.2f} s in the middle")
    print(f"the page's own scripts: {first_load(page) / 1000:.1f} kB compressed (goal 300 kB)")
    if given.parts:
        tell(seen[int(np.argmin(drawn))])


def first_load(page: Path) -> int:
    """Compressed bytes of what the page loads before anyone clicks."""
    return int(json.loads((page / "build.json").read_text())["first_load_gzip_bytes"])


def tell(seen: dict[str, Any]) -> None:
    """When each file came, and each mark was passed, in milliseconds."""
    for name, start, end, size in seen["resources"]:
        print(f"  {start:7.0f} to {end:7.0f}  {size / 1000:8.1f} kB  {re.sub(r'[?].*', '', name)}")
    for name, at in sorted(seen["marks"], key=lambda one: one[1]):
        print(f"  {at:7.0f}  {name}")
    print(f"  {seen['drawn']:7.0f}  drawn")


if __name__ == "__main__":
    main()
