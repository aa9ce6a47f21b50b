"""Photos whose cameras and poses are known: what every reconstruction starts from.

Owns the artifact and decoding on demand; does not own the formats that captures come in (`nerf.captures`).
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int, UInt8

from nerf.camera import Camera
from nerf.frame import SceneFrame
from nerf.photo import read_alpha, read_levels, read_rgb

Array = np.ndarray

VERSION = 1
ASPECT_TOLERANCE = 0.02


@dataclass(frozen=True)
class Photo:
    """One view's files, as they came, and what belongs to it alone.

    `orientation` is the EXIF number to apply to the stored pixels so that they agree with the camera; 1 is none.
    `time` is in seconds; `split` is the capture's own word: train, val or test.
    """

    name: str
    image: Path
    camera: int
    orientation: int = 1
    depth: Path | None = None
    mask: Path | None = None
    time: float | None = None
    split: str | None = None


@dataclass(frozen=True)
class DepthEncoding:
    """What the numbers of the depth files mean: scene units per step, and the numbers that stand for no measurement."""

    units_per_step: float = 0.001
    none_values: tuple[float, ...] = (0.0, 65535.0)


@dataclass(frozen=True)
class Skipped:
    """A frame that the capture names and that could not be used."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class SparsePoints:
    """Points that a capture brought along, in scene coordinates; `error` is the reprojection error in pixels."""

    xyz: Float64[Array, "points 3"]
    rgb: UInt8[Array, "points 3"] | None = None
    error: Float32[Array, "points"] | None = None


@dataclass(frozen=True)
class Source:
    """Where a capture came from: its format, its licence as far as the folder tells, and what reading it changed."""

    format: str
    licence: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class PosedImages:
    """Photos with cameras and poses in scene coordinates (right-handed, y up); files are decoded on demand."""

    cameras: tuple[Camera, ...]
    photos: tuple[Photo, ...]
    world_from_camera: Float64[Array, "views 4 4"]
    scene: SceneFrame
    source: Source
    depth_encoding: DepthEncoding = field(default_factory=DepthEncoding)
    points: SparsePoints | None = None
    skipped: tuple[Skipped, ...] = ()

    def __post_init__(self) -> None:
        if len(self.photos) != len(self.world_from_camera):
            raise ValueError(f"views: {len(self.photos)} photos need as many poses (got {len(self.world_from_camera)})")

    def __len__(self) -> int:
        return len(self.photos)

    @property
    def names(self) -> tuple[str, ...]:
        """The frames' names, in order."""
        return tuple(photo.name for photo in self.photos)

    @property
    def camera_index(self) -> Int[Array, "views"]:
        """Which of `cameras` took each photo."""
        return np.array([photo.camera for photo in self.photos], np.int64)

    @property
    def has_depth(self) -> bool:
        """Whether any view has a depth file."""
        return any(photo.depth for photo in self.photos)

    def camera(self, view: int) -> Camera:
        """The camera that took this view."""
        return self.cameras[self.photos[view].camera]

    def image(self, view: int) -> UInt8[Array, "h w 3"]:
        """The photo's colours at the camera's size; alpha is left out, not blended."""
        photo = self.photos[view]
        return self._checked(view, photo.image, read_rgb(photo.image, photo.orientation))

    def alpha(self, view: int) -> Float32[Array, "h w"] | None:
        """How opaque each pixel of the photo is, 0 to 1; None where it has no alpha."""
        photo = self.photos[view]
        alpha = read_alpha(photo.image, photo.orientation)
        return None if alpha is None else self._checked(view, photo.image, alpha)

    def mask(self, view: int) -> Bool[Array, "h w"] | None:
        """True where a pixel may be used; None where the view has no mask."""
        path = self.photos[view].mask
        return None if path is None else self._at_camera_size(view, path, read_rgb(path).max(axis=2) > 0)

    def depth(self, view: int) -> Float32[Array, "h w"]:
        """Depth along z at the camera's size (nearest pixel), in scene units, metres where those are; 0 is none."""
        path = self.photos[view].depth
        camera = self.camera(view)
        if path is None:
            return np.zeros((camera.height, camera.width), np.float32)
        levels = read_levels(path)
        none = ~np.isfinite(levels) | (levels <= 0) | np.isin(levels, self.depth_encoding.none_values)
        depth = np.where(none, 0, levels).astype(np.float32) * np.float32(self.depth_encoding.units_per_step)
        return self._at_camera_size(view, path, depth)

    def subset(self, views: Sequence[int]) -> "PosedImages":
        """The same capture with only these views, in this order."""
        chosen = list(views)
        return replace(
            self,
            photos=tuple(self.photos[view] for view in chosen),
            world_from_camera=self.world_from_camera[chosen].reshape(-1, 4, 4),
        )

    def moved(self, scene_from_new: Float64[Array, "4 4"]) -> "PosedImages":
        """The same capture in new scene coordinates, given the rigid transform that takes new points to old ones."""
        new_from_scene = np.linalg.inv(scene_from_new)
        points = self.points
        if points is not None:
            points = replace(points, xyz=points.xyz @ new_from_scene[:3, :3].T + new_from_scene[:3, 3])
        return replace(
            self,
            world_from_camera=new_from_scene @ self.world_from_camera,
            points=points,
            scene=self.scene.moved(scene_from_new),
        )

    def save(self, folder: Path) -> None:
        """Write `views.json`, the encoded photos, depths and masks byte for byte, and `points.npz`."""
        folder.mkdir(parents=True, exist_ok=True)
        photos = []
        for number, (photo, pose) in enumerate(zip(self.photos, self.world_from_camera, strict=True)):
            record = asdict(photo) | {"world_from_camera": pose.tolist()}
            for kind in ("image", "depth", "mask"):
                record[kind] = _copy(record[kind], folder, f"{kind}s/{number:05d}")
            photos.append(record)
        content = {
            "version": VERSION,
            "cameras": [asdict(camera) for camera in self.cameras],
            "photos": photos,
            "scene": self.scene.to_json(),
            "source": asdict(self.source),
            "depth_encoding": asdict(self.depth_encoding),
            "skipped": [asdict(skipped) for skipped in self.skipped],
        }
        (folder / "views.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        if self.points is not None:
            given = {name: value for name, value in vars(self.points).items() if value is not None}
            np.savez(folder / "points.npz", **given)

    @classmethod
    def load(cls, folder: Path) -> "PosedImages":
        """Read what `save` wrote; photos stay in `folder` and are decoded on demand."""
        content = json.loads((folder / "views.json").read_text(encoding="utf-8"))
        if content.get("version") != VERSION:
            raise ValueError(f"{folder / 'views.json'}: version must be {VERSION} (got {content.get('version')!r})")
        poses = [photo.pop("world_from_camera") for photo in content["photos"]]
        return cls(
            cameras=tuple(Camera(**_with_tuple(camera, "distortion")) for camera in content["cameras"]),
            photos=tuple(_load_photo(photo, folder) for photo in content["photos"]),
            world_from_camera=np.array(poses, np.float64).reshape(-1, 4, 4),
            scene=SceneFrame.from_json(content["scene"]),
            source=Source(**_with_tuple(content["source"], "notes")),
            depth_encoding=DepthEncoding(**_with_tuple(content["depth_encoding"], "none_values")),
            points=_load_points(folder / "points.npz"),
            skipped=tuple(Skipped(**skipped) for skipped in content["skipped"]),
        )

    def _checked(self, view: int, path: Path, pixels: Array) -> Array:
        camera = self.camera(view)
        if pixels.shape[:2] != (camera.height, camera.width):
            height, width = pixels.shape[:2]
            raise ValueError(f"{path}: is {width}x{height}, its camera {camera.width}x{camera.height}")
        return pixels

    def _at_camera_size(self, view: int, path: Path, pixels: Array) -> Array:
        """Nearest-pixel resampling of a depth map or mask that is smaller or larger than its photo."""
        camera = self.camera(view)
        height, width = pixels.shape
        if (height, width) == (camera.height, camera.width):
            return pixels
        if abs(width * camera.height / (height * camera.width) - 1) > ASPECT_TOLERANCE:
            raise ValueError(f"{path}: is {width}x{height}, which is no scaled {camera.width}x{camera.height}")
        rows = ((np.arange(camera.height) + 0.5) * height / camera.height).astype(np.int64)
        columns = ((np.arange(camera.width) + 0.5) * width / camera.width).astype(np.int64)
        return np.ascontiguousarray(pixels[rows[:, None], columns])


def _copy(source: Path | None, folder: Path, name: str) -> str | None:
    if source is None:
        return None
    target = folder / f"{name}{source.suffix.lower()}"
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    return target.relative_to(folder).as_posix()


def _load_photo(record: dict[str, Any], folder: Path) -> Photo:
    files = {kind: folder / record[kind] if record[kind] else None for kind in ("image", "depth", "mask")}
    return Photo(**(record | files))


def _load_points(path: Path) -> SparsePoints | None:
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return SparsePoints(**dict(arrays))


def _with_tuple(record: dict[str, Any], name: str) -> dict[str, Any]:
    return record | {name: tuple(record[name])}
