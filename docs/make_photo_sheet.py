"""A sheet of 3D photos, each seen from both ends of its viewing volume, to look for torn or smeared parts.

    python docs/make_photo_sheet.py [PICTURE-or-FOLDER ...] -o SHEET.webp [--side 360] [--columns 2]

Without a picture, the free photographs that scikit-image carries make docs/pictures/photos.webp.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from meshing.photo.build import LayerSettings, build_layers, strides_for
from meshing.photo.canvas import fill_on_canvases
from meshing.photo.parallax import look, middle_depth
from meshing.photo.surface import mesh_photo
from pipeline.stages.build_layers import AHEAD, SURE
from pipeline.training.pictures import SUFFIXES, carried
from pipeline.weights import SHIPPED
from vision.depth_net import EmbeddedDepth
from vision.inpaint_diffusion import diffuse
from vision.inpaint_mixed import fill_mixed
from vision.photo import read_photo

SHEET = Path(__file__).resolve().parent / "pictures" / "photos.webp"
PHOTOGRAPHS = ("coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg")


def pair(path: Path, model: EmbeddedDepth, side: int) -> np.ndarray:
    """Both ends of the viewing volume beside each other, as the stages would make them."""
    photo = read_photo(path, max_side=1024)
    height, width = photo.rgb.shape[:2]
    depth = model.predict(photo.rgb)
    trust = min(1.0, float(depth.confidence.mean()) / SURE)
    settings = LayerSettings(
        parallax=AHEAD * (0.4 + 0.6 * trust),
        relief=0.5 + 0.5 * trust,
        strides=strides_for(max(height, width), depth.detail or max(height, width)),
    )
    layers = build_layers(photo.rgb, depth.values, focal=photo.focal, settings=settings)
    filled = fill_on_canvases(layers, fill_mixed, diffuse)
    mesh = mesh_photo(filled, budget=150_000)
    print(f"{path.name}: {len(layers.x) - layers.n_photo} hidden pixels, {len(mesh.faces)} triangles", flush=True)
    focus = middle_depth(mesh)
    return np.hstack([look(mesh, filled.view, right, side=side, focus=focus) for right in (-1.0, 1.0)])


def sheet(pictures: list[np.ndarray], columns: int) -> Image.Image:
    """Pictures in rows, each centred in a field as large as the largest."""
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    rows = -(-len(pictures) // columns)
    whole = np.full((rows * height, columns * width, 3), 255, np.uint8)
    for k, picture in enumerate(pictures):
        y = (k // columns) * height + (height - picture.shape[0]) // 2
        x = (k % columns) * width + (width - picture.shape[1]) // 2
        whole[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return Image.fromarray(whole)


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="*", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=SHEET)
    parser.add_argument("--side", type=int, default=360)
    parser.add_argument("--columns", type=int, default=2)
    given = parser.parse_args()
    paths = []
    for path in given.pictures or [carried() / name for name in PHOTOGRAPHS]:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        paths += [each for each in inside if each.suffix.lower() in SUFFIXES]
    model = EmbeddedDepth.load(SHIPPED / "photo-depth" / "weights.safetensors")
    sheet([pair(path, model, given.side) for path in paths], given.columns).save(given.output, quality=82, method=6)


if __name__ == "__main__":
    main()
