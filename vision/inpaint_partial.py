"""A small U-Net that fills hidden colours on the links of a layered photo (after Kopf et al. 2020's inpainting).

Convolutions gather their neighbours by walking links: they never mix a near surface into the far one behind it. Where
a neighbour is missing the rest is scaled up (Liu et al. 2018, partial convolutions). The network corrects a smooth
fill instead of starting from nothing, so that even little training does not hurt. Trained on plain pictures, where
the same weights are ordinary convolutions.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float32, Int32, UInt8
from torch import Tensor, nn
from torch.nn import functional

from vision.weights import read_weights, write_weights

_KIND = "scenewright partial inpainter"

CHANNELS = (16, 32, 64, 96, 96)
_CHUNK = 1 << 16  # pixels gathered at once: 9 neighbours of each are copied
_SLOPE = 0.2


@dataclass(frozen=True, eq=False)
class Level:
    """One resolution of a graph: `around` is the 3 x 3 of neighbours (-1 none), `parent` the coarser pixel."""

    around: Tensor  # (pixels, 9) int64
    parent: Tensor | None  # (pixels,) int64


class PartialConv(nn.Module):
    """3 x 3 convolution whose missing neighbours are made up for by the ones that are there."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(n_in, n_out, 3, padding=1)

    def picture(self, x: Tensor, there: Tensor) -> Tensor:
        """(b, c, h, w) with `there` (b, 1, h, w) 1 where a pixel exists."""
        kernel = torch.ones(1, 1, 3, 3, dtype=x.dtype, device=x.device)
        parts = functional.conv2d(there, kernel, padding=1).clamp(min=1)
        bias = self._bias().view(1, -1, 1, 1)
        made: Tensor = functional.conv2d(x * there, self.conv.weight, padding=1) * (9 / parts) + bias
        return made * there

    def graph(self, x: Tensor, around: Tensor) -> Tensor:
        """(pixels, c) with the neighbours of each pixel."""
        weight = self.conv.weight.flatten(2).permute(2, 1, 0).flatten(0, 1)  # (9 * in, out)
        padded = torch.cat([x, x.new_zeros(1, x.shape[1])])
        made = []
        for part in torch.split(around, _CHUNK):
            scale = 9 / (part >= 0).sum(dim=1, keepdim=True).clamp(min=1)
            made.append(padded[part].flatten(1) @ weight * scale + self._bias())
        return torch.cat(made)

    def _bias(self) -> Tensor:
        assert self.conv.bias is not None
        return self.conv.bias


class PartialUNet(nn.Module):
    """RGB of a smooth fill, and which pixels are unknown, in; the correction of RGB out."""

    def __init__(self, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.channels = channels
        inputs = (4, *channels)
        self.down = nn.ModuleList(PartialConv(inputs[k], inputs[k + 1]) for k in range(len(channels)))
        self.up = nn.ModuleList(
            PartialConv(channels[k + 1] + channels[k], channels[k]) for k in range(len(channels) - 2, -1, -1)
        )
        self.out = PartialConv(channels[0] + 4, 3)
        nn.init.zeros_(self.out.conv.weight)
        if self.out.conv.bias is not None:
            nn.init.zeros_(self.out.conv.bias)

    def picture(self, x: Tensor, there: Tensor) -> Tensor:
        """(b, 4, h, w) and (b, 1, h, w) in; (b, 3, h, w) out. Sides must be multiples of 2 ** (levels - 1)."""
        given, skips, masks = x, [], []
        for k, conv in enumerate(self.down):
            if k:
                masks.append(there)
                parts = functional.avg_pool2d(there, 2)
                x = functional.avg_pool2d(x * there, 2) / parts.clamp(min=1e-6)
                there = (parts > 0).to(x.dtype)
            x = functional.leaky_relu(conv.picture(x, there), _SLOPE)  # type: ignore[operator]
            skips.append(x)
        masks.append(there)
        for k, conv in enumerate(self.up):
            level = len(self.channels) - 2 - k
            x = functional.interpolate(x, scale_factor=2, mode="nearest") * masks[level]
            x = torch.cat([x, skips[level]], dim=1)
            x = functional.leaky_relu(conv.picture(x, masks[level]), _SLOPE)  # type: ignore[operator]
        return self.out.picture(torch.cat([x, given * masks[0]], dim=1), masks[0])

    def graph(self, x: Tensor, levels: list[Level]) -> Tensor:
        """(pixels, 4) in; (pixels, 3) out. On a graph without cuts the same numbers as `picture`."""
        given, skips = x, []
        for k, conv in enumerate(self.down):
            if k:
                parent = levels[k - 1].parent
                assert parent is not None
                n = len(levels[k].around)
                total = x.new_zeros(n, x.shape[1]).index_add_(0, parent, x)
                parts = x.new_zeros(n).index_add_(0, parent, x.new_ones(len(x)))
                x = total / parts.clamp(min=1)[:, None]
            x = functional.leaky_relu(conv.graph(x, levels[k].around), _SLOPE)  # type: ignore[operator]
            skips.append(x)
        for k, conv in enumerate(self.up):
            level = len(self.channels) - 2 - k
            parent = levels[level].parent
            assert parent is not None
            x = torch.cat([x[parent], skips[level]], dim=1)
            x = functional.leaky_relu(conv.graph(x, levels[level].around), _SLOPE)  # type: ignore[operator]
        return self.out.graph(torch.cat([x, given], dim=1), levels[0].around)


class PartialInpainter:
    """The trained network as a fill on links, see `vision.inpaint_diffusion.diffuse` for the arrays."""

    def __init__(self, network: PartialUNet, *, context: int = 48) -> None:
        self.network, self.context = network.eval(), context

    @classmethod
    def load(cls, path: Path) -> "PartialInpainter":
        """The network that `save_network` wrote to `path` (safetensors)."""
        return cls(load_network(path))

    def fill(
        self,
        color: UInt8[np.ndarray, "pixels 3"],
        unknown: Bool[np.ndarray, "pixels"],
        neighbours: Int32[np.ndarray, "pixels 4"],
    ) -> UInt8[np.ndarray, "pixels 3"]:
        """`color` with unknown pixels filled; only pixels within `context` steps of an unknown one are looked at."""
        from vision.inpaint_diffusion import diffuse

        smooth = diffuse(color, unknown, neighbours)
        near = within(unknown, neighbours, self.context)
        if not unknown.any():
            return smooth
        links = _renumbered(neighbours, near)
        x = torch.from_numpy(given(smooth[near], unknown[near]))
        with torch.inference_mode():
            fix = self.network.graph(x, topology(links, len(self.network.channels))).numpy()
        fixed = smooth.copy()
        fixed[near] = np.clip(np.rint(smooth[near] + 255 * fix), 0, 255).astype(np.uint8)
        return np.where(unknown[:, None], fixed, color)


def given(
    smooth: UInt8[np.ndarray, "pixels 3"], unknown: Bool[np.ndarray, "pixels"]
) -> Float32[np.ndarray, "pixels 4"]:
    """What the network sees of each pixel: colour around 0, and whether it is unknown."""
    x = np.concatenate([smooth.astype(np.float32) / 255 - 0.5, unknown[:, None].astype(np.float32)], axis=1)
    return x.astype(np.float32)


def within(
    start: Bool[np.ndarray, "pixels"], neighbours: Int32[np.ndarray, "pixels 4"], steps: int
) -> Bool[np.ndarray, "pixels"]:
    """Pixels that links connect with `start` in so many steps."""
    found, edge = start.copy(), np.flatnonzero(start)
    for _ in range(steps):
        around = neighbours[edge].ravel()
        around = around[around >= 0]
        edge = np.unique(around[~found[around]])
        if not len(edge):
            break
        found[edge] = True
    return found


def topology(neighbours: Int32[np.ndarray, "pixels 4"], n_levels: int) -> list[Level]:
    """The graph and its coarser versions: pixels of one 2 x 2 square that links connect become one."""
    links, place = neighbours.astype(np.int64), _places(neighbours)
    levels = []
    for k in range(n_levels):
        around = torch.from_numpy(walked(links))
        if k == n_levels - 1:
            levels.append(Level(around, None))
            break
        parent, links, place = _coarser(links, place)
        levels.append(Level(around, torch.from_numpy(parent)))
    return levels


def walked(links: np.ndarray) -> np.ndarray:
    """The 3 x 3 around each pixel, row by row: corners sideways first, else up or down first, else missing (-1)."""
    n = len(links)
    padded = np.vstack([links, np.full((1, 4), -1, links.dtype)])
    right, down, left, up = (padded[:n, k] for k in range(4))
    around = np.full((n, 9), -1, np.int64)
    around[:, 1], around[:, 3], around[:, 4], around[:, 5], around[:, 7] = up, left, np.arange(n), right, down
    for column, across, along in ((0, 2, 3), (2, 0, 3), (6, 2, 1), (8, 0, 1)):
        first = padded[padded[:n, across], along]
        second = padded[padded[:n, along], across]
        around[:, column] = np.where(first >= 0, first, second)
    return around


def _places(neighbours: Int32[np.ndarray, "pixels 4"]) -> np.ndarray:
    """Whole coordinates that agree with the links, each connected piece counted from a corner of its own."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    n = len(neighbours)
    start, k = np.nonzero(neighbours >= 0)
    end = neighbours[start, k]
    graph = coo_matrix((np.ones(len(start), np.int8), (start, end)), (n, n)).tocsr()
    _, piece = connected_components(graph, directed=False)
    roots = np.unique(piece, return_index=True)[1]
    hub = coo_matrix((np.ones(len(roots), np.int8), (np.full(len(roots), n), roots)), (n + 1, n + 1)).tocsr()
    graph.resize((n + 1, n + 1))
    order, before = breadth_first_order(graph + hub, n, directed=True)
    step = np.zeros((n + 1, 2), np.int64)
    direction = np.full(n + 1, -1)
    own = before[:n]
    for way, (dx, dy) in enumerate(((1, 0), (0, 1), (-1, 0), (0, -1))):
        comes = (own >= 0) & (own < n)
        comes[comes] &= neighbours[own[comes], way] == np.flatnonzero(comes)
        direction[:n][comes] = way
        step[:n][comes] = (dx, dy)
    place = np.zeros((n + 1, 2), np.int64)
    for i in order:  # from a pixel's predecessor
        if before[i] >= 0:
            place[i] = place[before[i]] + step[i]
    low = np.full((piece.max() + 1, 2), np.iinfo(np.int64).max)
    np.minimum.at(low, piece, place[:n])
    return np.asarray(place[:n] - low[piece])


def _coarser(links: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each pixel's parent, and the parents' links and places."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n = len(links)
    square = place // 2
    rows, columns = [], []
    for k in (0, 1):
        linked = np.flatnonzero(links[:, k] >= 0)
        other = links[linked, k]
        same = (square[linked] == square[other]).all(axis=1)
        rows.append(linked[same])
        columns.append(other[same])
    start, end = np.concatenate(rows), np.concatenate(columns)
    graph = coo_matrix((np.ones(len(start), np.int8), (start, end)), (n, n))
    n_parents, parent = connected_components(graph, directed=False)
    parent = parent.astype(np.int64)
    coarse = np.full((n_parents, 4), -1, np.int64)
    for k in range(4):
        linked = np.flatnonzero(links[:, k] >= 0)
        other = parent[links[linked, k]]
        away = other != parent[linked]
        coarse[parent[linked[away]][::-1], k] = other[away][::-1]
    where = np.zeros((n_parents, 2), np.int64)
    where[parent] = square
    return parent, coarse, where


def _renumbered(neighbours: Int32[np.ndarray, "pixels 4"], keep: Bool[np.ndarray, "pixels"]) -> np.ndarray:
    number = np.full(len(keep) + 1, -1, np.int32)
    number[:-1][keep] = np.arange(np.count_nonzero(keep), dtype=np.int32)
    return np.asarray(number[neighbours[keep]])


def save_network(network: PartialUNet, path: Path) -> None:
    """Write the weights as safetensors, with what is needed to build the network again."""
    write_weights(path, network, kind=_KIND, channels=network.channels)


def load_network(path: Path) -> PartialUNet:
    """The network that `save_network` wrote."""
    channels, state = read_weights(path, kind=_KIND)
    network = PartialUNet(channels)
    network.load_state_dict(state)
    return network
