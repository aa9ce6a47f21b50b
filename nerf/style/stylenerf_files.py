"""Published StyleNeRF checkpoints, read without running what they carry."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nerf.style.persistence import StoredModule, read_networks
from nerf.style.stylenerf import StyleNerf, StyleNerfConfig

NETWORK = "G_ema"


def load_stylenerf(path: Path) -> StyleNerf:
    """The averaged generator in a `.pkl` file, ready to render.

    Raises ValueError in one sentence where the file holds something else, asks for code, or has another architecture.
    """
    networks = read_networks(path)
    if NETWORK not in networks:
        raise ValueError(f"{path}: must hold {NETWORK} (got {', '.join(sorted(networks)) or 'no network'})")
    stored = networks[NETWORK]
    state = {name: value.float() for name, value in stored.state().items()}
    try:
        config = sizes_of(state, settings_of(stored))
        model = StyleNerf(config)
        found = dict(_renamed(state, config))
    except KeyError as error:
        raise ValueError(f"{path}: is no StyleNeRF with an MLP field ({error.args[0]} is missing)") from error
    expected = model.state_dict()
    wrong = [name for name, value in expected.items() if name not in found or found[name].shape != value.shape]
    if wrong:
        got = tuple(found[wrong[0]].shape) if wrong[0] in found else None
        raise ValueError(f"{path}: {wrong[0]} must have the shape {tuple(expected[wrong[0]].shape)} (got {got})")
    model.load_state_dict(found)
    return model.eval().requires_grad_(False)


def settings_of(stored: StoredModule) -> dict[str, Any]:
    """What the camera and the renderer were set to, by their names in the file."""
    settings: dict[str, Any] = {}
    synthesis = stored.modules.get("synthesis")
    for name in ("C", "V"):
        inner = synthesis.settings.get(name) if synthesis else None
        settings |= inner if isinstance(inner, dict) else {}
    return settings | ({"resolution_vol": synthesis.settings.get("resolution_vol")} if synthesis else {})


def sizes_of(state: Mapping[str, Tensor], settings: Mapping[str, Any]) -> StyleNerfConfig:
    """Sizes read off the shapes of the weights; KeyError names a weight that the architecture needs."""
    front, back = "synthesis.fg_nerf", "synthesis.bg_nerf"
    first = state["mapping.fc0.weight"]
    octaves = state[f"{front}.fc_in.weight"].shape[1] // 6
    sizes = sorted({int(name.split(".")[1][1:]) for name in state if _is_block(name)})
    depths = settings.get("depth_range")
    is_range = isinstance(depths, list) and len(depths) == 2
    return StyleNerfConfig(
        z=first.shape[1],
        w=state["mapping.w_avg"].shape[0],
        mapping_depth=sum(name.startswith("mapping.fc") and name.endswith(".weight") for name in state),
        width=state[f"{front}.fc_in.weight"].shape[0],
        blocks=1 + _count(state, f"{front}.blocks."),
        octaves=octaves,
        features=state[f"{front}.feat_out.weight"].shape[0],
        background_z=state[f"{back}.fc_in.weight"].shape[1] - 8 * octaves,
        background_width=state[f"{back}.fc_in.weight"].shape[0],
        background_blocks=1 + _count(state, f"{back}.blocks."),
        sizes=tuple((size, state[f"synthesis.b{size}.conv0.weight"].shape[0]) for size in sizes),
        grid=int(settings.get("resolution_vol") or 32),
        samples=int(settings.get("n_ray_samples") or 14),
        background_samples=int(settings.get("n_bg_samples") or 4),
        background_start=float(settings.get("bg_start") or 0.5),
        depths=(float(depths[0]), float(depths[1])) if is_range and depths else (0.88, 1.12),
        field_of_view=math.radians(float(settings.get("fov") or 12)),
        **_cameras(settings),
    )


def _cameras(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Where the cameras of the training were, from settings as they lie in the file.

    There `u` turns around the object and `v` comes down from above it: radians where the camera is `angular`, else
    shares of a turn and of the way from top to bottom along the axis.
    """
    found: dict[str, Any] = {}
    u, v, radius = (_pair(settings.get(name)) for name in ("range_u", "range_v", "range_radius"))
    is_angular = bool(settings.get("angular_camera"))
    if u:
        found["azimuths"] = u if is_angular else (2 * math.pi * u[0], 2 * math.pi * u[1])
    if v:
        down = v if is_angular else tuple(math.acos(min(max(1 - 2 * share, -1.0), 1.0)) for share in v)
        found["elevations"] = (math.pi / 2 - down[1], math.pi / 2 - down[0])
    if radius:
        found["distance"] = (radius[0] + radius[1]) / 2
    return found


def _pair(value: Any) -> tuple[float, float] | None:
    is_pair = isinstance(value, list) and len(value) == 2 and all(isinstance(each, int | float) for each in value)
    return (float(value[0]), float(value[1])) if is_pair else None


def _is_block(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 2 and parts[0] == "synthesis" and parts[1][:1] == "b" and parts[1][1:].isdigit()


def _count(state: Mapping[str, Tensor], prefix: str) -> int:
    return len({name.removeprefix(prefix).split(".")[0] for name in state if name.startswith(prefix)})


def _renamed(state: Mapping[str, Tensor], config: StyleNerfConfig) -> Iterator[tuple[str, Tensor]]:
    """Every weight under our name, 1x1 kernels as matrices."""
    yield "mean", state["mapping.w_avg"]
    for number in range(config.mapping_depth):
        yield from _plain(state, f"mapping.fc{number}", f"mapping.{number}")
    front, back = "synthesis.fg_nerf", "synthesis.bg_nerf"
    for number in range(config.blocks):
        source = f"{front}.blocks.{number - 1}" if number else f"{front}.fc_in"
        yield from _modulated(state, source, f"foreground.layers.{number}")
    for source, ours in (("sigma_out", "density"), ("feat_out", "features")):
        yield from _modulated(state, f"{front}.{source}", f"foreground.{ours}")
        yield from _plain(state, f"{back}.{source}", f"background.{ours}")
    for number in range(config.background_blocks):
        source = f"{back}.blocks.{number - 1}" if number else f"{back}.fc_in"
        yield from _plain(state, source, f"background.layers.{number}")
    for source, ours in ((front, "foreground"), (back, "background")):
        yield from _plain(state, f"{source}.to_rgb", f"{ours}.colour")
    for number, (size, _) in enumerate(config.sizes):
        yield from _doubling(state, f"synthesis.b{size}", f"doublings.{number}")


def _doubling(state: Mapping[str, Tensor], source: str, ours: str) -> Iterator[tuple[str, Tensor]]:
    for name, value in _modulated(state, f"{source}.conv0", f"{ours}.first"):
        is_bias = name == f"{ours}.first.bias"
        yield name, torch.zeros_like(value) if is_bias else value
        if is_bias:  # added after the enlargement
            yield f"{ours}.bias", value
    yield from _plain(state, f"{source}.conv0.adapter.0", f"{ours}.narrow")
    yield from _plain(state, f"{source}.conv0.adapter.1", f"{ours}.widen")
    yield from _modulated(state, f"{source}.conv1", f"{ours}.second")
    yield from _modulated(state, f"{source}.torgb", f"{ours}.colour")
    one = torch.ones(())
    yield f"{ours}.magnitudes", torch.stack([state.get(f"{source}.conv{n}.w_avg", one).reshape(()) for n in (0, 1)])


def _plain(state: Mapping[str, Tensor], source: str, ours: str) -> Iterator[tuple[str, Tensor]]:
    weight = state[f"{source}.weight"]
    yield f"{ours}.weight", weight.reshape(weight.shape[:2])
    yield f"{ours}.bias", state[f"{source}.bias"]


def _modulated(state: Mapping[str, Tensor], source: str, ours: str) -> Iterator[tuple[str, Tensor]]:
    yield from _plain(state, source, ours)
    yield f"{ours}.scales.weight", state[f"{source}.affine.weight"]
    yield f"{ours}.scales.bias", state[f"{source}.affine.bias"]
