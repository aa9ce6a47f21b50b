"""Tiefenrausch, the depth network of One Shot 3D Photography, as its authors published it: 8-bit Caffe2 files.

Owns reading the two files (plain protocol buffers; nothing in them is executed) and running the network with torch,
numbers rounded to 8 bits where the original rounds them. Does not own any measurement.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

SIDE, STRIDE = 384, 32  # pixels of the longer side, and what both sides are multiples of
_OPERATOR = 2  # the field of a NetDef that holds its operators


@dataclass
class Operator:
    """One operator of a NetDef."""

    kind: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)


class Tiefenrausch:
    """The network; `folder` holds `tiefenrausch.pb` and `tiefenrausch_init.pb`."""

    def __init__(self, folder: Path) -> None:
        self.operators = list(operators((folder / "tiefenrausch.pb").read_bytes()))
        self.weights: dict[str, tuple[Tensor, float]] = {}
        for operator in operators((folder / "tiefenrausch_init.pb").read_bytes()):
            self.weights[operator.outputs[0]] = _weights(operator)

    def predict(self, rgb: np.ndarray) -> np.ndarray:
        """Inverse depth of the picture's own size."""
        scale = SIDE / max(rgb.shape[:2])
        height, width = (max(STRIDE, round(size * scale / STRIDE) * STRIDE) for size in rgb.shape[:2])
        small = np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.BICUBIC))
        disparity = self.run(small)
        size = (rgb.shape[1], rgb.shape[0])
        return np.asarray(Image.fromarray(disparity).resize(size, Image.Resampling.BILINEAR), np.float32)

    @torch.inference_mode()
    def run(self, small: np.ndarray) -> np.ndarray:
        """What the authors' program writes for a picture of sides that are multiples of 32."""
        levels = torch.from_numpy(small.astype(np.float32) / 255).permute(2, 0, 1)[None]
        values: dict[str, tuple[Tensor, float]] = {self.operators[0].inputs[0]: (levels, 0.0)}
        for operator in self.operators:
            values[operator.outputs[0]] = self._apply(operator, values)
        return np.asarray(np.exp(values[self.operators[-1].outputs[0]][0][0, 0].numpy()))

    def _apply(self, operator: Operator, values: dict[str, tuple[Tensor, float]]) -> tuple[Tensor, float]:
        x, scale = values[operator.inputs[0]]
        if operator.kind in ("NCHW2NHWC", "Int8Dequantize"):
            return x, scale
        if operator.kind == "Int8Conv":
            weight, weight_scale = self.weights[operator.inputs[1]]
            bias = self.weights[operator.inputs[2]][0] * (scale * weight_scale)
            stride, padding = operator.given["strides"][0], operator.given["pads"][0]
            x = functional.conv2d(x, weight, bias, stride, padding, 1, operator.given["group"])
        elif operator.kind == "Int8Add":
            x = x + values[operator.inputs[1]][0]
        elif operator.kind == "Int8ResizeNearest":
            x = functional.interpolate(x, scale_factor=2, mode="nearest")
        elif operator.kind != "Int8Quantize":
            raise ValueError(f"tiefenrausch.pb: holds an operator {operator.kind!r} that it should not")
        scale, zero = operator.given["Y_scale"], operator.given["Y_zero_point"]
        return (torch.clamp(torch.round(x / scale) + zero, 0, 255) - zero) * scale, scale


def _weights(operator: Operator) -> tuple[Tensor, float]:
    """Weights as real numbers (out, in, h, w), biases as the whole numbers that are stored; and their scale."""
    scale, zero, shape = operator.given["Y_scale"], operator.given["Y_zero_point"], operator.given["shape"]
    values = operator.given["values"]
    if operator.kind == "Int8GivenIntTensorFill":
        return torch.tensor(values, dtype=torch.float32), scale
    levels = torch.frombuffer(bytearray(values), dtype=torch.uint8).float().view(shape)
    return ((levels - zero) * scale).permute(0, 3, 1, 2).contiguous(), scale


def operators(net: bytes) -> Iterator[Operator]:
    """The operators of a Caffe2 NetDef."""
    for number, value in _fields(net):
        if number == _OPERATOR and isinstance(value, bytes):
            yield _operator(value)


def _operator(data: bytes) -> Operator:
    made = Operator()
    for number, value in _fields(data):
        if not isinstance(value, bytes):
            continue
        if number == 1:
            made.inputs.append(value.decode())
        elif number == 2:
            made.outputs.append(value.decode())
        elif number == 4:
            made.kind = value.decode()
        elif number == 5:
            name, argument = _argument(value)
            made.given[name] = argument
    return made


def _argument(data: bytes) -> tuple[str, Any]:
    """Name and value: a number, bytes, or a list of whole numbers."""
    name, single, several = "", None, []
    for number, value in _fields(data):
        if number == 1 and isinstance(value, bytes):
            name = value.decode()
        elif number == 2 and isinstance(value, bytes):
            single = struct.unpack("<f", value)[0]
        elif number in (3, 4):
            single = value
        elif number == 6:
            several += [value] if isinstance(value, int) else _packed(value)
    return name, several or single


def _packed(data: bytes) -> list[int]:
    made, start = [], 0
    while start < len(data):
        value, start = _varint(data, start)
        made.append(value)
    return made


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protocol buffer."""
    start = 0
    while start < len(data):
        key, start = _varint(data, start)
        wire = key & 7
        if wire == 0:
            value, start = _varint(data, start)
            yield key >> 3, value
            continue
        size = {1: 8, 5: 4}.get(wire)
        if size is None:
            size, start = _varint(data, start)
        yield key >> 3, data[start : start + size]
        start += size


def _varint(data: bytes, start: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[start]
        start += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return (value - (1 << 64) if value >= 1 << 63 else value), start
