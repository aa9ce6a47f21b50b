"""Hidden surfaces grown behind the edges of near ones: the definition, pixel by pixel in plain Python."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from meshing.photo.cut import Cuts
from meshing.photo.layers import STEPS


@dataclass(frozen=True)
class Growth:
    """How far and how freely hidden surfaces grow; lengths in pixels of disparity.

    A back pixel grows `per_jump` times the jump to the surface before it, between `least` and `most` pixels: a camera
    that moves by the view's reach looks just as far behind it. Fronts that meet within `merge` become one surface:
    what two sides of a thin object hide is one background, not two sheets. At most `max_layers` hidden pixels lie at
    one place.
    """

    threshold: float
    merge: float
    per_jump: float = 1.1
    least: float = 4.0
    most: float = 80.0
    max_layers: int = 2


@dataclass(frozen=True, eq=False)
class Grown:
    """The pixels of a layered depth image, see `Layers`."""

    x: Int32[np.ndarray, "pixels"]
    y: Int32[np.ndarray, "pixels"]
    disparity: Float32[np.ndarray, "pixels"]
    neighbours: Int32[np.ndarray, "pixels 4"]


def grow(cuts: Cuts, growth: Growth) -> Grown:
    """Link the photo's pixels and grow what lies behind every cut, all fronts by one pixel a round.

    A pixel is added only where the photo shows something nearer, so nothing new is seen from the photo's own
    viewpoint. Its disparity is the mean of the pixel it grew from (twice) and that one's neighbours.
    """
    graph = _Graph(cuts, growth)
    front = graph.silhouette()
    while front:
        front = [new for pixel in front for new in graph.grow_from(pixel)]
    links = np.array(graph.links, np.int32)
    x, y = np.array(graph.place, np.int32).T.copy()
    return Grown(x, y, np.array(graph.disparity, np.float32), links)


class _Graph:
    """The layered depth image while it grows."""

    def __init__(self, cuts: Cuts, growth: Growth) -> None:
        self.height, self.width = cuts.disparity.shape
        self.growth = growth
        self.place = [(u, v) for v in range(self.height) for u in range(self.width)]
        self.disparity = [np.float32(value) for value in cuts.disparity.ravel()]
        self.links = [[-1] * 4 for _ in self.place]
        self.budget: dict[int, np.float32] = {}
        self.hidden: defaultdict[tuple[int, int], list[int]] = defaultdict(list)  # by place, the newest first
        for i in range(len(self.place)):
            if cuts.right.flat[i]:
                self._link(i, 0, i + 1)
            if cuts.down.flat[i]:
                self._link(i, 1, i + self.width)

    def silhouette(self) -> list[int]:
        """Photo pixels with something nearer beside them, each with the budget of its greatest jump."""
        growth, front = self.growth, []
        for i in range(len(self.place)):
            for k in range(4):
                beside = self._photo_at(self._step(i, k))
                if self.links[i][k] >= 0 or beside is None:
                    continue
                jump = self.disparity[beside] - self.disparity[i]
                if jump > np.float32(growth.threshold):
                    wanted = np.float32(growth.per_jump) * jump
                    wanted = min(np.float32(growth.most), max(np.float32(growth.least), wanted))
                    if i not in self.budget:
                        front.append(i)
                    self.budget[i] = max(wanted, self.budget.get(i, np.float32(0)))
        return front

    def grow_from(self, i: int) -> list[int]:
        """The pixels that were added beside `i`; what it meets is linked."""
        if self.budget[i] < 1:
            return []
        return [j for k in range(4) if self.links[i][k] < 0 for j in self._grow_towards(i, k)]

    def _grow_towards(self, i: int, k: int) -> list[int]:
        place, growth, back = self._step(i, k), self.growth, (k + 2) % 4
        photo = self._photo_at(place)
        if photo is None:
            return []
        if self.disparity[photo] <= self.disparity[i] + np.float32(growth.threshold):
            if self._fit(photo, i, growth.threshold) and self.links[photo][back] < 0:
                self._link(i, k, photo)
            return []
        met = [j for j in self.hidden[place] if self._fit(j, i, growth.merge)]
        if met:
            free = [j for j in met if self.links[j][back] < 0]
            if free:
                self._link(i, k, free[0])
            return []
        if len(self.hidden[place]) >= growth.max_layers:
            return []
        j = self._add(i, place)
        self._link(i, k, j)
        for t in range(4):
            if t != back:
                self._link_if_met(j, t)
        return [j]

    def _add(self, i: int, place: tuple[int, int]) -> int:
        total, parts = np.float32(2) * self.disparity[i], np.float32(2)
        for other in self.links[i]:
            if other >= 0:
                total, parts = total + self.disparity[other], parts + np.float32(1)
        j = len(self.place)
        self.place.append(place)
        self.disparity.append(total / parts)
        self.links.append([-1] * 4)
        self.budget[j] = self.budget[i] - np.float32(1)
        self.hidden[place].insert(0, j)
        return j

    def _link_if_met(self, j: int, t: int) -> None:
        place, there = self._step(j, t), (t + 2) % 4
        photo = self._photo_at(place)
        if photo is None:
            return
        if self._fit(photo, j, self.growth.threshold) and self.links[photo][there] < 0:
            self._link(j, t, photo)
            return
        for other in self.hidden[place]:
            if self._fit(other, j, self.growth.merge) and self.links[other][there] < 0:
                self._link(j, t, other)
                return

    def _link(self, i: int, k: int, j: int) -> None:
        self.links[i][k] = j
        self.links[j][(k + 2) % 4] = i

    def _fit(self, i: int, j: int, tolerance: float) -> bool:
        return bool(abs(self.disparity[i] - self.disparity[j]) <= np.float32(tolerance))

    def _step(self, i: int, k: int) -> tuple[int, int]:
        (u, v), (dx, dy) = self.place[i], STEPS[k]
        return u + dx, v + dy

    def _photo_at(self, place: tuple[int, int]) -> int | None:
        u, v = place
        return v * self.width + u if 0 <= u < self.width and 0 <= v < self.height else None
