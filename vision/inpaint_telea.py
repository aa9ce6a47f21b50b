"""Telea's fast marching fill (2004): unknown pixels in order of their distance from known ones."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Bool, UInt8
from numba import njit

RADIUS = 5
_FAR = 1e6


def fill_telea(
    rgb: UInt8[np.ndarray, "h w 3"], known: Bool[np.ndarray, "h w"], unknown: Bool[np.ndarray, "h w"]
) -> UInt8[np.ndarray, "h w 3"]:
    """`rgb` with unknown pixels made of the known ones within 5 pixels, followed along their gradients.

    Pixels that are neither known nor unknown take no part. Unknown pixels that no path of unknown ones connects with
    known ones stay as they are.
    """
    values = np.ascontiguousarray(rgb, np.float32).copy()
    _march(values, known.copy(), unknown, RADIUS)
    return np.where(unknown[..., None], np.clip(np.rint(values), 0, 255), rgb).astype(np.uint8)


@njit(cache=True)
@no_type_check
def _march(values: Any, settled: Any, unknown: Any, radius: Any) -> None:
    height, width = settled.shape
    distance = np.full((height, width), np.float32(_FAR))
    heap = np.empty((height * width * 4 + 4, 2), np.float64)  # (distance, place), the least first
    size = 0
    for y in range(height):
        for x in range(width):
            if settled[y, x]:
                distance[y, x] = 0
    for y in range(height):
        for x in range(width):
            if unknown[y, x] and _beside(settled, y, x):
                distance[y, x] = _arrival(distance, settled, y, x)
                size = _push(heap, size, distance[y, x], y * width + x)
    while size > 0:
        place = int(heap[0, 1])
        size = _pop(heap, size)
        y, x = place // width, place % width
        if settled[y, x]:
            continue
        _paint(values, distance, settled, y, x, radius)
        settled[y, x] = True
        for k in range(4):
            v, u = y + (k == 1) - (k == 3), x + (k == 0) - (k == 2)
            if 0 <= v < height and 0 <= u < width and unknown[v, u] and not settled[v, u]:
                arrival = _arrival(distance, settled, v, u)
                if arrival < distance[v, u]:
                    distance[v, u] = arrival
                    size = _push(heap, size, arrival, v * width + u)


@njit(cache=True)
@no_type_check
def _beside(settled: Any, y: Any, x: Any) -> Any:
    height, width = settled.shape
    return (
        (y > 0 and settled[y - 1, x])
        or (y + 1 < height and settled[y + 1, x])
        or (x > 0 and settled[y, x - 1])
        or (x + 1 < width and settled[y, x + 1])
    )


@njit(cache=True)
@no_type_check
def _arrival(distance: Any, settled: Any, y: Any, x: Any) -> Any:
    """The eikonal equation |grad T| = 1 solved from the settled neighbours."""
    height, width = settled.shape
    across, along = np.float32(_FAR), np.float32(_FAR)
    if y > 0 and settled[y - 1, x]:
        across = min(across, distance[y - 1, x])
    if y + 1 < height and settled[y + 1, x]:
        across = min(across, distance[y + 1, x])
    if x > 0 and settled[y, x - 1]:
        along = min(along, distance[y, x - 1])
    if x + 1 < width and settled[y, x + 1]:
        along = min(along, distance[y, x + 1])
    least, gap = min(across, along), abs(across - along)
    if gap >= 1:
        return least + np.float32(1)
    return np.float32(0.5) * (across + along + np.sqrt(np.float32(2) - gap * gap))


@njit(cache=True)
@no_type_check
def _paint(values: Any, distance: Any, settled: Any, y: Any, x: Any, radius: Any) -> None:
    height, width = settled.shape
    normal_y, normal_x = _slope(distance, settled, y, x)
    total = 0.0
    red = green = blue = 0.0
    for v in range(max(0, y - radius), min(height, y + radius + 1)):
        for u in range(max(0, x - radius), min(width, x + radius + 1)):
            dy, dx = y - v, x - u
            square = dy * dy + dx * dx
            if square == 0 or square > radius * radius or not settled[v, u]:
                continue
            length = np.sqrt(square)
            direction = abs(dy * normal_y + dx * normal_x) / length
            weight = max(direction, 1e-2) / square / (1 + abs(distance[v, u] - distance[y, x]))
            # gradients are followed only where both neighbours are settled
            for c in range(3):
                value = values[v, u, c]
                if 0 < v < height - 1 and settled[v - 1, u] and settled[v + 1, u]:
                    value += 0.5 * (values[v + 1, u, c] - values[v - 1, u, c]) * dy / (1 + length)
                if 0 < u < width - 1 and settled[v, u - 1] and settled[v, u + 1]:
                    value += 0.5 * (values[v, u + 1, c] - values[v, u - 1, c]) * dx / (1 + length)
                if c == 0:
                    red += weight * value
                elif c == 1:
                    green += weight * value
                else:
                    blue += weight * value
            total += weight
    if total > 0:
        values[y, x, 0] = min(255.0, max(0.0, red / total))
        values[y, x, 1] = min(255.0, max(0.0, green / total))
        values[y, x, 2] = min(255.0, max(0.0, blue / total))


@njit(cache=True)
@no_type_check
def _slope(distance: Any, settled: Any, y: Any, x: Any) -> Any:
    height, width = settled.shape
    down = right = 0.0
    if y + 1 < height and distance[y + 1, x] < _FAR:
        down += distance[y + 1, x] - distance[y, x]
    if y > 0 and distance[y - 1, x] < _FAR:
        down += distance[y, x] - distance[y - 1, x]
    if x + 1 < width and distance[y, x + 1] < _FAR:
        right += distance[y, x + 1] - distance[y, x]
    if x > 0 and distance[y, x - 1] < _FAR:
        right += distance[y, x] - distance[y, x - 1]
    return down, right


@njit(cache=True)
@no_type_check
def _push(heap: Any, size: Any, key: Any, place: Any) -> Any:
    at = size
    while at > 0:
        parent = (at - 1) // 2
        if heap[parent, 0] < key or (heap[parent, 0] == key and heap[parent, 1] <= place):
            break
        heap[at, 0], heap[at, 1] = heap[parent, 0], heap[parent, 1]
        at = parent
    heap[at, 0], heap[at, 1] = key, place
    return size + 1


@njit(cache=True)
@no_type_check
def _pop(heap: Any, size: Any) -> Any:
    size -= 1
    key, place = heap[size, 0], heap[size, 1]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (
            heap[other, 0] < heap[child, 0] or (heap[other, 0] == heap[child, 0] and heap[other, 1] < heap[child, 1])
        ):
            child = other
        if key < heap[child, 0] or (key == heap[child, 0] and place <= heap[child, 1]):
            break
        heap[at, 0], heap[at, 1] = heap[child, 0], heap[child, 1]
        at = child
    heap[at, 0], heap[at, 1] = key, place
    return size
