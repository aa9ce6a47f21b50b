"""How good estimated depth is, beside the vertical ramp that anyone can guess.

    python benchmarks/depth.py --data FOLDER [--weights FILE ...] [--peers FOLDER] [--onnx FILE] [--pictures FOLDER]

Middlebury's Motorcycle and every fourth frame of a 7-Scenes room with measured depth: AbsRel and delta < 1.25 of depth
after a robust affine fit of inverse depth, and the share of pixel pairs in right order. The weights that ship are
measured when none are named. `--peers` holds Tiefenrausch's two files and, where onnxruntime is installed,
TCMonoDepth's ONNX file: external weights, which this script alone reads. `--pictures` writes the maps beside the
photos.
"""

import argparse
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from tiefenrausch import Tiefenrausch

from pipeline.weights import SHIPPED as ASSETS
from vision.depth import DepthModel
from vision.depth_cues import ramp_with_edges
from vision.depth_net import EmbeddedDepth
from vision.depth_training import DepthScore, ramp, score

Predict = Callable[[np.ndarray], np.ndarray]
Truth = tuple[str, np.ndarray, np.ndarray, np.ndarray]  # name, rgb, inverse depth, where it is known
SHIPPED = ASSETS / "photo-depth" / "weights.safetensors"
FRAMES = 4  # every so many frames of the room


def motorcycle(data: Path) -> Truth:
    """The left view; Z = 994.978 * 193.001 mm / (disparity + 31.086)."""
    rgb = np.array(Image.open(data / "skimage_photos" / "motorcycle_left.png").convert("RGB"))
    with np.load(data / "skimage_photos" / "motorcycle_disp.npz") as arrays:
        disparity = arrays[arrays.files[0]].astype(np.float32)
    known = np.isfinite(disparity) & (disparity > 0)
    inverse = (np.where(known, disparity, 0) + 31.086) / (994.978 * 0.193001)
    return "motorcycle", rgb, inverse.astype(np.float32), known


def room(data: Path) -> Iterator[Truth]:
    """Frames with the depth camera's own picture of depth, some pixels off the colour's."""
    for path in sorted((data / "rgbd_7scenes").glob("*.color.jpg"))[::FRAMES]:
        levels = np.array(Image.open(str(path).replace("color.jpg", "depth.png"))).astype(np.float32)
        known = (levels > 200) & (levels < 8000)
        inverse = np.where(known, 1000 / np.maximum(levels, 1), 0).astype(np.float32)
        yield path.name, np.array(Image.open(path).convert("RGB")), inverse, known


def main() -> None:
    """Print one line for each way and each set of pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, nargs="*", default=[])
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--peers", type=Path)
    given = parser.parse_args()
    ways: dict[str, Predict] = {
        "ramp": lambda rgb: ramp(*rgb.shape[:2]),
        "ramp with edges": lambda rgb: ramp_with_edges(rgb).values,
    }
    for path in given.weights or [SHIPPED]:
        ways[f"{path.parent.name}/{path.name}"] = _values(EmbeddedDepth.load(path))
    if given.peers:
        ways["Tiefenrausch"] = Tiefenrausch(given.peers).predict
    for path in [given.onnx] if given.onnx else sorted(given.peers.glob("tcmono*.onnx")) if given.peers else []:
        if importlib.util.find_spec("onnxruntime") is None:
            print(f"{path.name}: left out, it needs onnxruntime: pip install 'scenewright[depth]'")
            continue
        ways[path.stem] = _values(_onnx(path))
    sets = {"motorcycle": [motorcycle(given.data)], "7scenes": list(room(given.data))}
    means: dict[str, list[DepthScore]] = {name: [] for name in ways}
    for kind, pictures in sets.items():
        for name, predict in ways.items():
            scores = [score(predict(rgb), inverse, known) for _, rgb, inverse, known in pictures]
            print(f"{kind:10s} ({len(scores):2d})  {name:32s} {_line(scores)}", flush=True)
            means[name].append(_mean(scores))
    for name, both in means.items():
        print(f"{'mean of both':15s}  {name:32s} {_line(both)}")
    if given.pictures:
        _draw(given.data, ways, given.pictures)


def _onnx(path: Path) -> DepthModel:
    from vision.depth_onnx import OnnxDepth

    return OnnxDepth(path, top=255.0)


def _values(model: DepthModel) -> Predict:
    return lambda rgb: model.predict(rgb).values


def _mean(scores: list[DepthScore]) -> DepthScore:
    mean = [float(np.mean([getattr(each, name) for each in scores])) for name in ("abs_rel", "delta", "order")]
    return DepthScore(*mean)


def _line(scores: list[DepthScore]) -> str:
    mean = _mean(scores)
    return f"AbsRel {mean.abs_rel:.3f}  delta {mean.delta:.3f}  order {mean.order:.3f}"


def _draw(data: Path, ways: dict[str, Predict], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    paths = sorted([*(data / "photos").glob("*.[jp][pn]g"), *(data / "skimage_photos").glob("*.[jp][pn]g")])
    for path in paths:
        image = Image.open(path).convert("RGB")
        image.thumbnail((320, 320))
        rgb = np.array(image)
        row = [rgb]
        for predict in ways.values():
            root = np.sqrt(np.maximum(predict(rgb), 0))
            low, high = np.quantile(root, (0.01, 0.99))
            level = (255 * np.clip((root - low) / max(high - low, 1e-9), 0, 1)).astype(np.uint8)
            row.append(np.repeat(level[..., None], 3, axis=2))
        Image.fromarray(np.hstack(row)).save(folder / f"{path.stem}.png")


if __name__ == "__main__":
    main()
