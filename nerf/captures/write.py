"""Posed images written as nerfstudio's `transforms.json`, so that other tools continue from here.

The file has what nerfstudio expects: OpenGL cameras in a world with z up. Its `applied_transform` leads from the
capture's own coordinates to the file's.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from nerf.camera import Camera
from nerf.captures.ply import write_points
from nerf.captures.poses import OPENCV_FROM_OPENGL, y_up_from
from nerf.posed_images import PosedImages, SparsePoints

MODEL_NAMES = {"pinhole": "OPENCV", "opencv": "OPENCV", "fisheye": "OPENCV_FISHEYE", "equirect": "EQUIRECTANGULAR"}
COEFFICIENTS = {"opencv": ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"), "fisheye": ("k1", "k2", "k3", "k4")}
DEEPEST_LEVEL = 65534  # 65535 means no measurement to many readers


def write_transforms(views: PosedImages, folder: Path) -> Path:
    """Write `transforms.json` with photos, depths, masks and points beside it; gives the file's path.

    Photos are copied as they are, unless their EXIF orientation is to be applied, which other readers would not do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file_from_scene = np.eye(4)
    file_from_scene[:3, :3] = y_up_from("z").T
    content: dict[str, Any] = {
        "frames": [_frame(views, view, folder, file_from_scene) for view in range(len(views))],
        "applied_transform": (file_from_scene @ views.scene.scene_from_capture)[:3].tolist(),
        "depth_unit_scale_factor": views.depth_encoding.units_per_step,
    }
    for split in ("train", "val", "test"):
        names = [
            frame["file_path"]
            for frame, photo in zip(content["frames"], views.photos, strict=True)
            if photo.split == split
        ]
        if names:
            content[f"{split}_filenames"] = names
    if views.points is not None:
        xyz = views.points.xyz @ file_from_scene[:3, :3].T
        write_points(SparsePoints(xyz, views.points.rgb), folder / "points.ply")
        content["ply_file_path"] = "points.ply"
    if views.source.licence:
        (folder / "LICENSE.txt").write_text(views.source.licence + "\n", encoding="utf-8")
    path = folder / "transforms.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path


def _frame(views: PosedImages, view: int, folder: Path, file_from_scene: np.ndarray) -> dict[str, Any]:
    photo = views.photos[view]
    pose = file_from_scene @ views.world_from_camera[view] @ OPENCV_FROM_OPENGL
    frame: dict[str, Any] = {"file_path": _write_photo(views, view, folder)} | _intrinsics(views.camera(view))
    frame["transform_matrix"] = pose.tolist()
    if photo.depth is not None:
        levels = np.round(views.depth(view) / np.float32(views.depth_encoding.units_per_step))
        frame["depth_file_path"] = _target(folder, "depth", view, ".png")
        Image.fromarray(np.minimum(levels, DEEPEST_LEVEL).astype(np.uint16)).save(folder / frame["depth_file_path"])
    mask = views.mask(view)
    if mask is not None:
        frame["mask_path"] = _target(folder, "masks", view, ".png")
        Image.fromarray(np.where(mask, 255, 0).astype(np.uint8)).save(folder / frame["mask_path"])
    if photo.time is not None:
        frame["time"] = photo.time
    return frame


def _write_photo(views: PosedImages, view: int, folder: Path) -> str:
    photo = views.photos[view]
    if photo.orientation == 1:
        name = _target(folder, "images", view, photo.image.suffix.lower())
        shutil.copyfile(photo.image, folder / name)
    else:
        name = _target(folder, "images", view, ".png")
        Image.fromarray(views.image(view)).save(folder / name)
    return name


def _target(folder: Path, kind: str, view: int, suffix: str) -> str:
    (folder / kind).mkdir(exist_ok=True)
    return f"{kind}/{view:05d}{suffix}"


def _intrinsics(camera: Camera) -> dict[str, Any]:
    names = COEFFICIENTS.get(camera.model, ())
    return {
        "camera_model": MODEL_NAMES[camera.model],
        "w": camera.width,
        "h": camera.height,
        "fl_x": camera.fx,
        "fl_y": camera.fy,
        "cx": camera.cx,
        "cy": camera.cy,
    } | dict(zip(names, camera.distortion, strict=False))
