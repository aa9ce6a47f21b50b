"""Networks in the pickles of the StyleGAN family (`torch_utils.persistence`): their numbers without their code.

Such a pickle carries the source of its classes and has it executed when it is loaded. Here nothing is executed: modules
become a tree of names, tensors and settings.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nerf.style.inert_pickle import Call, Name, Persistent, read

REBUILT = "torch_utils.persistence._reconstruct_persistent_obj"
INERT = (
    "torch_utils.", "dnnlib.", "training.", "torch.nn.modules.", "torch.nn.parameter.",
    "numpy.core.multiarray.", "numpy._core.multiarray.",
)  # fmt: skip
"""Beginnings of names that may stand in such a file. They stay names."""
KNOWN = {
    "collections.OrderedDict", "collections.defaultdict", "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter", "torch.storage._load_from_bytes", "torch.Size", "torch.device",
    "torch.float32", "torch.float16", "torch.memory_format", "torch.contiguous_format", "numpy.ndarray", "numpy.dtype",
    "_codecs.encode", "builtins.set", "__builtin__.set", "builtins.slice", "builtins.complex",
}  # fmt: skip
STORAGES = {
    "FloatStorage": np.float32, "DoubleStorage": np.float64, "HalfStorage": np.float16, "LongStorage": np.int64,
    "IntStorage": np.int32, "ShortStorage": np.int16, "CharStorage": np.int8, "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}  # fmt: skip
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
LARGEST = 8 * 2**30


@dataclass(frozen=True, eq=False)
class StoredModule:
    """A module of such a pickle: the name of its class, its own tensors, the modules in it, and plain settings."""

    kind: str
    tensors: Mapping[str, Tensor]
    modules: Mapping[str, "StoredModule"]
    settings: Mapping[str, Any]

    def state(self) -> dict[str, Tensor]:
        """Every tensor under its dotted name, as `state_dict` would have it."""
        return dict(self._walk(""))

    def _walk(self, prefix: str) -> Iterator[tuple[str, Tensor]]:
        for name, tensor in self.tensors.items():
            yield prefix + name, tensor
        for name, module in self.modules.items():
            yield from module._walk(f"{prefix}{name}.")


def read_networks(path: Path) -> dict[str, StoredModule]:
    """The networks in a pickle by their names, `G_ema` among them where it is a generator's."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such checkpoint")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path}: is larger than {LARGEST >> 30} GiB")
    said, _ = read(path.read_bytes(), str(path), is_allowed)
    if not isinstance(said, dict):
        raise ValueError(f"{path}: must hold networks by name (got {type(said).__name__})")
    rebuilt = {name: value for name, value in said.items() if isinstance(value, Call) and str(value.what) == REBUILT}
    try:
        return {str(name): _module(value, str(path), 0) for name, value in rebuilt.items()}
    except RecursionError:
        raise ValueError(f"{path}: modules lie too deep in each other") from None


def is_allowed(name: Name) -> bool:
    """Whether a name may stand in such a pickle at all."""
    full = str(name)
    if full.startswith("torch.") and name.name in STORAGES:
        return True
    return full in KNOWN or (full.startswith(INERT) and all(part.isidentifier() for part in full.split(".")))


def _module(call: Call, where: str, depth: int) -> StoredModule:
    if depth > 64:
        raise ValueError(f"{where}: modules lie too deep in each other")
    kind, state = _kind_and_state(call, where)
    parameters = {**_mapping(state.get("_parameters")), **_mapping(state.get("_buffers"))}
    tensors = {str(name): _tensor(value, where) for name, value in parameters.items() if value is not None}
    modules = {
        str(name): _module(value, where, depth + 1)
        for name, value in _mapping(state.get("_modules")).items()
        if isinstance(value, Call)
    }
    settings = {str(name): _plain(value, 0) for name, value in state.items() if not str(name).startswith("_")}
    return StoredModule(kind, tensors, modules, settings)


def _kind_and_state(call: Call, where: str) -> tuple[str, Mapping[Any, Any]]:
    """The name of a module's class, and what `__setstate__` would have been given."""
    if str(call.what) == REBUILT:
        meta = call.arguments[0] if call.arguments else None
        meta = _mapping(meta)
        return str(meta.get("class_name", "")), _mapping(meta.get("state"))
    state = call.states[0] if call.states else {}
    if not isinstance(state, dict):
        raise ValueError(f"{where}: {call.what} has no state to read")
    return call.what.name, state


def _mapping(value: Any) -> Mapping[Any, Any]:
    """A dictionary, or something like one that the pickle would have filled."""
    if isinstance(value, Call):
        return {**dict(value.items), **(value.states[0] if value.states and isinstance(value.states[0], dict) else {})}
    return value if isinstance(value, dict) else {}


def _plain(value: Any, depth: int) -> Any:
    """Numbers, text and containers of them; None for everything else."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if depth > 8:
        return None
    if isinstance(value, list | tuple):
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, dict) or (isinstance(value, Call) and value.items):
        return {str(name): _plain(each, depth + 1) for name, each in _mapping(value).items()}
    if isinstance(value, Call) and str(value.what) == REBUILT:  # classes that are not modules: cameras, renderers
        state = _mapping(_mapping(value.arguments[0] if value.arguments else None).get("state"))
        return {str(name): _plain(each, depth + 1) for name, each in state.items()}
    return None


def _tensor(value: Any, where: str) -> Tensor:
    """A tensor or a parameter from the record of how it would have been made."""
    if isinstance(value, Call) and str(value.what) == "torch._utils._rebuild_parameter" and value.arguments:
        value = value.arguments[0]
    if not isinstance(value, Call) or str(value.what) != "torch._utils._rebuild_tensor_v2":
        raise ValueError(f"{where}: a tensor was expected")
    storage, offset, size, stride, *_ = (*value.arguments, None, None, None, None)
    if not (isinstance(storage, Call) and str(storage.what) == "torch.storage._load_from_bytes" and storage.arguments):
        raise ValueError(f"{where}: a tensor's numbers must lie in the file itself")
    return _strided(_storage(storage.arguments[0], where), offset, size, stride, where)


def _strided(numbers: np.ndarray, offset: Any, size: Any, stride: Any, where: str) -> Tensor:
    """A view of the numbers, only if it stays within them."""
    is_whole = isinstance(size, tuple) and isinstance(stride, tuple) and len(size) == len(stride) <= 8
    if not is_whole or not all(isinstance(n, int) and n >= 0 for n in (offset, *size, *stride)):
        raise ValueError(f"{where}: a tensor's shape must be whole numbers from 0 up")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if math.prod(size) > len(numbers) or (math.prod(size) and last >= len(numbers)):
        raise ValueError(f"{where}: a tensor reaches beyond its numbers")
    return torch.as_strided(torch.from_numpy(numbers), size, stride, offset).clone()


def _storage(content: Any, where: str) -> np.ndarray:
    """The numbers of one storage in torch's old format: five small pickles, then their count and their bytes."""
    if isinstance(content, Call) and str(content.what) == "_codecs.encode":  # how protocol 2 writes bytes
        text = content.arguments[0] if content.arguments else None
        content = text.encode("latin1", "replace") if isinstance(text, str) else None
    if not isinstance(content, bytes):
        raise ValueError(f"{where}: a tensor's numbers must be bytes")
    said, at = [], 0
    for _ in range(5):
        value, length = read(content[at:], where, is_allowed, persistent=True)
        said.append(value)
        at += length
    magic, protocol, _, storage, _ = said
    if magic != MAGIC or protocol != PROTOCOL:
        raise ValueError(f"{where}: a tensor's numbers are not in torch's format")
    key = storage.key if isinstance(storage, Persistent) else None
    if not (isinstance(key, tuple) and len(key) >= 5 and key[0] == "storage" and isinstance(key[1], Name)):
        raise ValueError(f"{where}: a tensor's numbers are not in torch's format")
    if key[1].name not in STORAGES:
        raise ValueError(f"{where}: numbers must be of {', '.join(STORAGES)} (got {key[1].name})")
    kind = np.dtype(STORAGES[key[1].name])
    count = int.from_bytes(content[at : at + 8], "little")
    if len(content) != at + 8 + count * kind.itemsize:
        raise ValueError(f"{where}: a tensor has other than its {count} numbers")
    return np.frombuffer(content, kind, count, at + 8).copy()
