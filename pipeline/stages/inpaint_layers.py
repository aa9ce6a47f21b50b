"""Hidden surfaces get colours."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from meshing.photo.layers import Layers
from pipeline.stage import Context, Finding, InputPath, StageConfig

Method = Literal["mixed", "telea", "exemplar", "diffusion", "network"]


class InpaintLayersConfig(StageConfig):
    method: Method = "mixed"
    """How hidden colours are made up: `mixed` is the mean of the next three and measures best, `telea` continues edges,
    `exemplar` continues texture, `diffusion` is smooth, `network` is a partial-convolution network on the layers."""
    weights: InputPath | None = None
    """A folder from `scenewright train inpaint`, for the method `network`."""


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
        from pipeline.weights import weights_folder
        from vision.inpaint_partial import PartialInpainter

        if config.weights is None:
            raise ValueError("inpaint_layers.weights: the method 'network' needs trained weights (got none)")
        folder = weights_folder(config.weights)
        return fill_on_graph(layers, PartialInpainter.load(folder / "weights.safetensors").fill)
    from vision.inpaint_exemplar import fill_exemplar
    from vision.inpaint_mixed import fill_mixed
    from vision.inpaint_telea import fill_telea

    fill = {"mixed": fill_mixed, "telea": fill_telea, "exemplar": fill_exemplar}[config.method]
    return fill_on_canvases(layers, fill, diffuse)


def inpaint_sources(config: InpaintLayersConfig) -> Sequence[Path]:
    """The network's weights."""
    from pipeline.weights import weight_files

    if config.weights is None or config.method != "network":
        return []
    return [path for path in weight_files(config.weights) if path.is_file()]


def examine_inpainting(config: InpaintLayersConfig) -> Sequence[Finding]:
    """Whether the network has weights."""
    if config.method == "network" and config.weights is None:
        return [Finding("error", "weights", "the method 'network' needs a folder from `scenewright train inpaint`")]
    return []
