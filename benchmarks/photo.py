"""3D photos against real second views, triangle budgets and time per stage.

    python benchmarks/photo.py [views] [budget] [time] --data FOLDER [--weights FILE] [--pictures FOLDER]

`views`: hidden parts of five scenes (Middlebury's Motorcycle, four pairs of 7-Scenes frames), all methods side by side.
`budget`: what fewer triangles cost. `time`: seconds per stage at 1152 x 1536 beside the paper's on a phone.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

from meshing.gltf.scene import scene_of
from meshing.gltf.writer import glb_bytes
from meshing.mesh import Mesh
from meshing.photo.build import LayerSettings, build_layers
from meshing.photo.canvas import fill_on_canvases, fill_on_graph
from meshing.photo.layers import Layers
from meshing.photo.surface import mesh_photo
from meshing.pinhole import Pinhole
from meshing.render import render
from pipeline.weights import SHIPPED
from vision.depth import filled_from_farther_side
from vision.inpaint_diffusion import diffuse
from vision.inpaint_exemplar import fill_exemplar
from vision.inpaint_mixed import fill_mixed
from vision.inpaint_partial import PartialInpainter
from vision.inpaint_telea import fill_telea

DEPTH_FOCAL, COLOR_FOCAL, COLOR_OFFSET, COLOR_MIDDLE = 585.0, 526.0, -0.033, (3, -2)  # pixels, pixels, metres, pixels
PAIRS_7SCENES = ((110, 130), (410, 430), (420, 440), (650, 670))
WEIGHTS = SHIPPED / "photo-inpaint" / "weights.safetensors"
PAPER_MS = {"depth": 230, "layers": 94, "inpaint": 540, "mesh": 234}  # Kopf et al. 2020, iPhone 11 Pro


@dataclass(frozen=True)
class Pair:
    """A photo with inverse depth, and what a second camera really saw; `hidden` marks what the photo does not show."""

    name: str
    rgb: np.ndarray
    inverse: np.ndarray
    focal: float
    parallax: float
    sharpen: bool
    truth: np.ndarray
    camera: Pinhole
    photo_from_second: np.ndarray
    hidden: np.ndarray


def motorcycle(data: Path) -> Pair:
    """Middlebury 2014 at a quarter of its size; the right view is the truth."""
    folder = data / "skimage_photos"
    left, right = (np.array(Image.open(folder / f"motorcycle_{side}.png").convert("RGB")) for side in ("left", "right"))
    with np.load(folder / "motorcycle_disp.npz") as arrays:
        disparity = arrays[arrays.files[0]].astype(np.float64)
    disparity = filled_from_farther_side(np.where(np.isfinite(disparity) & (disparity > 0), disparity, np.nan))
    focal, baseline, offset = 994.978, 0.193001, 31.086
    height, width = disparity.shape
    second = np.eye(4)
    second[0, 3] = baseline
    return Pair(
        "motorcycle",
        left,
        ((disparity + offset) / (focal * baseline)).astype(np.float32),
        focal,
        float(np.ptp(disparity)) / width,
        True,
        right,
        Pinhole(width, height, focal, focal, width / 2 + offset, height / 2),
        second,
        _uncovered(disparity),
    )


def _uncovered(disparity: np.ndarray) -> np.ndarray:
    """Right-view pixels within the left photo's frame that no left pixel, each as wide as a pixel, covers."""
    height, width = disparity.shape
    left_end = np.arange(width) - disparity
    right_end = left_end + 0.5
    smooth = np.abs(np.diff(disparity, axis=1)) <= 1.5
    right_end[:, :-1] = np.where(smooth, np.maximum(right_end[:, :-1], left_end[:, 1:]), right_end[:, :-1])
    first = np.ceil(left_end - 0.5).astype(int)
    last = np.floor(right_end).astype(int)
    covered = np.zeros((height, width), bool)
    for y in range(height):
        for a, b in zip(first[y], last[y], strict=True):
            covered[y, max(a, 0) : max(b + 1, 0)] = True
        covered[y, int(np.floor(left_end[y, -1])) :] = True
    return ~covered


def seven_scenes(data: Path, first: int, second: int) -> Pair:
    """Two frames with measured depth; hidden is what the second frame's depth puts behind the first one's surface."""
    views = [_frame(data / "rgbd_7scenes", number) for number in (first, second)]
    (rgb, depth, world_from_first), (truth, seen, world_from_second) = views
    focal, (height, width) = COLOR_FOCAL, depth.shape
    camera = Pinhole(width, height, focal, focal, width / 2, height / 2)
    photo_from_second = np.linalg.inv(world_from_first) @ world_from_second
    points = camera.rays().reshape(-1, 3) * seen.reshape(-1, 1)
    points = points @ photo_from_second[:3, :3].T + photo_from_second[:3, 3]
    place = np.nan_to_num(camera.project(points), nan=-1).astype(int)
    inside = (place >= 0).all(axis=1) & (place[:, 0] < width) & (place[:, 1] < height) & (seen.ravel() > 0)
    photo = np.zeros(len(points))
    photo[inside] = depth[place[inside, 1], place[inside, 0]]
    hidden = inside & (photo > 0) & (points[:, 2] > 1.05 * photo + 0.02)
    hidden = hidden.reshape(height, width)
    filled = filled_from_farther_side(np.where(depth > 0, 1 / np.maximum(depth, 0.1), np.nan)).astype(np.float32)
    low, high = np.quantile(filled, (0.002, 0.998))
    reach = float(np.linalg.norm(photo_from_second[:3, 3]))
    parallax = float(np.clip(1.3 * focal * reach * (high - low) / width, 0.02, 0.2))
    return Pair(
        f"7scenes {first}-{second}", rgb, filled, focal, parallax, True, truth, camera, photo_from_second, hidden
    )


def _frame(folder: Path, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Colour, depth as the colour camera sees it, and world_from_camera of the colour camera.

    The frames' depth is the depth camera's own. Focal length, distance of the cameras and the offset of the colour
    camera's middle were found by bringing depth edges onto colour edges in seven frames (mean gradient .43 -> .77).
    """
    start = folder / f"frame-{number:06d}"
    rgb = np.array(Image.open(f"{start}.color.jpg").convert("RGB"))
    levels = np.array(Image.open(f"{start}.depth.png")).astype(np.float64)
    depth = np.where(levels == 65535, 0, levels) / 1000
    height, width = depth.shape
    seen = np.zeros_like(depth)
    for shift in np.arange(4) / 4 - 0.375:  # four points a pixel and axis leave no gaps
        for drop in np.arange(4) / 4 - 0.375:
            v, u = np.nonzero(depth)
            z = depth[v, u]
            x = COLOR_FOCAL * ((u + 0.5 + shift - width / 2) / DEPTH_FOCAL + COLOR_OFFSET / z)
            y = COLOR_FOCAL * (v + 0.5 + drop - height / 2) / DEPTH_FOCAL
            column = np.floor(x + width / 2 + COLOR_MIDDLE[0]).astype(int)
            row = np.floor(y + height / 2 + COLOR_MIDDLE[1]).astype(int)
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            far_first = np.argsort(-z[inside], kind="stable")
            place = row[inside][far_first], column[inside][far_first]
            near = z[inside][far_first]
            seen[place] = np.where((seen[place] == 0) | (near < seen[place]), near, seen[place])
    depth_from_color = np.eye(4)
    depth_from_color[0, 3] = -COLOR_OFFSET
    left, bottom = 2 * COLOR_MIDDLE[0], height + 2 * COLOR_MIDDLE[1]  # cropped so that the middle is the middle
    return rgb[:bottom, left:], seen[:bottom, left:], np.loadtxt(f"{start}.pose.txt") @ depth_from_color


def view(mesh: Mesh, pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """What the second camera sees of the mesh, and where it sees anything."""
    gltf_from_camera = np.diag([1.0, -1.0, -1.0, 1.0])
    seen = render(mesh, pair.camera, gltf_from_camera @ pair.photo_from_second)
    return seen.color, seen.face >= 0


def score(pair: Pair, color: np.ndarray, covered: np.ndarray, where: np.ndarray) -> tuple[float, float]:
    """PSNR and SSIM over the pixels `where`; what nothing covers outside it counts as right in SSIM's windows."""
    shown = np.where((covered | where)[..., None], color, pair.truth).astype(np.float64)
    truth = pair.truth.astype(np.float64)
    psnr = 10 * np.log10(255**2 / ((shown - truth)[where] ** 2).mean())
    ssim = structural_similarity(shown, truth, data_range=255, channel_axis=2, full=True)[1].mean(axis=-1)
    return float(psnr), float(ssim[where].mean())


def methods(pair: Pair, weights: Path | None) -> Iterator[tuple[str, Callable[[], tuple[np.ndarray, np.ndarray]]]]:
    """Names and functions that make the second view."""
    settings = LayerSettings(parallax=pair.parallax, sharpen=pair.sharpen)

    def layers(**changes: object) -> Layers:
        given = replace(settings, **changes)  # type: ignore[arg-type]
        return build_layers(pair.rgb, pair.inverse, metric=True, focal=pair.focal, settings=given)

    def whole(filled: Layers) -> tuple[np.ndarray, np.ndarray]:
        return view(mesh_photo(filled, tolerance=0.0), pair)

    yield "rubber sheet", lambda: whole(fill_on_graph(layers(threshold=1e9), diffuse))
    yield "telea in the second view", lambda: _patched(*whole(photo_only(layers())))
    yield "layers: diffusion", lambda: whole(fill_on_graph(layers(), diffuse))
    yield "layers: telea", lambda: whole(fill_on_canvases(layers(), fill_telea, diffuse))
    yield "layers: exemplar", lambda: whole(fill_on_canvases(layers(), fill_exemplar, diffuse))
    yield "layers: mixed (default)", lambda: whole(fill_on_canvases(layers(), fill_mixed, diffuse))
    if weights:
        network = PartialInpainter.load(weights)
        yield "layers: network", lambda: whole(fill_on_graph(layers(), network.fill))


def photo_only(layers: Layers) -> Layers:
    """The layers without anything hidden."""
    n = layers.n_photo
    links = layers.neighbours[:n].copy()
    links[links >= n] = -1
    return replace(
        layers,
        x=layers.x[:n],
        y=layers.y[:n],
        disparity=layers.disparity[:n],
        neighbours=links,
        color=layers.color[:n],
        filled=True,
    )


def _patched(color: np.ndarray, covered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return fill_telea(color, covered, ~covered), np.ones_like(covered)


def compare_views(data: Path, pictures: Path | None, weights: Path | None) -> None:
    """Print PSNR and SSIM of every method on every pair, over the hidden pixels."""
    pairs = [motorcycle(data), *(seven_scenes(data, *numbers) for numbers in PAIRS_7SCENES)]
    scores: dict[str, list[tuple[float, float]]] = {}
    for pair in pairs:
        print(f"\n{pair.name}: {np.count_nonzero(pair.hidden)} hidden pixels, parallax {100 * pair.parallax:.1f} %")
        for name, make in methods(pair, weights):
            began = time.perf_counter()
            color, covered = make()
            psnr, ssim = score(pair, color, covered, pair.hidden)
            scores.setdefault(name, []).append((psnr, ssim))
            print(f"  {name:28s} PSNR {psnr:5.2f}  SSIM {ssim:.4f}  {time.perf_counter() - began:5.1f} s", flush=True)
            if pictures:
                pictures.mkdir(parents=True, exist_ok=True)
                both = np.hstack([color, pair.truth])
                Image.fromarray(both).save(pictures / f"{pair.name} {name}.png".replace(" ", "_").replace(":", ""))
    print(f"\nmean of {len(pairs)}")
    for name, rows in scores.items():
        psnr, ssim = np.mean(rows, axis=0)
        print(f"  {name:28s} PSNR {psnr:5.2f}  SSIM {ssim:.4f}")


def compare_budgets(data: Path) -> None:
    """Print what fewer triangles cost on the Motorcycle, over what the photo shows and what it hides."""
    pair = motorcycle(data)
    settings = LayerSettings(parallax=pair.parallax)
    layers = build_layers(pair.rgb, pair.inverse, metric=True, focal=pair.focal, settings=settings)
    layers = fill_on_canvases(layers, fill_mixed, diffuse)
    for tolerance in (0.0, 0.25, 0.5, 1.0, 2.0):
        mesh = mesh_photo(layers, tolerance=tolerance, budget=None)
        color, covered = view(mesh, pair)
        psnr, ssim = score(pair, color, covered, covered)
        print(
            f"tolerance {tolerance:4.2f}  {len(mesh.faces):7d} triangles  PSNR {psnr:.3f}  SSIM {ssim:.4f}", flush=True
        )
    for budget in (200_000, 150_000, 100_000):
        mesh = mesh_photo(layers, budget=budget)
        color, covered = view(mesh, pair)
        psnr, ssim = score(pair, color, covered, covered)
        print(f"budget {budget:7d}  {len(mesh.faces):7d} triangles  PSNR {psnr:.3f}  SSIM {ssim:.4f}", flush=True)


def measure_time(data: Path) -> None:
    """Print seconds of each stage at 1152 x 1536, the second run of each (the first one compiles)."""
    pair = motorcycle(data)
    rgb = np.asarray(Image.fromarray(pair.rgb).resize((1536, 1152), Image.Resampling.LANCZOS))
    inverse = np.asarray(Image.fromarray(pair.inverse).resize((1536, 1152), Image.Resampling.BILINEAR))
    settings = LayerSettings(parallax=0.05)
    for run in range(2):
        began = time.perf_counter(), time.process_time()
        layers = build_layers(rgb, inverse, metric=True, focal=2062.0, settings=settings)
        began = _told(run, "layers", began, f"{len(layers.x) - layers.n_photo} hidden pixels")
        filled = fill_on_canvases(layers, fill_mixed, diffuse)
        began = _told(run, "inpaint", began, "mixed")
        fast = fill_on_canvases(layers, fill_telea, diffuse)
        began = _told(run, "inpaint", began, "telea")
        mesh = mesh_photo(filled)
        began = _told(run, "mesh", began, f"{len(mesh.faces)} triangles")
        data_ = glb_bytes(scene_of(mesh))
        _told(run, "mesh", began, f"GLB of {len(data_) / 1e6:.1f} MB")
        del fast
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def _told(run: int, stage: str, began: tuple[float, float], text: str) -> tuple[float, float]:
    now = time.perf_counter(), time.process_time()
    if run:
        wall, cpu = now[0] - began[0], now[1] - began[1]
        print(f"{stage:8s} {wall:6.2f} s, {cpu:6.2f} s of CPU (paper {PAPER_MS[stage]} ms)  {text}", flush=True)
    return time.perf_counter(), time.process_time()


def main() -> None:
    """Run the parts asked for; all of them when none is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["views", "budget", "time", []])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    if not given.parts or "views" in given.parts:
        compare_views(given.data, given.pictures, given.weights)
    if not given.parts or "budget" in given.parts:
        compare_budgets(given.data)
    if not given.parts or "time" in given.parts:
        measure_time(given.data)


if __name__ == "__main__":
    main()
