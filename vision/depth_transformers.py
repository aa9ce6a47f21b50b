"""Depth from a pretrained network of the `transformers` library: Depth Anything V2, DPT and their kin."""

from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from vision.depth import DepthModel, InverseDepth, inverse_depth


class TransformersDepth(DepthModel):
    """A depth-estimation model from a local folder or a hub name; `revision` pins what a hub name means.

    Models whose configuration says `depth_estimation_type: metric` give metres; all others inverse depth up to scale
    and shift.
    """

    def __init__(self, model: str, *, revision: str | None = None, device: str = "cpu", offline: bool = True) -> None:
        try:
            from transformers import AutoImageProcessor, AutoModelForDepthEstimation  # type: ignore[import-not-found]
        except ImportError as error:
            raise ImportError(f"{model}: needs transformers: pip install 'scenewright[clip]'") from error
        options: dict[str, Any] = {"revision": revision, "local_files_only": offline}
        try:
            self._processor = AutoImageProcessor.from_pretrained(model, **options)
            self._model = AutoModelForDepthEstimation.from_pretrained(model, use_safetensors=True, **options)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0][:160]
            raise ValueError(f"{model}: is no depth model that can be loaded ({reason})") from error
        self._model = self._model.to(device).eval()
        self._device, self._name = device, model.rstrip("/").rpartition("/")[2]
        self._metric = getattr(self._model.config, "depth_estimation_type", "relative") == "metric"

    def predict(self, rgb: UInt8[np.ndarray, "h w 3"]) -> InverseDepth:
        """See `DepthModel.predict`."""
        import torch

        given = self._processor(images=Image.fromarray(rgb), return_tensors="pt").to(self._device)
        with torch.inference_mode():
            values = self._model(**given).predicted_depth[0].float().cpu().numpy()
        if self._metric:
            values = 1 / np.maximum(values, 1e-3)
        made = inverse_depth(values, 0.9, metric=self._metric, source=self._name, where=self._name)
        return made.resized(rgb.shape[0], rgb.shape[1])
