"""Panoramas by Stable Diffusion with depth and segmentation ControlNets, through the library diffusers.

As in ControlRoom3D (Schult et al. 2023) all views around a place are drawn at once and steered by what the plan shows
in each. Its attention between neighbours needs weights that nobody has published; instead views start from shared noise
and agree on their overlaps at each step (`denoising.py`), which asks nothing of the networks.
"""

import warnings
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, UInt8

from vision.block_cache import BlockCache, plan_of
from vision.denoising import clean_from, denoise
from vision.panorama import KnownPixels, PanoramaGenerator, PanoramaGuide, check_guide
from vision.sphere import Overlaps, Views, merged, seen_from, shared_noise, views_around

Precision = Literal["auto", "float32", "float16", "bfloat16"]


@dataclass(frozen=True)
class DiffusionSettings:
    """How pictures are drawn.

    `views` in a ring of `degrees` each, besides those up and down, of `size` pixels a side; `batch` of them at a time.
    `control` weighs depth and semantics. `together` is the share of steps after which views are brought to agree,
    `cache` the change up to which parts of the networks repeat themselves (0 is off, 0.5 is the paper's). `auto`
    precision is half on CUDA.
    """

    steps: int = 30
    guidance: float = 7.5
    control: tuple[float, float] = (1.0, 0.8)
    views: int = 8
    degrees: float = 100.0
    size: int = 512
    batch: int = 5
    together: float = 0.8
    cache: float = 0.0
    precision: Precision = "auto"
    negative: str = "blurry, distorted, people, text, watermark, frame"


@dataclass(frozen=True)
class DiffusionModels:
    """A Stable Diffusion and its two ControlNets: local folders or hub names, with commits that pin hub names."""

    base: str
    depth: str
    semantic: str
    revisions: tuple[str, str, str] = field(default=("", "", ""))


class DiffusionPanorama(PanoramaGenerator):
    """The networks, loaded and on their device. Nothing is downloaded unless `offline` is false."""

    def __init__(
        self,
        models: DiffusionModels,
        settings: DiffusionSettings = DiffusionSettings(),
        *,
        device: str = "cpu",
        offline: bool = True,
    ) -> None:
        self.settings, self._device = settings, device
        self._dtype = dtype_of(settings.precision, device)
        self._pipe = _loaded(models, self._dtype, offline).to(device)
        self._pipe.set_progress_bar_config(disable=True)
        networks = [self._pipe.unet, *self._pipe.controlnet.nets]
        for network in (*networks, self._pipe.vae, self._pipe.text_encoder):
            network.eval()
        self._cell: int = self._pipe.vae_scale_factor
        coarsest = self._cell * 2 ** (len(self._pipe.unet.config.block_out_channels) - 1)
        if settings.size % coarsest:
            raise ValueError(f"size: must be a multiple of {coarsest} for {models.base} (got {settings.size})")
        self.cache = BlockCache(networks) if settings.cache > 0 else None

    def generate(
        self, guide: PanoramaGuide, text: str, *, seed: int = 0, start: KnownPixels | None = None
    ) -> UInt8[np.ndarray, "h w 3"]:
        """See `PanoramaGenerator.generate`."""
        check_guide(guide)
        views = views_around(self.settings.views, self.settings.degrees)
        cells = self.settings.size // self._cell
        channels = self._pipe.unet.config.in_channels
        noise = torch.from_numpy(shared_noise(views, cells, channels, np.random.default_rng(seed)))
        pictures = self.draw(
            self._conditions(views, guide),
            text,
            noise,
            overlaps=Overlaps(views, cells, self._device),
            known=None if start is None else self._known(views, start),
        )
        height = guide.distance.shape[0]
        made = np.rint(merged(views, pictures, height) * 255).clip(0, 255).astype(np.uint8)
        return made if start is None else np.where(start.known[..., None], start.color, made)

    @torch.inference_mode()
    def draw(
        self,
        conditions: tuple[torch.Tensor, torch.Tensor],
        text: str,
        noise: Float[torch.Tensor, "views c cells cells"],
        *,
        overlaps: Overlaps | None = None,
        known: tuple[torch.Tensor, torch.Tensor] | None = None,
    ) -> np.ndarray:
        """Pictures from 0 to 1 (views, size, size, 3) under maps of depth and semantics (views, 3, size, size)."""
        scheduler = self._pipe.scheduler
        scheduler.set_timesteps(self.settings.steps, device=self._device)
        times = scheduler.timesteps
        step = scheduler.config.num_train_timesteps // self.settings.steps
        signal = [float(scheduler.alphas_cumprod[int(t)]) for t in times]
        last = int(times[-1]) - step
        signal.append(float(scheduler.alphas_cumprod[last] if last >= 0 else scheduler.final_alpha_cumprod))
        predict = _Predictor(self, text, conditions, times, signal)
        noise = noise.to(self._device, torch.float32)
        if self.cache is not None:
            self._plan_cache(predict, noise, signal)
        mask, kept = known if known is not None else (None, None)
        clean = denoise(
            predict,
            noise,
            signal,
            agreed=overlaps.agreed if overlaps is not None else lambda values: values,
            together=self.settings.together,
            held=lambda values: values if mask is None or kept is None else torch.where(mask, kept, values),
        )
        return self._decoded(clean)

    def _plan_cache(self, predict: "_Predictor", noise: torch.Tensor, signal: list[float]) -> None:
        """Measure on the first views how much blocks change, and from that when each has to be computed."""
        assert self.cache is not None
        self.cache.plan = None
        self.cache.begin(measure=True)
        denoise(predict, noise[: self.settings.batch], signal)
        self.cache.plan = plan_of(self.cache.changes(self.settings.steps), self.settings.cache)
        self.cache.begin()

    def _conditions(self, views: Views, guide: PanoramaGuide) -> tuple[torch.Tensor, torch.Tensor]:
        """What the ControlNets are shown: inverse depth from 0 (farthest) to 1, and ADE20K's colours."""
        size = self.settings.size
        length = np.linalg.norm(views.rays(size), axis=-1)
        distance = seen_from(views, guide.distance.astype(np.float64), size)
        inverse = np.where(np.isfinite(distance) & (distance > 0), length / np.maximum(distance, 1e-3), 0.0)
        low, high = inverse.min(), inverse.max()
        depth = (inverse - low) / max(high - low, 1e-9)  # one scale for all views, so that they agree
        colors = seen_from(views, guide.semantic, size).astype(np.float64) / 255
        maps = (np.repeat(depth[:, None], 3, axis=1), np.moveaxis(colors, -1, 1))
        first, second = (torch.from_numpy(np.ascontiguousarray(each)).to(self._device, self._dtype) for each in maps)
        return first, second

    @torch.inference_mode()
    def _known(self, views: Views, start: KnownPixels) -> tuple[torch.Tensor, torch.Tensor]:
        """Which latent pixels are wholly known, and what they are."""
        size, cells = self.settings.size, self.settings.size // self._cell
        seen = seen_from(views, start.known, size).reshape(len(views), cells, self._cell, cells, self._cell)
        mask = torch.from_numpy(seen.all(axis=(2, 4)))[:, None].to(self._device)
        color = seen_from(views, start.color, size).astype(np.float32) / 127.5 - 1
        pixels = torch.from_numpy(np.moveaxis(color, -1, 1).copy()).to(self._device, self._dtype)
        vae = self._pipe.vae
        latents = [vae.encode(one[None]).latent_dist.mode()[0].float() for one in pixels]
        return mask, torch.stack(latents) * vae.config.scaling_factor

    def _decoded(self, clean: torch.Tensor) -> np.ndarray:
        vae = self._pipe.vae
        values = (clean / vae.config.scaling_factor).to(self._dtype)
        pictures = torch.cat([vae.decode(one[None], return_dict=False)[0].float() for one in values])
        return np.ascontiguousarray((pictures / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).cpu().numpy())


class _Predictor:
    """Clean pictures from noisy ones, a batch of views at a time, guided towards the text (Ho and Salimans 2022)."""

    def __init__(
        self,
        owner: DiffusionPanorama,
        text: str,
        conditions: tuple[torch.Tensor, torch.Tensor],
        times: torch.Tensor,
        signal: list[float],
    ) -> None:
        self._owner, self._conditions, self._times, self._signal = owner, conditions, times, signal
        self._guided = owner.settings.guidance > 1
        pipe, negative = owner._pipe, owner.settings.negative
        asked, avoided = pipe.encode_prompt(text, owner._device, 1, self._guided, negative)
        self._words = torch.cat([avoided, asked]) if self._guided else asked

    def __call__(self, noisy: torch.Tensor, step: int) -> torch.Tensor:
        owner, batch = self._owner, self._owner.settings.batch
        parts = []
        for part, first in enumerate(range(0, len(noisy), batch)):
            if owner.cache is not None:
                owner.cache.tell(step, part)
            parts.append(self._part(noisy[first : first + batch], slice(first, first + batch), step))
        kind = owner._pipe.scheduler.config.prediction_type
        return clean_from(torch.cat(parts), noisy, self._signal[step], kind)

    def _part(self, noisy: torch.Tensor, views: slice, step: int) -> torch.Tensor:
        pipe, settings, time = self._owner._pipe, self._owner.settings, self._times[step]
        times = 2 if self._guided else 1
        given = torch.cat([noisy] * times).to(self._owner._dtype)
        words = self._words.repeat_interleave(len(noisy), dim=0)
        maps = [torch.cat([each[views]] * times) for each in self._conditions]
        down, middle = pipe.controlnet(given, time, words, maps, list(settings.control), return_dict=False)
        found = pipe.unet(
            given,
            time,
            encoder_hidden_states=words,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
            return_dict=False,
        )[0].float()
        if not self._guided:
            return torch.as_tensor(found)
        without, with_text = found.chunk(2)
        return torch.as_tensor(without + settings.guidance * (with_text - without))


def dtype_of(precision: Precision, device: str) -> torch.dtype:
    """`auto` is half precision on CUDA and single elsewhere."""
    if precision == "auto":
        return torch.float16 if device.startswith("cuda") else torch.float32
    return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[precision]


def _loaded(models: DiffusionModels, dtype: torch.dtype, offline: bool) -> Any:
    """The pipeline with both ControlNets and a deterministic scheduler."""
    try:
        from diffusers import (  # type: ignore[import-not-found]
            ControlNetModel,
            DDIMScheduler,
            StableDiffusionControlNetPipeline,
        )
    except ImportError as error:
        raise ImportError(f"{models.base}: needs diffusers: pip install 'scenewright[diffusion]'") from error
    options: list[dict[str, Any]] = [
        {"torch_dtype": dtype, "local_files_only": offline, "use_safetensors": True, "revision": revision or None}
        for revision in models.revisions
    ]
    asked, pipe = "", None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what later versions of the library will do
        try:
            asked = models.depth
            depth = ControlNetModel.from_pretrained(models.depth, **options[1])
            asked = models.semantic
            semantic = ControlNetModel.from_pretrained(models.semantic, **options[2])
            asked = models.base
            pipe = StableDiffusionControlNetPipeline.from_pretrained(
                models.base,
                controlnet=[depth, semantic],
                safety_checker=None,
                requires_safety_checker=False,
                **options[0],
            )
        except (OSError, ValueError, TypeError) as error:
            reason = str(error).strip().splitlines()[0][:200]
            raise ValueError(f"{asked}: cannot be loaded as a part of Stable Diffusion ({reason})") from error
        pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    return pipe
