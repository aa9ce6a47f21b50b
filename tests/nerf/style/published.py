"""A checkpoint of the published layout, made here: modules that reconstruct themselves from the source they carry."""

import importlib
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

WRITER = importlib.import_module("pickle")  # writes only; what is written is read by our own reader alone
SOURCE = "raise RuntimeError('the source that a checkpoint carries was run')"


def _reconstruct_persistent_obj(meta: dict[str, Any]) -> None:
    raise RuntimeError("a checkpoint was reconstructed")


class Persistent(nn.Module):
    """A module that a pickle describes as `torch_utils.persistence` does."""

    def __init__(self, **parts: Any) -> None:
        super().__init__()
        for name, value in parts.items():
            if isinstance(value, Tensor):
                self.register_parameter(name, nn.Parameter(value))
            else:
                setattr(self, name, value)

    def __reduce__(self) -> Any:
        return _reconstruct_persistent_obj, ({
            "type": "class", "version": 6, "module_src": SOURCE, "class_name": "Persistent", "state": self.__dict__,
        },)  # fmt: skip


class Setting:
    """An object that is no module: a camera, a renderer."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __reduce__(self) -> Any:
        return _reconstruct_persistent_obj, ({"module_src": SOURCE, "class_name": "Setting", "state": self.__dict__},)


def generator(seed: int = 0, sides: tuple[int, ...] = (64,)) -> Persistent:
    """A small StyleNeRF with random weights under the published names."""
    random = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random)

    def styled(inputs: int, outputs: int, **more: Any) -> Persistent:
        affine = Persistent(weight=draw(inputs, 12), bias=1 + 0.1 * draw(inputs))
        return Persistent(weight=draw(outputs, inputs, 1, 1), bias=0.1 * draw(outputs), affine=affine, **more)

    def plain(inputs: int, outputs: int, scale: float = 1.0, kernel: bool = False) -> Persistent:
        shape = (outputs, inputs, 1, 1) if kernel else (outputs, inputs)
        return Persistent(weight=scale * draw(*shape), bias=0.1 * draw(outputs))

    front = Persistent(
        fc_in=styled(60, 16), blocks=nn.ModuleList([styled(16, 16) for _ in range(2)]), sigma_out=styled(16, 1),
        feat_out=styled(16, 8), to_rgb=plain(8, 3, kernel=True), n_blocks=3,
    )  # fmt: skip
    back = Persistent(
        fc_in=plain(80 + 4, 8, 0.2), blocks=nn.ModuleList([plain(8, 8, 0.3)]), sigma_out=plain(8, 1),
        feat_out=plain(8, 8), to_rgb=plain(8, 3, kernel=True),
    )  # fmt: skip
    blocks, inputs = {}, 8
    for side in sides:
        adapter = nn.Sequential(plain(16, 2, kernel=True), plain(2, 8, kernel=True))
        blocks[f"b{side}"] = Persistent(
            conv0=styled(inputs, 8, adapter=adapter), conv1=styled(8, 8), torgb=styled(8, 3), resolution=side
        )
        blocks[f"b{side}"].conv0.register_buffer("w_avg", torch.tensor(1.7))
        blocks[f"b{side}"].conv1.register_buffer("w_avg", torch.tensor(0.6))
    synthesis = Persistent(
        fg_nerf=front, bg_nerf=back, resolution_vol=sides[0] // 2,
        C=Setting(depth_range=[0.9, 1.1], fov=14, bg_start=0.5), V=Setting(n_ray_samples=5, n_bg_samples=3), **blocks,
    )  # fmt: skip
    layers = {f"fc{n}": Persistent(weight=100 * draw(12, 12 if n else 10), bias=draw(12)) for n in range(3)}
    mapping = Persistent(**layers)
    mapping.register_buffer("w_avg", 0.2 * draw(12))
    return Persistent(mapping=mapping, synthesis=synthesis, z_dim=10)


@contextmanager
def published_names() -> Any:
    """While pickles are written, functions and classes go by the names of the published code."""
    module = ModuleType("torch_utils.persistence")
    module._reconstruct_persistent_obj = _reconstruct_persistent_obj  # type: ignore[attr-defined]
    kept = _reconstruct_persistent_obj.__module__
    _reconstruct_persistent_obj.__module__ = "torch_utils.persistence"
    sys.modules |= {"torch_utils": ModuleType("torch_utils"), "torch_utils.persistence": module}
    try:
        yield
    finally:
        _reconstruct_persistent_obj.__module__ = kept
        del sys.modules["torch_utils.persistence"], sys.modules["torch_utils"]


def write(path: Path, networks: dict[str, Any], protocol: int = 4) -> SimpleNamespace:
    """Pickle networks as the published trainings did."""
    with published_names():
        path.write_bytes(WRITER.dumps(networks, protocol))
    return SimpleNamespace(path=path, networks=networks)
