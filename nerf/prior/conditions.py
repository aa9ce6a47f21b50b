"""Embeddings as conditions: how picture embeddings are made to serve for text, and how prompts are mixed."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def pseudo_text(
    embeddings: Float[Tensor, "batch condition"], noise: Float[Tensor, "batch condition"], strength: float
) -> Float[Tensor, "batch condition"]:
    """Unit embeddings moved by a fixed angle in a random direction, where those of texts lie (clip2latent).

    In many dimensions the cosine to the original becomes 1 / sqrt(1 + strength²).
    """
    moved = functional.normalize(embeddings, dim=-1) + strength * functional.normalize(noise, dim=-1)
    return functional.normalize(moved, dim=-1)


def mixed(
    embeddings: Float[Tensor, "prompts condition"], weights: Float[Tensor, " prompts"]
) -> Float[Tensor, " condition"]:
    """One unit embedding from several prompts, words and pictures alike."""
    if not (torch.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise ValueError(f"prompt weights: must be 0 or more and not all 0 (got {weights.tolist()})")
    return functional.normalize((weights[:, None] * functional.normalize(embeddings, dim=-1)).sum(0), dim=0)


def between(
    start: Float[Tensor, " condition"], end: Float[Tensor, " condition"], steps: int
) -> Float[Tensor, "steps condition"]:
    """Embeddings evenly along the great circle from one prompt to another, both ends included."""
    a, b = functional.normalize(start, dim=0), functional.normalize(end, dim=0)
    angle = torch.arccos((a @ b).clamp(-1, 1))
    t = torch.linspace(0, 1, steps, device=a.device)[:, None]
    if angle < 1e-4:
        return a.expand(steps, -1)
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
