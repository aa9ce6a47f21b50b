"""How far away everything in a photo is, from the best source there is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from pipeline.stage import Context, Finding, InputPath, StageConfig
from vision.depth import InverseDepth
from vision.photo import Photo

WEIGHTS = "photo-depth"
MATCHED_SIDE = 768
"""Stereo pictures are matched at this size: disparities are parts of a pixel anyway."""

Source = Literal["auto", "file", "photo", "stereo", "model", "embedded", "ramp"]


SAID = {
    "file": "the file given",
    "photo": "the photo's own file",
    "stereo": "a stereo pair",
    "model": "the model given",
    "embedded": "the network that ships",
    "ramp": "a ramp, lower is nearer",
}


class EstimateDepthConfig(StageConfig):
    source: Source = "auto"
    """Where depth comes from. "auto" takes the first there is: `file`, the depth inside the photo, its second picture
    or `second` (stereo), `model`, and else the network that ships. `ramp` needs none: lower is nearer."""
    file: InputPath | None = None
    """Measured depth: a 16-bit PNG, or .npy or .npz with one array; 0 and what is not finite mean unknown."""
    file_unit: float = Field(0.001, gt=0)
    """Metres per level of a PNG (arrays are in metres)."""
    file_holds: Literal["depth", "inverse"] = "depth"
    """Whether the file's numbers grow away from the camera, or are inverse depth up to scale and shift."""
    second: InputPath | None = None
    """The right picture of a stereo pair whose left one is the photo; rows must correspond."""
    model: InputPath | None = None
    """An ONNX file, or the folder of a model that the library transformers reads (Depth Anything V2, DPT)."""
    hub: str = ""
    """The name of a model on the hub, in place of `model`; it must have been downloaded before."""
    revision: str = ""
    """The commit of the hub's model, so that the name always means the same."""
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    """What an ONNX model expects to be subtracted from levels 0 to 1."""
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    """What an ONNX model expects levels to be divided by after that."""
    grows_away: bool = False
    """Whether an ONNX model gives depth, not its inverse."""
    weights: InputPath | None = None
    """A folder with weights of your own from `scenewright train depth`; those that ship when left out."""


def estimate_depth(config: EstimateDepthConfig, context: Context, *, photo: Photo) -> InverseDepth:
    """Find every pixel's inverse depth: measured, stored in the photo, by stereo, by a model, or by our network."""
    source = chosen_source(config, photo)
    context.progress(0.1, f"depth from {SAID[source]}")
    if np.ptp(photo.rgb.astype(np.int16)) < 2 and source not in ("file", "photo"):
        raise ValueError(f"photo {photo.name}: has one colour everywhere; give its depth by `file`, or another photo")
    if photo.projection == "equirectangular" and source == "stereo":
        raise ValueError(f"photo {photo.name}: is a panorama, which has no stereo pair; choose another source")
    depth = _SOURCES[source](config, context, photo)
    context.log(f"depth from {SAID[source]}" + (f": {depth.source}" if depth.source != source else ""))
    context.metric("source", source)
    context.metric("made_by", depth.source)
    context.metric("metric", depth.metric)
    context.metric("confidence", round(float(depth.confidence.mean()), 3))
    height, width = photo.rgb.shape[:2]
    return depth.resized(height, width)


def chosen_source(config: EstimateDepthConfig, photo: Photo | None) -> str:
    """What "auto" stands for, with this photo."""
    if config.source != "auto":
        return config.source
    if config.file is not None:
        return "file"
    if photo is not None and photo.depth is not None:
        return "photo"
    if config.second is not None or (photo is not None and photo.right is not None):
        return "stereo"
    return "model" if config.model is not None or config.hub else "embedded"


def depth_sources(config: EstimateDepthConfig) -> Sequence[Path]:
    """The weights of the network, where it may be asked."""
    from pipeline.weights import SHIPPED, weight_files

    if chosen_source(config, None) != "embedded":
        return []
    return [path for path in weight_files(config.weights or SHIPPED / WEIGHTS) if path.is_file()]


def packages_for_depth(config: EstimateDepthConfig) -> Sequence[str]:
    """What a model of one's own needs."""
    if chosen_source(config, None) != "model":
        return []
    return ["onnxruntime"] if config.model is not None and config.model.suffix == ".onnx" else ["transformers"]


def examine_depth(config: EstimateDepthConfig) -> Sequence[Finding]:
    """What is missing for the source asked for, and which one it will be."""
    lacking = {"file": config.file is None, "model": config.model is None and not config.hub}
    if lacking.get(config.source):
        return [Finding("error", config.source, f"source {config.source!r} needs the setting `{config.source}`")]
    return [Finding("note", "source", noted_source(config))]


def noted_source(config: EstimateDepthConfig) -> str:
    """The source that will be taken, as far as the settings say."""
    source = chosen_source(config, None)
    open_ = config.source == "auto" and source in ("model", "embedded")
    return f"depth from {SAID[source]}{'; depth or a second picture inside the photo comes first' if open_ else ''}"


def _from_file(config: EstimateDepthConfig, context: Context, photo: Photo) -> InverseDepth:
    from vision.depth_files import read_depth

    if config.file is None:
        raise ValueError("estimate_depth.file: source 'file' needs a depth file (got none)")
    return read_depth(config.file, unit=config.file_unit, inverse=config.file_holds == "inverse")


def _from_photo(config: EstimateDepthConfig, context: Context, photo: Photo) -> InverseDepth:
    if photo.depth is None:
        raise ValueError(f"photo {photo.name}: holds no depth of its own; choose another source")
    return photo.depth


def _from_pair(config: EstimateDepthConfig, context: Context, photo: Photo) -> InverseDepth:
    from PIL import Image

    from vision.depth_stereo import depth_from_pair
    from vision.photo import read_photo

    if config.second is not None:
        right = read_photo(config.second, max_side=max(photo.rgb.shape)).rgb
    elif photo.right is not None:
        right = photo.right
    else:
        raise ValueError(f"photo {photo.name}: has no second picture; give it by `second`")
    scale = min(1.0, MATCHED_SIDE / max(photo.rgb.shape[:2]))
    pair = []
    for rgb in (photo.rgb, right):
        size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
        pair.append(np.array(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS)))
    return depth_from_pair(pair[0], pair[1])


def _from_model(config: EstimateDepthConfig, context: Context, photo: Photo) -> InverseDepth:
    if config.model is not None and config.model.suffix == ".onnx":
        from vision.depth_onnx import OnnxDepth

        onnx = OnnxDepth(config.model, mean=config.mean, std=config.std, grows_away=config.grows_away)
        return _seen(photo, onnx.predict)
    from vision.depth_transformers import TransformersDepth

    if config.model is None and not config.hub:
        raise ValueError("estimate_depth.model: source 'model' needs an ONNX file, a folder or a hub name (got none)")
    name = str(config.model) if config.model is not None else config.hub
    model = TransformersDepth(name, revision=config.revision or None, device=context.device)
    return _seen(photo, model.predict)


def _embedded(config: EstimateDepthConfig, context: Context, photo: Photo) -> InverseDepth:
    from pipeline.weights import read_card, weights_folder
    from vision.depth_net import EmbeddedDepth

    folder = weights_folder(config.weights or WEIGHTS)
    context.licence(read_card(folder).licence)
    return _seen(photo, EmbeddedDepth.load(folder / "weights.safetensors").predict)


def _ramp(config: EstimateDepthConfig, context: Context, photo: Photo) -> InverseDepth:
    from vision.depth_cues import ramp_with_edges

    return _seen(photo, ramp_with_edges)


def _seen(photo: Photo, predict: Callable[[np.ndarray], InverseDepth]) -> InverseDepth:
    """What a model for photos says of a photo, or of views cut out of a panorama."""
    if photo.projection == "perspective":
        return predict(photo.rgb)
    from vision.depth_panorama import depth_of_panorama

    return depth_of_panorama(photo.rgb, predict)


_SOURCES = {
    "file": _from_file,
    "photo": _from_photo,
    "stereo": _from_pair,
    "model": _from_model,
    "embedded": _embedded,
    "ramp": _ramp,
}
