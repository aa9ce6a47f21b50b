"""From a field to a GLB: what each step costs, and how near a simplified scan stays to its original.

    python benchmarks/mesh.py steps [--resolution 256] [--triangles 50000] [--texture 2048]
    python benchmarks/mesh.py memory [--resolution 1024]
    python benchmarks/mesh.py scans MESH... [--counts 5000 20000 50000]
    python benchmarks/mesh.py loose [--triangles 1000000]

`steps` prints CPU-seconds, wall seconds and peak memory above the start for each step on a bumpy solid, after a first
round that compiles the kernels, what others take for the same in the same minute, and gltfpack's time and size for the
mesh before it is unwrapped. `memory` samples and
extracts alone. `scans` prints mean and greatest distance (both ways, extent 2) beside fast-simplification, manifold3d
and gltfpack at the same count; what is not installed is left out. gltfpack comes with `npm ci --prefix tests/node`.
`loose` sends triangles that nothing joins through each step of a mesh, to a result or a sentence.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from meshing.bake import bake_function
from meshing.budget import fit
from meshing.clean import remove_small_components
from meshing.distance import deviation
from meshing.field import sample_field
from meshing.files import read_mesh, write_mesh
from meshing.gltf.scene import scene_of
from meshing.gltf.writer import glb_bytes, write_glb
from meshing.isosurface import extract_surface
from meshing.lods import make_lods
from meshing.mesh import Mesh
from meshing.raster_numba import rasterize
from meshing.simplify import reduced, simplify
from meshing.target import read_target
from meshing.unwrap import Unwrapped, unwrap

GLTFPACK = Path(__file__).resolve().parents[1] / "tests" / "node" / "node_modules" / ".bin" / "gltfpack"
TARGET = Path(__file__).resolve().parents[1] / "assets" / "targets" / "quest3-web.json"
LOW, HIGH, LEVEL = np.full(3, -1.0), np.full(3, 1.0), 25.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    one = kinds.add_parser("steps")
    one.add_argument("--resolution", type=int, default=256)
    one.add_argument("--triangles", type=int, default=50_000)
    one.add_argument("--texture", type=int, default=2048)
    kinds.add_parser("memory").add_argument("--resolution", type=int, default=1024)
    scans = kinds.add_parser("scans")
    scans.add_argument("meshes", type=Path, nargs="+")
    scans.add_argument("--counts", type=int, nargs="+", default=[5000, 20_000, 50_000])
    kinds.add_parser("loose").add_argument("--triangles", type=int, default=1_000_000)
    given = parser.parse_args()
    if given.kind == "steps":
        steps(48, 500, 128, quiet=True)
        steps(given.resolution, given.triangles, given.texture)
    elif given.kind == "memory":
        memory(given.resolution)
    elif given.kind == "loose":
        loose(given.triangles)
    else:
        for path in given.meshes:
            compare(path, given.counts)


def density(points: np.ndarray) -> np.ndarray:
    """A bumpy solid in fog, as radiance fields are: 0 outside, 50 inside."""
    rng, bumps = np.random.default_rng(0), np.zeros(len(points))
    for k in range(8):
        bumps += np.sin(points @ (13 * rng.normal(size=3)) + rng.uniform(0, 6)) / (1 + 0.3 * k)
    with np.errstate(over="ignore"):
        return (50 / (1 + np.exp(-60 * (0.75 - np.linalg.norm(points, axis=1) + 0.06 * bumps)))).astype(np.float32)


def paint(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    colors: np.ndarray = 127 + 60 * np.sin(40 * points) + 40 * normals
    return colors


def steps(resolution: int, triangles: int, texture: int, *, quiet: bool = False) -> None:
    total = 0.0

    def step(name: str, work: Callable[[], Any], counts: bool = True) -> Any:
        nonlocal total
        result, cpu, wall, peak = measured(work)
        total += cpu if counts else 0
        if not quiet:
            print(f"{name:50} {cpu:7.2f} CPU-s {wall:7.2f} s {peak / 1e6:7.0f} MB")
        return result

    grid = step(f"sample {resolution}^3 (the field's own)", lambda: sampled(resolution), counts=False)
    if not quiet:
        dense = density_grid(resolution)
        step("  scikit-image, marching cubes", lambda: peer_cubes(dense), counts=False)
        del dense
    step("extract (marching cubes)", lambda: extracted(grid, "marching_cubes"), counts=False)
    vertices, faces = step("extract (surface nets)", lambda: extracted(grid, "surface_nets"))
    mesh = step("clean", lambda: remove_small_components(Mesh(vertices, faces)))
    if not quiet:
        step("  scipy, connected pieces alone", lambda: peer_pieces(faces, len(vertices)), counts=False)
        step("  fast-simplification, agg=3", lambda: fast(mesh, triangles), counts=False)
    small = step(f"simplify {len(mesh.faces):,} -> {triangles:,}", lambda: reduced(mesh, triangles))
    step("  with what lies farthest off mended", lambda: ours(mesh, triangles), counts=False)
    off = step("measure how far it lies off", lambda: deviation(small.vertices, small.faces, mesh.vertices, mesh.faces))
    unwrapped = step("unwrap", lambda: unwrap(small, texture))
    width, height = unwrapped.width, unwrapped.height
    step(f"  numba and scipy, texels and gutters of {width} x {height}", lambda: peer_texels(unwrapped), counts=False)
    baked = step(f"bake {width} x {height}", lambda: bake_function(unwrapped.mesh, width, height, paint))
    data = step("write (JPEG, quantised)", lambda: glb_bytes(scene_of(baked.mesh), quantize=True))
    if quiet:
        return
    print(f"{'in all':50} {total:7.2f} CPU-s; {len(data) / 1e6:.2f} MB; {off.mean:.2e} off, {off.maximum:.2e} at most")
    for name in ("meshopt", "draco"):
        try:
            print(f"  as {name}: {len(glb_bytes(scene_of(baked.mesh), quantize=True, compression=name)) / 1e6:.2f} MB")
        except ImportError as error:
            print(f"  {error}")
    packed(mesh, triangles)
    textures(baked.mesh)


def density_grid(resolution: int) -> np.ndarray:
    axis = np.linspace(-1, 1, resolution)
    layers = [np.stack(np.meshgrid(x, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3) for x in axis]
    return np.stack([density(layer).reshape(resolution, resolution) for layer in layers])


def peer_cubes(values: np.ndarray) -> Any:
    from skimage.measure import marching_cubes

    return marching_cubes(values, LEVEL, gradient_direction="ascent")


def peer_pieces(faces: np.ndarray, n_vertices: int) -> Any:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, columns = faces[:, [0, 1]].T.ravel(), faces[:, [1, 2]].T.ravel()
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(n_vertices, n_vertices))
    return connected_components(graph, directed=False)


def peer_texels(unwrapped: Unwrapped) -> Any:
    """The recipe of the trials: the place of every texel, and the nearest of them for those in the gutters."""
    from scipy.ndimage import distance_transform_edt

    mesh = unwrapped.mesh
    assert mesh.uv is not None
    texels = rasterize(mesh.uv, mesh.faces, unwrapped.width, unwrapped.height)
    weights = np.stack([1 - texels.u - texels.v, texels.u, texels.v], axis=-1)
    places = np.einsum("hwk,hwkc->hwc", weights, mesh.vertices[mesh.faces[texels.face]])
    rows, columns = distance_transform_edt(texels.face < 0, return_distances=False, return_indices=True)
    return places[rows, columns]


def textures(mesh: Mesh) -> None:
    """The whole asset with its texture in each format, ours, and gltfpack on the plain file."""
    for name in ("jpeg", "webp", "ktx2"):
        try:
            data, cpu, *_ = measured(lambda name=name: glb_bytes(scene_of(mesh, encoding=name), quantize=True))
            print(f"  as {name}: {len(data) / 1e6:.2f} MB, {cpu:.2f} CPU-s")
        except ImportError as error:
            print(f"  {error}")
    for options in (["-cc"], ["-cc", "-tc"]):  # as it is, and KTX2
        name = " ".join(["gltfpack", *options])
        try:
            result, cpu = gltfpack(mesh, len(mesh.faces), *options)
        except subprocess.CalledProcessError:
            print(f"  {name}: this build of it has no encoder for textures")
        else:
            if result is not None:
                print(f"  {name}: {result.stat().st_size / 1e6:.2f} MB, {cpu:.2f} CPU-s")


def sampled(resolution: int) -> Any:
    return sample_field(density, LOW, HIGH, resolution, level=LEVEL, inside="above")


def extracted(grid: Any, method: Any) -> Any:
    return extract_surface(grid, LEVEL, inside="above", method=method)


def packed(mesh: Mesh, triangles: int) -> None:
    """gltfpack on the same mesh: simplified to the same count, quantised and compressed."""
    result, cpu = gltfpack(mesh, triangles, "-cc")
    if result is None:
        return
    ours, seconds, *_ = measured(lambda: simplify(mesh, triangles))
    size = len(glb_bytes(scene_of(ours.mesh), quantize=True, compression="meshopt"))
    print(f"without texture: ours {seconds:.2f} CPU-s, {size / 1e6:.2f} MB")
    print(f"  gltfpack -si -cc {cpu:.2f} CPU-s, {result.stat().st_size / 1e6:.2f} MB")


def memory(resolution: int) -> None:
    grid, cpu, wall, peak = measured(lambda: sampled(resolution))
    print(
        f"sample {resolution}^3: {cpu:.0f} CPU-s, {wall:.0f} s, peak {peak / 1e6:.0f} MB, {len(grid.blocks):,} blocks"
    )
    (_, faces), cpu, wall, peak = measured(lambda: extracted(grid, "surface_nets"))
    print(f"extract {len(faces):,} triangles: {cpu:.0f} CPU-s, {wall:.0f} s, peak {peak / 1e6:.0f} MB more")


def loose(count: int) -> None:
    """Each step on the same `count` triangles of all sizes: what it makes of them, or what it says."""
    rng = np.random.default_rng(0)
    corners = rng.random((count, 1, 3)) + 0.005 * rng.random((count, 1, 1)) * rng.normal(size=(count, 3, 3))
    mesh = Mesh(corners.reshape(-1, 3).astype(np.float32), np.arange(3 * count, dtype=np.int32).reshape(-1, 3))
    with tempfile.TemporaryDirectory() as folder:
        steps: dict[str, Callable[[], Any]] = {
            "clean": lambda: len(remove_small_components(mesh).faces),
            "simplify to 50,000": lambda: len(simplify(mesh, 50_000).mesh.faces),
            "levels of detail": lambda: [len(level.faces) for level in make_lods(mesh).meshes],
            "unwrap, 2048 texels": lambda: unwrap(mesh, 2048).n_charts,
            "write GLB": lambda: len(glb_bytes(scene_of(mesh), quantize=True)),
            "write GLB for quest3-web": lambda: fit(mesh, read_target(TARGET), meshopt=False).trade,
            "write PLY": lambda: write_mesh(mesh, Path(folder, "loose.ply")),
            "read PLY": lambda: len(read_mesh(Path(folder, "loose.ply")).faces),
        }
        for name, work in steps.items():
            try:
                result, cpu, _, peak = measured(work)
                print(f"{name:26} {cpu:7.2f} CPU-s {peak / 1e6:7.0f} MB  {result}", flush=True)
            except ValueError as error:
                print(f"{name:26} {error}", flush=True)


def compare(path: Path, counts: list[int]) -> None:
    mesh = read_mesh(path)
    center, extent = mesh.vertices.mean(axis=0), float(np.ptp(mesh.vertices, axis=0).max()) / 2
    mesh = Mesh(((mesh.vertices - center) / extent).astype(np.float32), mesh.faces)
    print(f"{path.name}: {len(mesh.faces):,} triangles")
    for count in (count for count in counts if count < len(mesh.faces)):
        for name, way in (
            ("ours", ours),
            ("fast-simplification", fast),
            ("manifold3d", manifold),
            ("gltfpack", with_gltfpack),
        ):
            try:
                made, cpu, *_ = measured(lambda way=way, count=count: way(mesh, count))
            except ImportError as error:
                print(f"  {count:6,} {name:20} is not here ({error})")
                continue
            if made is None:
                continue
            off = deviation(made.vertices, made.faces, mesh.vertices, mesh.faces)
            closed = "closed" if is_closed(made) else "open"
            error = f"mean {off.mean:.3e} max {off.maximum:.3e}"
            print(f"  {count:6,} {name:20} {len(made.faces):6,} {error} {cpu:5.2f} CPU-s {closed}")


def ours(mesh: Mesh, count: int) -> Mesh:
    return simplify(mesh, count, n_samples=1).mesh


def fast(mesh: Mesh, count: int) -> Mesh:
    """With the gentlest aggressiveness, as measured best before; it does not always reach the count."""
    import fast_simplification

    vertices, faces = fast_simplification.simplify(
        mesh.vertices.astype(np.float64), mesh.faces, target_count=count, agg=3
    )[:2]
    return Mesh(vertices.astype(np.float32), faces.astype(np.int32))


def manifold(mesh: Mesh, count: int) -> Mesh | None:
    """The tolerance is searched that leaves just under `count`."""
    import manifold3d

    solid = manifold3d.Manifold(manifold3d.Mesh(mesh.vertices, mesh.faces.astype(np.uint32)))
    if solid.is_empty():
        return None
    low, high = 1e-6, 0.5
    for _ in range(18):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if solid.simplify(middle).num_tri() > count else (low, middle)
    made = solid.simplify(high).to_mesh()
    return Mesh(np.asarray(made.vert_properties)[:, :3].astype(np.float32), np.asarray(made.tri_verts).astype(np.int32))


def with_gltfpack(mesh: Mesh, count: int) -> Mesh | None:
    result, _ = gltfpack(mesh, count, "-noq")
    return None if result is None else read_mesh(result)


def gltfpack(mesh: Mesh, count: int, *options: str) -> tuple[Path | None, float]:
    """The file that gltfpack makes of a mesh at a count, and its CPU-seconds."""
    if not (GLTFPACK.exists() and shutil.which("node")):
        print("  gltfpack is not here: npm ci --prefix tests/node")
        return None, 0.0
    folder = Path(tempfile.mkdtemp())
    write_glb(folder / "in.glb", scene_of(mesh))
    command = [str(GLTFPACK), "-i", "in.glb", "-o", "out.glb", "-si", str(count / len(mesh.faces)), *options]
    before = children_seconds()
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / "out.glb", children_seconds() - before


def children_seconds() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def is_closed(mesh: Mesh) -> bool:
    _, point = np.unique(mesh.vertices, axis=0, return_inverse=True)
    corners = point.ravel()[mesh.faces]
    sides = np.sort(corners[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    return bool((np.unique(sides, axis=0, return_counts=True)[1] == 2).all())


def measured(work: Callable[[], Any]) -> tuple[Any, float, float, int]:
    """What `work` gives, its CPU-seconds, wall seconds, and peak memory in bytes above what was held before."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (Linux)
    held, cpu, wall = _memory("VmRSS"), time.process_time(), time.perf_counter()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall, _memory("VmHWM") - held


def _memory(name: str) -> int:
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)]
    return 1024 * int(line.split()[1])


if __name__ == "__main__":
    main()
