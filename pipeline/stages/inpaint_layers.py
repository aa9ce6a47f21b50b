"""Hidden surfaces get colours."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from meshing.photo.layers import Layers
from pipeline.stage import Context, Finding, InputPath, StageConfig

WEIGHTS = "photo-inpaint"

Method = Literal["mixed", "telea", "exemplar", "diffusion", "network", "lama", "diffusers"]


class InpaintLayersConfig(StageConfig):
    method: Method = "mixed"
    """How hidden colours are made up: `mixed` is the mean of the next three and measures best, `telea` continues edges,
    `exemplar` continues texture, `diffusion` is smooth, `network` is a partial-convolution network on the layers,
    `lama` a LaMa network of yours, `diffusers` an inpainting model of that library."""
    weights: InputPath | None = None
    """A folder from `scenewright train inpaint`, for the method `network`; the weights that ship when left out."""
    model: InputPath | None = None
    """For `lama` an .onnx file (or TorchScript, see `trust_code`), for `diffusers` the folder of a model."""
    hub: str = ""
    """The name of a model on the hub for `diffusers`, in place of `model`; it must have been downloaded before."""
    revision: str = ""
    """The commit of the hub's model, so that the name always means the same."""
    prompt: str = ""
    """What `diffusers` is told to draw."""
    trust_code: bool = False
    """Whether a TorchScript file, which is a program, may be run for `lama`."""


def inpaint_layers(config: InpaintLayersConfig, context: Context, *, layers: Layers) -> Layers:
    """Paint what the photo does not show, each hidden surface from the surface that it continues."""
    from meshing.photo.canvas import fill_on_canvases, fill_on_graph
    from vision.inpaint_diffusion import diffuse

    for licence in layers.licences:
        context.licence(licence)
    context.metric("hidden_pixels", len(layers.x) - layers.n_photo)
    if config.method == "diffusion":
        return fill_on_graph(layers, diffuse)
    if config.method == "network":
        return fill_on_graph(layers, _network(config, context))
    fill, options = _canvas_fill(config, context)
    return fill_on_canvases(layers, fill, diffuse, **options)


def _network(config: InpaintLayersConfig, context: Context) -> Any:
    from pipeline.weights import read_card, weights_folder
    from vision.inpaint_partial import PartialInpainter

    folder = weights_folder(config.weights or WEIGHTS)
    context.licence(read_card(folder).licence)
    return PartialInpainter.load(folder / "weights.safetensors").fill


def _canvas_fill(config: InpaintLayersConfig, context: Context) -> tuple[Any, dict[str, int]]:
    """A fill for pictures, and how far it is to look and what is too small for it."""
    if config.method == "lama":
        from vision import inpaint_lama

        if config.model is None:
            raise ValueError("inpaint_layers.model: the method 'lama' needs a file (got none)")
        lama = inpaint_lama.LamaInpainter(config.model, trust_code=config.trust_code, device=context.device)
        return lama.fill, {"context": inpaint_lama.CONTEXT, "smallest": inpaint_lama.SMALLEST}
    if config.method == "diffusers":
        from vision import inpaint_diffusers

        if config.model is None and not config.hub:
            raise ValueError("inpaint_layers.model: the method 'diffusers' needs a folder or a hub name (got none)")
        name = str(config.model) if config.model is not None else config.hub
        drawer = inpaint_diffusers.DiffusersInpainter(
            name, revision=config.revision or None, prompt=config.prompt, seed=context.seed, device=context.device
        )
        return drawer.fill, {"context": inpaint_diffusers.CONTEXT, "smallest": inpaint_diffusers.SMALLEST}
    from vision.inpaint_exemplar import fill_exemplar
    from vision.inpaint_mixed import fill_mixed
    from vision.inpaint_telea import fill_telea

    return {"mixed": fill_mixed, "telea": fill_telea, "exemplar": fill_exemplar}[config.method], {}


def inpaint_sources(config: InpaintLayersConfig) -> Sequence[Path]:
    """The network's weights."""
    from pipeline.weights import SHIPPED, weight_files

    if config.method != "network":
        return []
    return [path for path in weight_files(config.weights or SHIPPED / WEIGHTS) if path.is_file()]


def packages_for_inpainting(config: InpaintLayersConfig) -> Sequence[str]:
    """What a model of the library diffusers needs."""
    return ["diffusers"] if config.method == "diffusers" else []


def examine_inpainting(config: InpaintLayersConfig) -> Sequence[Finding]:
    """Whether the method has the model that it needs."""
    if config.method in ("lama", "diffusers") and config.model is None and not (config.hub and config.method != "lama"):
        return [Finding("error", "model", f"the method {config.method!r} needs the setting `model`")]
    onnx = config.method == "lama" and config.model is not None and config.model.suffix == ".onnx"
    if onnx and importlib.util.find_spec("onnxruntime") is None:
        return [Finding("error", "model", f"{config.model}: needs onnxruntime: pip install 'scenewright[onnx]'")]
    program = config.method == "lama" and config.model is not None and not onnx
    if program and not config.trust_code:
        text = "is a program that would be run: give an .onnx file, or set `trust_code` where you trust it"
        return [Finding("error", "model", f"{config.model}: {text}")]
    return []
