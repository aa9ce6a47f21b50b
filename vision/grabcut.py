"""An object that lies well inside its picture, told from any background: GrabCut (Rother et al. 2004).

Two mixtures of colours, one of the object and one of what surrounds it, and a minimum cut between pixels that differ
little from their neighbours. The rim of the picture is background; nothing else is given.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8
from PIL import Image

Array = np.ndarray

SIDE = 128
"""The cut is made on a picture of at most this size: colours tell more than fine edges do."""
RIM = 0.04
"""How much of each side is taken to be background."""
SMOOTHNESS = 20.0
CENTRAL = 3.0
"""How much likelier, as a logarithm, a pixel in the middle is the object's than one at the rim."""
COMPONENTS = 5
CLEAR = 1.0
"""How much likelier, as a logarithm, the object's pixels must be under its colours than under those around it."""
SCALE = 64.0
"""Capacities are integers: so many of them for a difference of one in the energy."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Normal distributions of colours and how often each is drawn from."""

    weights: Float64[Array, " parts"]
    means: Float64[Array, "parts 3"]
    precisions: Float64[Array, "parts 3 3"]
    log_scales: Float64[Array, " parts"]

    def cost(self, colours: Float64[Array, "pixels 3"]) -> Float64[Array, "pixels parts"]:
        """Negative log-likelihood of colours under each part."""
        away = colours[:, None] - self.means
        squared = np.einsum("npi,pij,npj->np", away, self.precisions, away)
        cost: Array = 0.5 * squared - self.log_scales - np.log(np.maximum(self.weights, 1e-9))
        return cost


def grab_cut(rgb: UInt8[Array, "h w 3"], rounds: int = 5) -> Bool[Array, "h w"]:
    """Pixels of the object; nowhere True where nothing stands out from the rim."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = (max(round(width * scale), 8), max(round(height * scale), 8))
    small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX), np.float64)
    rim = np.ones(small.shape[:2], bool)
    edge = max(round(RIM * max(size)), 1)
    rim[edge:-edge, edge:-edge] = False
    colours, sure = small.reshape(-1, 3), rim.ravel()
    links, stiffness = _neighbours(small)
    central = CENTRAL * (1 - 2 * _eccentricity(rim.shape))
    inside, apart = ~sure & (central > 0), central
    for _ in range(rounds):
        if inside.sum() < COMPONENTS:
            break
        apart = _fitted(colours[~inside]).cost(colours).min(1) - _fitted(colours[inside]).cost(colours).min(1)
        found = _cut(apart + central, sure, links, stiffness)
        if np.array_equal(found, inside):
            break
        inside = found
    if not inside.any() or apart[inside].mean() < CLEAR:
        return np.zeros((height, width), bool)
    mask = Image.fromarray(_largest(inside.reshape(rim.shape))).resize((width, height), Image.Resampling.BILINEAR)
    found_mask: Array = np.asarray(mask) > 127
    return found_mask


def _eccentricity(shape: tuple[int, ...]) -> Float64[Array, " pixels"]:
    """0 in the middle of a picture, 1 where an ellipse touches its sides."""
    rows, columns = (np.linspace(-1, 1, side) for side in shape)
    eccentricity: Array = np.minimum(np.hypot(rows[:, None], columns), 1.0).ravel()
    return eccentricity


def _fitted(colours: Float64[Array, "pixels 3"]) -> Mixture:
    """Parts found by splitting along the longest axis (Orchard and Bouman), then as GrabCut does: hard assignment."""
    parts = [np.arange(len(colours))]
    while len(parts) < COMPONENTS:
        spreads = [np.linalg.eigvalsh(_covariance(colours[part]))[-1] * len(part) for part in parts]
        part = parts.pop(int(np.argmax(spreads)))
        axis = np.linalg.eigh(_covariance(colours[part]))[1][:, -1]
        along = colours[part] @ axis
        upper = along > along.mean()
        if not upper.any() or upper.all():
            parts.append(part)
            break
        parts += [part[upper], part[~upper]]
    covariances = np.stack([_covariance(colours[part]) for part in parts])
    return Mixture(
        np.array([len(part) for part in parts]) / len(colours),
        np.stack([colours[part].mean(0) for part in parts]),
        np.linalg.inv(covariances),
        -0.5 * np.linalg.slogdet(covariances)[1],
    )


def _covariance(colours: Float64[Array, "pixels 3"]) -> Float64[Array, "3 3"]:
    """With the noise of 8 bits and of a camera, so that even surfaces have one."""
    away = colours - colours.mean(0)
    covariance: Array = away.T @ away / len(colours) + 9.0 * np.eye(3)
    return covariance


def _neighbours(small: Float64[Array, "h w 3"]) -> tuple[Int64[Array, "2 links"], Float64[Array, " links"]]:
    """Pairs of pixels that touch, and what it costs to cut between them."""
    height, width = small.shape[:2]
    number = np.arange(height * width).reshape(height, width)
    pairs = (
        (number[:, :-1], number[:, 1:]),
        (number[:-1], number[1:]),
        (number[:-1, :-1], number[1:, 1:]),
        (number[:-1, 1:], number[1:, :-1]),
    )
    links = np.stack([np.concatenate([pair[side].ravel() for pair in pairs]) for side in (0, 1)])
    nearness = np.repeat([1.0, 1.0, 2**-0.5, 2**-0.5], [first.size for first, _ in pairs])
    flat = small.reshape(-1, 3)
    squared = ((flat[links[0]] - flat[links[1]]) ** 2).sum(1)
    beta = 1 / max(2 * squared.mean(), 1e-6)
    return links, SMOOTHNESS * nearness * np.exp(-beta * squared)


def _cut(
    apart: Float64[Array, " pixels"],
    sure: Bool[Array, " pixels"],
    links: Int64[Array, "2 links"],
    stiffness: Float64[Array, " links"],
) -> Bool[Array, " pixels"]:
    """Pixels on the object's side of the minimum cut; `apart` is how much likelier the object's colours are."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    n = len(apart)
    source, sink = n, n + 1
    cost = np.clip(apart, -1e4, 1e4)
    cost = np.where(sure, -1e6, cost)
    towards, away = np.maximum(cost, 0), np.maximum(-cost, 0)
    pixels = np.arange(n)
    rows = np.concatenate([links[0], links[1], np.full(n, source), pixels])
    columns = np.concatenate([links[1], links[0], pixels, np.full(n, sink)])
    capacity = np.round(SCALE * np.concatenate([stiffness, stiffness, towards, away])).astype(np.int32)
    graph = csr_matrix((capacity, (rows, columns)), shape=(n + 2, n + 2))
    flow = maximum_flow(graph, source, sink).flow
    left = graph - flow
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    inside = np.zeros(n + 2, bool)
    inside[reached] = True
    result: Array = inside[:n]
    return result


def _largest(inside: Bool[Array, "h w"]) -> UInt8[Array, "h w"]:
    """The largest connected piece and those of at least a tenth of its size, without holes of a few pixels."""
    from scipy import ndimage

    pieces, count = ndimage.label(inside, np.ones((3, 3)))
    sizes = np.bincount(pieces.ravel(), minlength=count + 1)
    sizes[0] = 0
    kept = sizes >= max(0.1 * sizes.max(), 1)
    mask = ndimage.binary_closing(kept[pieces]) | kept[pieces]
    return np.where(mask, 255, 0).astype(np.uint8)
