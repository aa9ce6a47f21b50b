"""Views of one scene denoised together.

The sampler knows no network: `predict` gives the clean picture that a noisy one promises. Between steps the clean
pictures of all views are brought to what they agree on, as in MultiDiffusion (Bar-Tal et al. 2023) and SyncTweedies
(Kim et al. 2024), whose comparison found clean predictions the right thing to average: noisy ones lose their variance.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float

Latents = Float[torch.Tensor, "views c h w"]


def denoise(
    predict: Callable[[torch.Tensor, int], torch.Tensor],
    noise: Latents,
    signal: Sequence[float],
    *,
    agreed: Callable[[torch.Tensor], torch.Tensor] = lambda clean: clean,
    together: float = 0.8,
    held: Callable[[torch.Tensor], torch.Tensor] = lambda clean: clean,
    report: Callable[[int], None] = lambda step: None,
) -> Latents:
    """DDIM (Song et al. 2021, eq. 12 without noise) over `signal`, the cumulated alphas from the noisiest to the last.

    `predict(noisy, step)` gives clean pictures. `agreed` joins them during the first share `together` of the steps:
    the last ones draw fine detail, which averages would blur. `held` puts in what is known.
    """
    x, steps = noise, len(signal) - 1
    for step in range(steps):
        now, after = signal[step], signal[step + 1]
        clean = predict(x, step)
        if step < together * steps:
            clean = agreed(clean)
        clean = held(clean)
        rest = (x - now**0.5 * clean) / max(1 - now, 1e-12) ** 0.5
        x = after**0.5 * clean + max(1 - after, 0.0) ** 0.5 * rest
        report(step)
    return x


def clean_from(prediction: torch.Tensor, noisy: torch.Tensor, signal: float, kind: str) -> torch.Tensor:
    """The clean picture that a network's prediction means, by the kind of prediction that it was trained for."""
    a, b = float(signal**0.5), float((1 - signal) ** 0.5)
    if kind == "epsilon":
        return (noisy - b * prediction) / a
    if kind == "v_prediction":
        return a * noisy - b * prediction
    if kind == "sample":
        return prediction
    raise ValueError(f"scheduler.prediction_type: must be epsilon, v_prediction or sample (got {kind!r})")
