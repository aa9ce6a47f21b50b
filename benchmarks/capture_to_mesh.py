"""How fast and how well a capture with measured depth becomes a mesh.

    python benchmarks/capture_to_mesh.py CAPTURE [--voxel 0.02] [--hold-out 10]

Runs load_capture -> fuse_depth -> export_gltf in a store of its own and prints the seconds and peak memory of each
stage. Then the mesh is held against the measured depth: rays from every camera through its depth pixels, the distance
between where a ray hits the mesh and where depth was measured, in centimetres. With --hold-out N every N-th frame is
left out of the fusion and scored separately.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from meshing.mesh import Mesh
from meshing.raycast_embree import RayCaster
from nerf.posed_images import PosedImages
from pipeline import run
from pipeline.api import default_catalogue
from pipeline.job import check_job

PIXELS = 4000
"""Depth pixels drawn from each frame for scoring."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", type=Path)
    parser.add_argument("--voxel", type=float, default=0.02)
    parser.add_argument("--hold-out", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(given.capture.absolute(), given.voxel, Path(folder))
        held_out(given.capture.absolute(), given.voxel, given.hold_out)


def measure(capture: Path, voxel: float, folder: Path) -> None:
    """The whole run, cold and from a second store with compiled code at hand."""
    stages = {
        "capture": {"stage": "load_capture", "config": {"path": str(capture)}},
        "surface": {"stage": "fuse_depth", "inputs": {"views": "capture"}, "config": {"voxel": voxel}},
        "glb": {"stage": "export_gltf", "inputs": {"mesh": "surface"}},
    }
    job = check_job({"name": "bench", "stages": stages}, default_catalogue())
    for name in ("first", "second"):
        started = time.perf_counter()
        manifest = run(job, folder / f"run-{name}", store=folder / f"store-{name}", device="cpu")
        print(f"{name} run: {time.perf_counter() - started:.1f} s in all")
        for id_, stage in manifest["stages"].items():
            print(f"  {id_:8} {stage['seconds']:6.2f} s  {stage['peak_memory_bytes'] / 1e6:6.0f} MB  {about(stage)}")
    views = PosedImages.load(folder / "run-second/artifacts/capture")
    mesh = Mesh.load(folder / "run-second/artifacts/surface")
    print_errors("mesh to all measured depth", errors(mesh, views, range(len(views))))


def about(stage: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in stage["metrics"].items() if isinstance(value, (int, str)))


def held_out(capture: Path, voxel: float, every: int) -> None:
    """The mesh of some frames against the depth of the others."""
    from meshing.clean import remove_small_components
    from meshing.tsdf import DepthView, FusionSettings, fuse
    from nerf.captures.read import read_capture

    views = read_capture(capture)
    test = list(range(0, len(views), every))
    train = [view for view in range(len(views)) if view not in test]
    taken = []
    for view in train:
        c = views.camera(view)
        pose = views.world_from_camera[view]
        taken.append(DepthView(views.depth(view), views.image(view), c.fx, c.fy, c.cx, c.cy, pose))
    fused = fuse(taken, FusionSettings(voxel, max_depth=10.0))
    mesh = remove_small_components(Mesh(fused.vertices, fused.faces), min_share=0.002)
    print_errors(f"mesh to the depth of {len(test)} held-out frames", errors(mesh, views, test))


def errors(mesh: Mesh, views: PosedImages, which: Any) -> np.ndarray:
    """Metres between mesh and measurement along the camera's z, NaN where a ray meets no mesh."""
    caster = RayCaster(mesh.vertices, mesh.faces)
    rng = np.random.default_rng(0)
    found = []
    for view in which:
        camera, depth, pose = views.camera(view), views.depth(view), views.world_from_camera[view]
        rows, columns = np.nonzero((depth > 0) & (depth < 10))
        pick = rng.choice(len(rows), min(PIXELS, len(rows)), replace=False)
        directions = camera.directions(np.stack([columns[pick] + 0.5, rows[pick] + 0.5], axis=1)) @ pose[:3, :3].T
        hits = caster.cast(np.broadcast_to(pose[:3, 3], directions.shape), directions)
        error = np.abs(hits.distance - depth[rows[pick], columns[pick]])
        found.append(np.where(np.isfinite(hits.distance), error, np.nan))
    return np.concatenate(found)


def print_errors(name: str, error: np.ndarray) -> None:
    hit = np.isfinite(error)
    median, mean, p90 = np.median(error[hit]), error[hit].mean(), np.quantile(error[hit], 0.9)
    print(
        f"{name}: median {100 * median:.2f} cm, mean {100 * mean:.2f} cm, 90 % {100 * p90:.2f} cm, hit {hit.mean():.1%}"
    )


if __name__ == "__main__":
    main()
