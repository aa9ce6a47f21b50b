"""How well distances that are wrong in known ways are brought to a plan, and how well panoramas are fused.

    python benchmarks/room.py [align|fuse|all]

Three rooms made from sentences and furnished; distances as a network would give them: an unknown scale and shift of the
inverse, slow waves, an error of its own for each thing, blurred silhouettes, noise. Severity 2 doubles all of it.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from meshing.distance import distances, samples
from meshing.raycast_embree import RayCaster
from meshing.room.alignment import AlignmentSettings, poisson, shifted_and_scaled, smoothly_scaled, snapped, touching
from meshing.room.completion import coverage, next_views, seen
from meshing.room.furnish import furnish
from meshing.room.furniture import furniture_in
from meshing.room.fusion import fuse_panoramas
from meshing.room.panorama import directions, solid_angles
from meshing.room.patch import triangles_of
from meshing.room.pictures import RoomPicture
from meshing.room.plan import RoomPlan
from meshing.room.proxy import Intervals, ProxyRenderer, ProxyView, best_standpoint, standpoints
from meshing.room.shell import shell_parts

ROOMS = (
    "a bedroom with a desk by the window and a bookshelf",
    "a living room with a red sofa and a plant in the corner",
    "an office with two shelves and an armchair",
)


@dataclass(frozen=True, eq=False)
class Truth:
    """A furnished room as triangles; `owner` is 0 for the shell, else the number of the box from 1."""

    plan: RoomPlan
    vertices: np.ndarray
    faces: np.ndarray
    owner: np.ndarray

    def caster(self) -> RayCaster:
        return RayCaster(self.vertices, self.faces)


def truth_of(plan: RoomPlan, seed: int = 0) -> Truth:
    """The room with its furniture, without light or paint."""
    shell = shell_parts(plan, np.random.default_rng(seed))
    parts = [(0, patch) for patches in shell.values() for patch in patches]
    parts += [(n + 1, patch) for n, box in enumerate(plan.boxes) for patch in furniture_in(box, seed)]
    vertices, faces, owner, start = [], [], [], 0
    for number, patch in parts:
        points, _, corners = triangles_of(patch)
        vertices.append(points)
        faces.append(corners + start)
        owner.append(np.full(len(corners), number))
        start += len(points)
    return Truth(
        plan, np.concatenate(vertices).astype(np.float32), np.concatenate(faces).astype(np.int32), np.concatenate(owner)
    )


def estimated(true: np.ndarray, owner: np.ndarray, severity: float, random: np.random.Generator) -> np.ndarray:
    """Distances as a network might give them."""
    h, w = true.shape
    waves = waves_of((h, w), (5, 9), random) * 0.10 * severity
    own = random.normal(size=int(owner.max()) + 1) * 0.05 * severity
    own[0] = 0.0
    blurred = ndimage.gaussian_filter(true, 1.0, mode=("nearest", "wrap"))
    inverse = random.uniform(0.6, 1.6) / blurred + random.uniform(-0.02, 0.06) * severity
    off = waves + own[owner] + random.normal(size=true.shape) * 0.01
    return np.asarray(1 / np.maximum(inverse, 0.05) * np.exp(off))


def waves_of(shape: tuple[int, int], cells: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """A smooth random field of unit variance at its nodes, without a seam."""
    coarse = random.normal(size=cells)
    rows = np.linspace(0, cells[0] - 1, shape[0])
    columns = (np.arange(shape[1]) + 0.5) / shape[1] * cells[1]
    at = np.meshgrid(rows, columns, indexing="ij")
    return np.asarray(ndimage.map_coordinates(coarse, at, order=3, mode="grid-wrap"))


@dataclass(frozen=True, eq=False)
class Case:
    """One room seen from one place, with what a network might say of it."""

    name: str
    true: np.ndarray
    owner: np.ndarray
    proxy: ProxyView
    intervals: Intervals
    estimate: np.ndarray


def cases(severity: float, height: int, seeds: int) -> Iterator[Case]:
    for number, text in enumerate(ROOMS):
        truth = truth_of(furnish(text))
        renderer, caster = ProxyRenderer(truth.plan), truth.caster()
        eye = best_standpoint(truth.plan)
        ways = directions(height, 2 * height)
        proxy, intervals = renderer.panorama(eye, height), renderer.intervals(eye, ways)
        hits = caster.cast(np.broadcast_to(eye, (ways.size // 3, 3)), ways.reshape(-1, 3))
        true = np.where(np.isfinite(hits.distance), hits.distance, proxy.near.ravel()).reshape(ways.shape[:2])
        owner = np.where(hits.face >= 0, truth.owner[hits.face], 0).reshape(ways.shape[:2])
        for seed in range(seeds):
            random = np.random.default_rng([number, seed])
            estimate = estimated(true.astype(np.float64), owner, severity, random)
            yield Case(text.split()[1], true, owner, proxy, intervals, estimate)


def errors(case: Case, distance: np.ndarray) -> tuple[float, float, float, float]:
    """Mean relative error of all, of the shell and of furniture, and the share that is nowhere allowed."""
    weight = solid_angles(*distance.shape)
    off = np.abs(distance - case.true) / case.true
    shell = case.owner == 0
    violated = case.intervals.violated(distance.astype(np.float32), 0.03)
    means = [float(np.average(off[part], weights=weight[part])) for part in (off >= 0, shell, ~shell)]
    return means[0], means[1], means[2], float(np.average(violated, weights=weight))


def alignment_table(height: int, seeds: int) -> None:
    print(f"alignment, {len(ROOMS)} rooms x {seeds} seeds, {2 * height}x{height} pixels")
    print("AbsRel of all / of the shell / of furniture, nowhere allowed, CPU seconds")
    settings = AlignmentSettings()
    for severity in (1.0, 2.0):
        rows: dict[str, list[tuple[float, ...]]] = {}
        for case in cases(severity, height, seeds):
            median = case.estimate * np.median(case.proxy.near / case.estimate)
            begun = time.process_time()
            one = shifted_and_scaled(case.estimate, case.proxy)
            two = smoothly_scaled(one, case.proxy, case.intervals, settings)
            three = touching(two, case.proxy, case.intervals, settings)
            solved = poisson(three, case.proxy, case.intervals, settings)
            four = snapped(solved, case.intervals, settings)
            spent = time.process_time() - begun
            steps = {
                "plan itself": case.proxy.near,
                "one scale": median,
                "1 scale and shift": one,
                "2 smooth field": two,
                "3 things": three,
                "4 poisson": solved,
                "5 snapped": four,
                "truth": case.true,
            }
            for name, distance in steps.items():
                rows.setdefault(name, []).append((*errors(case, distance), spent))
        print(f"severity {severity:g}")
        for name, found in rows.items():
            a, b, c, d, e = np.mean(found, axis=0)
            print(
                f"  {name:18s} {a:.4f} / {b:.4f} / {c:.4f}   {100 * d:5.2f} %   {e if name == '5 snapped' else 0:.1f}",
                flush=True,
            )


def fusion_table(height: int) -> None:
    """F-scores against the surface that can be seen from the chosen places or any other."""
    print(f"fusion of {2 * height}x{height} panoramas: places, coverage, F at 2 cm, triangles, CPU seconds")
    for noise in (0.01, 0.0):
        for voxel in (0.02, 0.03):
            rows = np.array([_fused(text, noise, voxel, height) for text in ROOMS])
            n, covered, score, faces, spent = rows.mean(axis=0)
            print(f"    each room's F: {', '.join(f'{each:.3f}' for each in rows[:, 2])}")
            print(
                f"  error {noise:.0%}, voxel {voxel:g} m: {n:.1f}  {covered:.3f}  {score:.3f}  {faces:.0f}  "
                f"{spent:.1f}",
                flush=True,
            )


def _fused(text: str, noise: float, voxel: float, height: int) -> tuple[float, ...]:
    truth = truth_of(furnish(text))
    first = best_standpoint(truth.plan)
    places = [(float(first[0]), float(first[1]), float(first[2]))]
    places += next_views(truth.plan, places)
    caster, random = truth.caster(), np.random.default_rng(1)
    ways = directions(height, 2 * height)
    pictures = []
    for place in places:
        hits = caster.cast(np.broadcast_to(place, (ways.size // 3, 3)), ways.reshape(-1, 3))
        distance = np.where(hits.face >= 0, hits.distance, 0).reshape(ways.shape[:2])
        distance = distance * np.exp(noise * waves_of(ways.shape[:2], (6, 12), random))
        pictures.append(RoomPicture(place, np.full((*ways.shape[:2], 3), 128, np.uint8), distance.astype(np.float32)))
    begun = time.process_time()
    mesh = fuse_panoramas(pictures, voxel=voxel)
    spent = time.process_time() - begun
    spots = [np.array(place) for place in places] + list(standpoints(truth.plan)[:80])
    score = f_score(mesh.vertices, mesh.faces, truth, spots)
    return len(places), coverage(truth.plan, places), score, len(mesh.faces), spent


def f_score(vertices: np.ndarray, faces: np.ndarray, truth: Truth, spots: list[np.ndarray], at: float = 0.02) -> float:
    """Harmonic mean of the shares of made surface near the truth, and of true, visible surface near what was made."""
    caster, random = truth.caster(), np.random.default_rng(0)
    goal, face = samples(truth.vertices, truth.faces, 20_000, random)
    corners = truth.vertices[truth.faces[face]].astype(np.float64)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    visible = np.any([seen(caster, goal, normal, spot) for spot in spots], axis=0)
    made, _ = samples(vertices, faces, 20_000, random)
    precise = (distances(made, truth.vertices, truth.faces) < at).mean()
    complete = (distances(goal[visible], vertices, faces) < at).mean()
    return float(2 * precise * complete / (precise + complete))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["align", "fuse", "all"], default="all")
    parser.add_argument("--height", type=int, default=256, help="rows of a panorama")
    parser.add_argument("--seeds", type=int, default=3)
    parsed = parser.parse_args()
    if parsed.what in ("align", "all"):
        alignment_table(parsed.height, parsed.seeds)
    if parsed.what in ("fuse", "all"):
        fusion_table(2 * parsed.height)


if __name__ == "__main__":
    main()
