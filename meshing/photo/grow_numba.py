"""`grow.py` in compiled loops: the same pixels."""

from typing import Any, no_type_check

import numpy as np
from numba import njit

from meshing.photo.cut import Cuts
from meshing.photo.grow import Grown, Growth


def grow(cuts: Cuts, growth: Growth) -> Grown:
    """See `meshing.photo.grow.grow`."""
    height, width = cuts.disparity.shape
    limit = height * width * (1 + growth.max_layers)
    capacity = min(limit, height * width * 2 + 4096)
    while True:
        x, y, disparity, neighbours, full = _grow(
            np.ascontiguousarray(cuts.disparity, np.float32),
            cuts.right,
            cuts.down,
            np.float32(growth.threshold),
            np.float32(growth.merge),
            np.float32(growth.per_jump),
            np.float32(growth.least),
            np.float32(growth.most),
            growth.max_layers,
            capacity,
        )
        if not full or capacity >= limit:
            return Grown(x, y, disparity, neighbours)
        capacity = limit


@njit(cache=True)
@no_type_check
def _grow(
    start: Any,
    right: Any,
    down: Any,
    threshold: Any,
    merge: Any,
    per_jump: Any,
    least: Any,
    most: Any,
    max_layers: Any,
    capacity: Any,
) -> Any:
    height, width = start.shape
    n_photo = height * width
    dx, dy = np.array([1, 0, -1, 0]), np.array([0, 1, 0, -1])
    x, y = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
    disparity = np.empty(capacity, np.float32)
    budget = np.zeros(capacity, np.float32)
    links = np.full((capacity, 4), -1, np.int32)
    below = np.full(capacity, -1, np.int32)  # the next hidden pixel at the same place
    hidden = np.full((height, width), -1, np.int32)  # the first one
    count = np.zeros((height, width), np.int8)
    for v in range(height):
        for u in range(width):
            i = v * width + u
            x[i], y[i], disparity[i] = u, v, start[v, u]
            if right[v, u]:
                links[i, 0] = i + 1
                links[i + 1, 2] = i
            if down[v, u]:
                links[i, 1] = i + width
                links[i + width, 3] = i
    front = np.empty(n_photo, np.int32)
    n_front = 0
    for i in range(n_photo):
        for k in range(4):
            u, v = x[i] + dx[k], y[i] + dy[k]
            if links[i, k] < 0 and 0 <= u < width and 0 <= v < height:
                jump = start[v, u] - disparity[i]
                if jump > threshold:
                    wanted = min(most, max(least, per_jump * jump))
                    if budget[i] == 0:
                        front[n_front] = i
                        n_front += 1
                    if wanted > budget[i]:
                        budget[i] = wanted
    current = front[:n_front].copy()
    n = n_photo
    while current.size > 0:
        following = np.empty(current.size * 4, np.int32)
        n_following = 0
        for i in current:
            if budget[i] < 1:
                continue
            for k in range(4):
                u, v = x[i] + dx[k], y[i] + dy[k]
                if links[i, k] >= 0 or u < 0 or v < 0 or u >= width or v >= height:
                    continue
                back = (k + 2) % 4
                photo = v * width + u
                if disparity[photo] <= disparity[i] + threshold:  # it would be seen from where the photo was taken
                    if abs(disparity[photo] - disparity[i]) <= threshold and links[photo, back] < 0:
                        links[i, k] = photo
                        links[photo, back] = i
                    continue
                met, free = -1, False
                j = hidden[v, u]
                while j >= 0:
                    if abs(disparity[j] - disparity[i]) <= merge:
                        met = j
                        if links[j, back] < 0:
                            free = True
                            break
                    j = below[j]
                if met >= 0:
                    if free:
                        links[i, k] = met
                        links[met, back] = i
                    continue
                if count[v, u] >= max_layers:
                    continue
                if n >= capacity:
                    return x, y, disparity, links, True
                total, parts = np.float32(2) * disparity[i], np.float32(2)
                for t in range(4):
                    if links[i, t] >= 0:
                        total += disparity[links[i, t]]
                        parts += np.float32(1)
                j = n
                n += 1
                x[j], y[j], disparity[j], budget[j] = u, v, total / parts, budget[i] - 1
                below[j] = hidden[v, u]
                hidden[v, u] = j
                count[v, u] += 1
                links[i, k] = j
                links[j, back] = i
                for t in range(4):
                    if t == back:
                        continue
                    a, b = u + dx[t], v + dy[t]
                    if a < 0 or b < 0 or a >= width or b >= height:
                        continue
                    there = (t + 2) % 4
                    photo = b * width + a
                    if abs(disparity[photo] - disparity[j]) <= threshold and links[photo, there] < 0:
                        links[j, t] = photo
                        links[photo, there] = j
                        continue
                    other = hidden[b, a]
                    while other >= 0:
                        if abs(disparity[other] - disparity[j]) <= merge and links[other, there] < 0:
                            links[j, t] = other
                            links[other, there] = j
                            break
                        other = below[other]
                following[n_following] = j
                n_following += 1
        current = following[:n_following].copy()
    return x[:n].copy(), y[:n].copy(), disparity[:n].copy(), links[:n].copy(), False
