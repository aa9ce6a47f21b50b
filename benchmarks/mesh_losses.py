"""What each step from a representation to a file costs, seen from cameras that had no part in it.

    python benchmarks/mesh_losses.py CAPTURE --field FOLDER     from a radiance field, as `reconstruct` stores it
    python benchmarks/mesh_losses.py CAPTURE [--voxel 0.02]     from the fused depth of a capture
    python benchmarks/mesh_losses.py CAPTURE --calibrate        the same, the photos' cameras found by that depth first

CAPTURE is a capture or a folder with views as a run stores them.

Photos are held out as `reconstruct` does (every eighth, or the capture's own). From the others alone the stages make a
surface, simplify it, bake its texture and write a GLB, which is read back. At each held-out photo every step is drawn
and compared with the photo: PSNR as it is, PSNR after the best gain and offset per channel (what is left when exposure
does not count), and SSIM. All steps are scored over the same pixels: those that the photo shows and every step covers.

"exact colours" are the representation's own at the points where rays meet the surface: what is lost there is geometry.
The fused volume is drawn as its own surface, a face for every voxel, with the colours of its voxels.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.spatial import cKDTree

from meshing.files import read_mesh
from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.quality import compare, comparison
from meshing.raycast_embree import RayCaster
from meshing.render import render
from nerf.camera import Camera
from nerf.captures.read import read_capture
from nerf.ngp.evaluation import split
from nerf.ngp.radiance_field import RadianceField
from nerf.ngp.refinement import refined_views
from nerf.posed_images import PosedImages
from pipeline.stage import Context
from pipeline.stages.calibrate_colour import CalibrateColourConfig, calibrate_colour
from pipeline.stages.export_gltf import ExportGltfConfig, export_gltf
from pipeline.stages.extract_mesh import ExtractMeshConfig, extract_mesh
from pipeline.stages.fuse_depth import FuseDepthConfig, fuse_depth
from pipeline.stages.handover import PinholePhotos
from pipeline.stages.simplify_mesh import SimplifyMeshConfig, simplify_mesh
from pipeline.stages.texture_mesh import TextureMeshConfig, refined, texture_mesh

SAMPLES = 2
"""Rays a pixel and direction."""

Draw = Callable[[Camera, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""From a camera and its pose the colours (h, w, 3) as uint8, and the pixels that are covered."""
ColorAt = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Colours, 0 ... 255, of points seen along unit directions."""


@dataclass(frozen=True)
class Shot:
    """A held-out photo, reduced."""

    camera: Camera
    pose: np.ndarray
    photo: np.ndarray
    shown: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", type=Path)
    parser.add_argument("--field", type=Path, help="a folder with a stored field; without it depth is fused")
    parser.add_argument("--surface", type=Path, help="a folder with the field's stored surface, to spare making it")
    parser.add_argument("--fuse", action="store_true", help="take the surface from the capture's depth for a field too")
    parser.add_argument("--voxel", type=float, default=0.02)
    parser.add_argument("--resolution", type=int, default=256)
    parser.add_argument("--triangles", type=int, default=60_000)
    parser.add_argument("--texture", type=int, default=2048)
    parser.add_argument("--refine", type=int, default=5, help="rounds of texture refinement")
    parser.add_argument("--refine-size", type=int, default=1280, help="long side of the photos that refine")
    parser.add_argument("--refine-shape", type=int, default=0, help="rounds of moving vertices, before that")
    exposure = "of the refined texture, one or several; the last is exported"
    parser.add_argument("--exposure", nargs="+", choices=("local", "one"), default=["local"], help=exposure)
    parser.add_argument("--calibrate", action="store_true", help="find the photos' cameras by depth (calibrate_colour)")
    parser.add_argument("--no-align", action="store_true")
    parser.add_argument("--long-side", type=int, default=480, help="photos are compared at this size")
    parser.add_argument("--views", type=int, default=100, help="at most so many held-out photos")
    parser.add_argument("--keep", type=Path, help="a folder for the surface, the textured mesh and the file")
    parser.add_argument("--pictures", type=Path, help="a folder for photo, drawing and error of every step")
    given = parser.parse_args()
    stored = (given.capture / "views.json").is_file()
    views = PosedImages.load(given.capture) if stored else read_capture(given.capture)
    with tempfile.TemporaryDirectory() as folder:
        if given.calibrate:
            views = calibrate_colour(CalibrateColourConfig(voxel=given.voxel), Context(0, Path(folder)), views=views)
        parts = split(views)
        train = views.subset(parts.train)
        shots = [shot(views, view, given.long_side) for view in parts.held_out[: given.views]]
        size = f"{shots[0].photo.shape[1]} x {shots[0].photo.shape[0]} pixels"
        print(f"{len(shots)} photos held out ({parts.rule}), {size}")
        score(steps(given, train, Context(0, Path(folder))), shots, given.pictures)


def shot(views: PosedImages, view: int, long_side: int) -> Shot:
    whole = PinholePhotos(views)[view]
    h, w = whole.image.shape[:2]
    factor = min(1.0, long_side / max(h, w))
    size = (round(w * factor), round(h * factor))
    camera = views.camera(view)
    straight = (camera if camera.model == "pinhole" else camera.undistorted()).resized(*size)
    photo = np.asarray(Image.fromarray(whole.image).resize(size, Image.Resampling.BOX))
    shown = np.ones((h, w), np.uint8) if whole.shown is None else whole.shown.astype(np.uint8)
    shown = np.asarray(Image.fromarray(255 * shown).resize(size, Image.Resampling.BOX)) == 255
    return Shot(straight, views.world_from_camera[view], photo, shown)


def start(
    given: argparse.Namespace, train: PosedImages, context: Context
) -> tuple[dict[str, Draw], PosedImages, Mesh, ColorAt]:
    """The representation as it draws itself, the photos where it has them, its surface, and its colours there."""
    drawn: dict[str, Draw] = {}
    if given.field is not None:
        field = RadianceField.load(given.field)
        drawn, exact, train = {"the field": field_drawn(field)}, field_colors(field), refined_views(train, field)
    if given.surface is not None:
        surface = Mesh.load(given.surface)
    elif given.field is not None and not given.fuse:
        surface = extract_mesh(ExtractMeshConfig(resolution=given.resolution), context, field=field, views=train)
    else:
        surface = fuse_depth(FuseDepthConfig(voxel=given.voxel), context, views=train)
    if given.field is None:
        return {"the fused volume": mesh_drawn(surface)}, train, surface, vertex_colors(surface)
    drawn["surface, exact colours"] = surface_drawn(surface, exact)
    return drawn, train, surface, exact


def steps(given: argparse.Namespace, train: PosedImages, context: Context) -> dict[str, Draw]:
    """Every step by name, in order, as a way to draw it."""
    drawn, train, surface, exact = start(given, train, context)
    tell(f"surface: {len(surface.faces):,} triangles")
    if given.keep is not None:
        surface.save(given.keep / "surface")
    light = simplify_mesh(SimplifyMeshConfig(triangles=given.triangles), context, mesh=surface)
    tell(f"simplified: {len(light.faces):,} triangles, {context.metrics['mean_error']:.2g} off on average")
    drawn["simplified, exact colours"] = surface_drawn(light, exact)
    bake = TextureMeshConfig(size=given.texture, align=not given.no_align)
    baked = texture_mesh(bake, context, mesh=light, views=train)
    drawn["baked from the photos"] = mesh_drawn(baked)
    tell("baked")
    made = baked
    for name, made in refinements(given, bake, context, baked, light, train).items():
        drawn[name] = mesh_drawn(made)
    file = export_gltf(ExportGltfConfig(floor=False, quantize=True), context, mesh=made)
    path = (given.keep or context.folder) / "model.glb"
    path.write_bytes(file.data)
    if given.keep is not None:
        made.save(given.keep / "textured")
    print(f"file: {len(file.data) / 1e6:.2f} MB")
    drawn["exported and read back"] = mesh_drawn(read_mesh(path))
    return drawn


def refinements(
    given: argparse.Namespace, bake: TextureMeshConfig, context: Context, baked: Mesh, light: Mesh, train: PosedImages
) -> dict[str, Mesh]:
    """The mesh refined by the photos, a texture for each exposure that was asked for."""
    if not (given.refine or given.refine_shape):
        return {}
    config = bake.model_copy(update={"refine_shape": given.refine_shape, "refine_size": given.refine_size})
    photos = list(PinholePhotos(train, None, given.refine_size)) if not bake.align else []
    if not bake.align:
        baked = refined(config, context, baked, photos)
        tell("shape refined")
    found = {}
    for exposure in given.exposure:
        told = {"refine": given.refine, "refine_exposure": exposure}
        if bake.align:  # baked anew, with the photos where they agree
            mesh = texture_mesh(config.model_copy(update=told), context, mesh=light, views=train)
        else:
            mesh = refined(bake.model_copy(update=told | {"refine_size": given.refine_size}), context, baked, photos)
        name = f"refined, exposure {exposure}"
        found[name] = mesh
        tell(name)
    return found


def tell(done: str) -> None:
    print(f"{done}; {time.process_time():.0f} CPU-seconds so far", flush=True)


def field_drawn(field: RadianceField) -> Draw:
    def draw(camera: Camera, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        colour = field.render(camera, pose).colour
        return np.rint(255 * np.clip(colour, 0, 1)).astype(np.uint8), np.ones(colour.shape[:2], bool)

    return draw


def field_colors(field: RadianceField) -> ColorAt:
    return lambda points, directions: 255 * np.clip(field.colour(points, directions.astype(np.float32)), 0, 1)


def vertex_colors(mesh: Mesh) -> ColorAt:
    """The colours of the nearest vertices."""
    tree = cKDTree(mesh.vertices)
    colors = np.asarray(mesh.vertex_colors, np.float64)

    def at(points: np.ndarray, directions: np.ndarray) -> np.ndarray:
        distance, index = tree.query(points, 4)
        weight = 1 / (distance + 1e-4)
        mixed: np.ndarray = (weight[..., None] * colors[index]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
        return mixed

    return at


def mesh_drawn(mesh: Mesh) -> Draw:
    caster = RayCaster(mesh.vertices, mesh.faces)

    def draw(camera: Camera, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        picture = render(mesh, pinhole(camera), pose, caster=caster, samples=SAMPLES)
        return picture.color, picture.face >= 0

    return draw


def surface_drawn(mesh: Mesh, color_at: ColorAt) -> Draw:
    """A mesh whose colours are asked for where rays meet it."""
    caster = RayCaster(mesh.vertices, mesh.faces)

    def draw(camera: Camera, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rays = pinhole(camera).scaled(SAMPLES).rays().reshape(-1, 3) @ pose[:3, :3].T
        hits = caster.cast(np.broadcast_to(pose[:3, 3], rays.shape), rays)
        hit = hits.face >= 0
        colors = np.zeros((len(rays), 3))
        unit = rays[hit] / np.linalg.norm(rays[hit], axis=1, keepdims=True)
        colors[hit] = color_at(pose[:3, 3] + hits.distance[hit, None] * rays[hit], unit)
        fine = (camera.height, SAMPLES, camera.width, SAMPLES)
        mean = colors.reshape(*fine, 3).mean(axis=(1, 3))
        return np.rint(mean).astype(np.uint8), hit.reshape(fine).all(axis=(1, 3))

    return draw


def pinhole(camera: Camera) -> Pinhole:
    return Pinhole(camera.width, camera.height, camera.fx, camera.fy, camera.cx, camera.cy)


def score(drawn: dict[str, Draw], shots: list[Shot], pictures: Path | None) -> None:
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in drawn}
    covered = []
    for number, shot in enumerate(shots):
        made = {name: draw(shot.camera, shot.pose) for name, draw in drawn.items()}
        counts = shot.shown & np.all([covers for _, covers in made.values()], axis=0)
        covered.append(float(counts.mean()))
        for name, (color, _) in made.items():
            found = compare(name, color, shot.photo, counts)
            rows[name].append((found.psnr, found.psnr_exposed, found.ssim))
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            strips = [comparison(shot.photo, color, counts) for color, _ in made.values()]
            Image.fromarray(np.concatenate(strips)).save(pictures / f"losses_{number:02d}.png")
    print(f"{'':28} {'PSNR':>7} {'exposed':>8} {'SSIM':>6}   over {np.mean(covered):.0%} of the pixels")
    first = None
    for name, values in rows.items():
        psnr, exposed, ssim = np.mean(values, axis=0)
        first = first or (psnr, exposed)
        lost = f"{psnr - first[0]:+.2f} / {exposed - first[1]:+.2f}"
        print(f"{name:28} {psnr:7.2f} {exposed:8.2f} {ssim:6.3f}   {lost}")


if __name__ == "__main__":
    main()
