"""The radiance fields of a run, painted for the page that looks at it."""

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from viewer.live import LiveFields, Shot

MOST_CAMERAS = 60
QUALITY = 88


def live_fields(run: Path) -> LiveFields:
    """What paints the fields in `run`; a field is loaded when it is first asked for, and the last two are kept."""

    @lru_cache(maxsize=2)
    def loaded(stage: str, written: int) -> Any:
        from nerf.ngp.radiance_field import RadianceField

        return RadianceField.load(run / "artifacts" / stage)

    def field_of(stage: str) -> Any:
        record = _stages(run).get(stage, {})
        path = run / "artifacts" / stage / "field.json"
        if (record.get("output") or {}).get("type") != "RadianceField" or not path.is_file():
            raise KeyError(stage)
        return loaded(stage, path.stat().st_mtime_ns)

    def about(stage: str) -> dict[str, Any]:
        low, high = field_of(stage).bounds
        return {"low": low.tolist(), "high": high.tolist(), "cameras": _cameras(run, stage)}

    def paint(stage: str, shot: Shot) -> bytes:
        return painted(field_of(stage), shot)

    return LiveFields(about=about, paint=paint)


def painted(field: Any, shot: Shot) -> bytes:
    """The field as a JPEG, in front of grey."""
    from PIL import Image

    from nerf.camera import Camera

    focal = shot.height / 2 / np.tan(np.deg2rad(shot.field_of_view) / 2)
    camera = Camera(shot.width, shot.height, focal, focal, shot.width / 2, shot.height / 2)
    view = field.render(camera, np.array(shot.world_from_camera).reshape(4, 4), background=(0.5, 0.5, 0.5))
    pixels = (np.clip(view.colour, 0, 1) * 255 + 0.5).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _cameras(run: Path, stage: str) -> list[list[float]]:
    """Where the photos were taken from that the field was trained on; none where the run no longer has them."""
    for source in _stages(run)[stage].get("inputs", {}).get("views", []):
        path = run / "artifacts" / source["stage"] / "views.json"
        if path.is_file():
            photos = json.loads(path.read_text(encoding="utf-8"))["photos"]
            chosen = photos[:: max(1, -(-len(photos) // MOST_CAMERAS))]
            return [np.array(photo["world_from_camera"]).ravel().tolist() for photo in chosen]
    return []


def _stages(run: Path) -> dict[str, Any]:
    path = run / "run.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))["stages"]) if path.is_file() else {}
