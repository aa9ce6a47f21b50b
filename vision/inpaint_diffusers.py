"""An inpainting model of the library diffusers on the canvases of a layered photo."""

from typing import Any

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import Image

from vision.inpaint_diffusion import diffuse
from vision.inpaint_mixed import links_of

CONTEXT = 64  # steps along links: such models look far
SMALLEST = 400  # pixels of a chart that is worth a run of the model
_MULTIPLE = 64


class DiffusersInpainter:
    """A local folder or a hub name; `revision` pins what a hub name means. Nothing is downloaded where `offline`.

    Canvases are enlarged to `side` pixels on their longer side, which the models were trained for. The same seed gives
    the same picture on the CPU.
    """

    def __init__(
        self,
        model: str,
        *,
        revision: str | None = None,
        prompt: str = "",
        steps: int = 25,
        side: int = 512,
        seed: int = 0,
        device: str = "cpu",
        offline: bool = True,
    ) -> None:
        try:
            from diffusers import AutoPipelineForInpainting
        except ImportError as error:
            raise ImportError(f"{model}: needs diffusers: pip install 'scenewright[diffusion]'") from error
        options: dict[str, Any] = {"revision": revision, "local_files_only": offline, "use_safetensors": True}
        try:
            self._pipe = AutoPipelineForInpainting.from_pretrained(model, **options).to(device)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0][:160]
            raise ValueError(f"{model}: is no inpainting model that can be loaded ({reason})") from error
        self._pipe.set_progress_bar_config(disable=True)
        self._prompt, self._steps, self._side, self._seed = prompt, steps, side, seed

    def fill(
        self, rgb: UInt8[np.ndarray, "h w 3"], known: Bool[np.ndarray, "h w"], unknown: Bool[np.ndarray, "h w"]
    ) -> UInt8[np.ndarray, "h w 3"]:
        """`rgb` with the unknown pixels drawn by the model; what is neither is shown to it as a smooth blend."""
        import torch

        height, width = unknown.shape
        scale = self._side / max(height, width)
        size = tuple(max(_MULTIPLE, round(side * scale / _MULTIPLE) * _MULTIPLE) for side in (width, height))
        smooth = diffuse(rgb.reshape(-1, 3), ~known.ravel(), links_of(np.ones_like(known))).reshape(rgb.shape)
        picture = Image.fromarray(smooth).resize(size, Image.Resampling.BICUBIC)
        mask = Image.fromarray(~known).convert("L").resize(size, Image.Resampling.NEAREST)
        drawn = self._pipe(
            prompt=self._prompt,
            image=picture,
            mask_image=mask,
            width=size[0],
            height=size[1],
            num_inference_steps=self._steps,
            generator=torch.Generator().manual_seed(self._seed),
            output_type="np",
        ).images[0]
        if not np.isfinite(drawn).all():
            raise ValueError("inpainting model: drew numbers that are not finite")
        levels = np.clip(np.rint(drawn * 255), 0, 255).astype(np.uint8)
        small = np.asarray(Image.fromarray(levels).resize((width, height), Image.Resampling.BICUBIC))
        return np.where(unknown[..., None], small, rgb)
