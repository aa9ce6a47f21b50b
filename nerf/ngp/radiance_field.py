"""The radiance field artifact: what training leaves, what meshes, pictures and viewers are made from."""

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Float64, UInt8
from safetensors import safe_open
from safetensors.numpy import save_file

from nerf.camera import Camera
from nerf.frame import SceneFrame, identity_frame
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.view import View
from nerf.ngp.volume import Volume
from nerf.ngp.weights import n_weights

VERSION = 1
NORMAL_STEP = 1 / 128  # of the unit cube, for central differences: finer ones follow noise
NAMES = ("table", "weights", "occupied")


@dataclass(frozen=True, eq=False)
class RadianceField:
    """Densities and colours of a scene; the table holds 16-bit numbers, so that a saved field is the field.

    Points are in the scene's world coordinates; densities are per world unit; colours are sRGB in [0, 1].
    """

    table: Float32[np.ndarray, "entries features"]
    weights: Float32[np.ndarray, " weights"]
    occupied: UInt8[np.ndarray, " bytes"]  # one bit per cell, x fastest
    levels: Levels
    volume: Volume
    marching: Marching
    scene: SceneFrame = field(default_factory=identity_frame)
    facts: dict[str, Any] = field(default_factory=dict)  # how it was trained and scored
    bias: Float32[np.ndarray, " cells"] | None = None  # what a prior still adds to the log-density of each cell

    def __post_init__(self) -> None:
        shape = (self.levels.n_entries, self.levels.features)
        if self.table.shape != shape or len(self.weights) != n_weights(self.levels.width):
            raise ValueError(
                f"field: levels ask for a table of {shape} and {n_weights(self.levels.width)} weights "
                f"(got {self.table.shape} and {len(self.weights)})"
            )

    @property
    def bounds(self) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]:
        """Corners of the scene's box in the world; a contracted field goes on outside."""
        return self.volume.bounds

    @cached_property
    def _scene(self) -> Any:
        """The field as kernels take it. They are loaded here: who only hands a field on never waits for them."""
        from nerf.ngp.render import make_scene

        bias = self.bias
        return make_scene(self.table, self.weights, self.occupied, self.levels, self.volume, self.marching, bias)

    def density(self, points: Float[np.ndarray, "points 3"]) -> Float32[np.ndarray, " points"]:
        """Density per world unit; 0 in cells that training found empty, and outside of a bounded field."""
        unit, inside = self._inside(points)
        result = np.zeros(len(points), np.float32)
        scene = self._scene
        found = scene.tracer.densities(unit[inside], self.table, self.weights, scene.bias)
        result[inside] = found * np.float32(self.volume.scale)
        return result

    def _inside(self, points: Float[np.ndarray, "points 3"]) -> tuple[np.ndarray, np.ndarray]:
        """Points in the unit cube, and which of them lie in occupied cells."""
        unit = self.volume.unit(np.asarray(points, np.float64))
        size = self._scene.grid.size
        there = np.asarray(((unit >= 0) & (unit <= 1)).all(1))
        cell = np.clip((np.where(there[:, None], unit, 0) * size).astype(np.int64), 0, size - 1)
        there &= self._scene.grid.occupied[cell[:, 0] + size * (cell[:, 1] + size * cell[:, 2])]
        return unit.astype(np.float32), there

    def colour(
        self, points: Float[np.ndarray, "points 3"], directions: Float[np.ndarray, "points 3"]
    ) -> Float32[np.ndarray, "points 3"]:
        """Colours of points seen along unit directions (from the eye to the point)."""
        unit = np.clip(self.volume.unit(np.asarray(points, np.float64)), 0, 1).astype(np.float32)
        result, tracer = np.empty((len(points), 3), np.float32), self._scene.tracer
        for start in range(0, len(points), tracer.capacity):
            part = slice(start, start + tracer.capacity)
            n = len(unit[part])
            tracer.raw.points[:n] = unit[part]
            tracer.look_up(self.table, self.weights, self._scene.bias, n)
            tracer.raw.along[:n] = directions[part]
            starts = np.arange(n + 1)
            tracer.density[:n] = 0
            tracer.keep(starts, 0.5)
            result[part] = tracer.shade(self.weights, n)[1]
        return result

    def normals(self, points: Float[np.ndarray, "points 3"]) -> Float64[np.ndarray, "points 3"]:
        """Unit vectors along which density falls fastest; zero where it is flat."""
        step = NORMAL_STEP / self.volume.scale
        gradient = np.zeros((len(points), 3))
        for axis in range(3):
            shift = np.zeros(3)
            shift[axis] = step
            high, low = (np.log1p(self.density(points + sign * shift)) for sign in (1, -1))
            gradient[:, axis] = low - high
        length = np.linalg.norm(gradient, axis=1, keepdims=True)
        return np.asarray(np.divide(gradient, length, out=np.zeros_like(gradient), where=length > 0))

    def render(
        self,
        camera: Camera,
        world_from_camera: Float64[np.ndarray, "4 4"],
        background: tuple[float, float, float] = (1.0, 1.0, 1.0),
        *,
        colours: bool = True,
        share: float = 0.5,
    ) -> View:
        """The picture that a camera takes; distances are in world units. Without `colours` what is there is black.

        The median distance is that at which this `share` of the light has ended.
        """
        from nerf.ngp.render import render

        view = render(self._scene, camera, world_from_camera, background, colours=colours, share=share)
        scale = np.float32(self.volume.scale)
        return View(view.colour, view.opacity, view.distance / scale, view.median / scale)

    def depth(
        self, camera: Camera, world_from_camera: Float64[np.ndarray, "4 4"], view: View | None = None
    ) -> Float32[np.ndarray, "h w"]:
        """Depth along z in world units, where half of the light ends; 0 where more goes on. `view` spares rendering."""
        view = self.render(camera, world_from_camera) if view is None else view
        directions = camera.directions(camera.pixel_centres())
        with np.errstate(invalid="ignore"):
            cosine = (directions[:, 2] / np.linalg.norm(directions, axis=1)).reshape(view.median.shape)
        return np.where(np.isfinite(cosine), view.median * np.nan_to_num(cosine), 0).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write `field.safetensors` (the table in 16 bits) and `field.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"table": self.table.astype(np.float16), "weights": self.weights, "occupied": self.occupied}
        if self.bias is not None:
            arrays["bias"] = self.bias.astype(np.float16)
        save_file(arrays, folder / "field.safetensors")
        content = {
            "version": VERSION,
            "levels": asdict(self.levels),
            "volume": self.volume.to_json(),
            "marching": asdict(self.marching),
            "scene": self.scene.to_json(),
            "facts": self.facts,
        }
        (folder / "field.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "RadianceField":
        """Read what `save` wrote."""
        path = folder / "field.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.get("version") != VERSION:
            raise ValueError(f"{path}: version must be {VERSION} (got {content.get('version')!r})")
        with safe_open(folder / "field.safetensors", "numpy") as file:
            table, weights, occupied = (file.get_tensor(name) for name in NAMES)
            bias = file.get_tensor("bias").astype(np.float32) if "bias" in file.keys() else None  # noqa: SIM118
        return cls(
            table.astype(np.float32), weights, occupied, Levels(**content["levels"]),
            Volume.from_json(content["volume"]), Marching(**content["marching"]),
            SceneFrame.from_json(content["scene"]), content["facts"], bias,
        )  # fmt: skip


def quantised(values: Float32[np.ndarray, "*shape"]) -> Float32[np.ndarray, "*shape"]:
    """Values as 16 bits can hold them."""
    return np.asarray(np.clip(values, -65504, 65504).astype(np.float16), np.float32)
