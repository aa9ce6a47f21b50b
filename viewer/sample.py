"""A small run made up from nothing, in the form of a real one: for the page's tests, its pictures and its makers.

`python -m viewer.sample FOLDER` writes one; `--state running` stops it half way.
"""

import argparse
import hashlib
import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from viewer.sample_model import ring, still_life, write_glb

Array = np.ndarray

STARTED = "2026-01-01T12:00:00Z"
STARTED_UNIX = 1767268800.0
N_PHOTOS = 12


def _write_views(folder: Path) -> None:
    """Photos with depth on a ring of cameras, as `PosedImages` saves them."""
    (folder / "images").mkdir(parents=True)
    (folder / "depths").mkdir()
    photos = []
    y, x = np.mgrid[0:120, 0:160]
    for number in range(N_PHOTOS):
        angle = 2 * math.pi * number / N_PHOTOS
        warm = 0.5 + 0.5 * math.cos(angle)
        shade = np.exp(-(((x - 80 - 30 * math.sin(angle)) / 34) ** 2) - ((y - 66) / 30) ** 2)[..., None]
        ground = np.array([216, 212, 204]) - 0.35 * y[..., None]
        thing = np.array([217, 105, 75]) * warm + np.array([79, 143, 139]) * (1 - warm)
        Image.fromarray((ground * (1 - shade) + thing * shade).astype(np.uint8)).save(
            folder / f"images/{number:05d}.png"
        )
        depth = (1400 - 500 * shade[..., 0] - 2 * y).astype(np.uint16)
        depth[:10, :10] = 0
        Image.fromarray(depth).save(folder / f"depths/{number:05d}.png")
        photos.append(
            {
                "name": f"frame_{number:03d}",
                "image": f"images/{number:05d}.png",
                "camera": 0,
                "orientation": 1,
                "depth": f"depths/{number:05d}.png",
                "mask": None,
                "time": None,
                "world_from_camera": _look_at_middle(angle).tolist(),
            }
        )
    camera = {
        "width": 160,
        "height": 120,
        "fx": 150.0,
        "fy": 150.0,
        "cx": 80.0,
        "cy": 60.0,
        "model": "pinhole",
        "distortion": [],
    }
    content = {
        "version": 1,
        "cameras": [camera],
        "photos": photos,
        "scene": {"unit": "metre"},
        "source": {"format": "sample", "licence": "CC0-1.0", "notes": []},
        "depth_encoding": {"units_per_step": 0.001, "none_values": [0.0, 65535.0]},
        "skipped": [{"name": "frame_012", "reason": "there is no such file"}],
    }
    (folder / "views.json").write_text(json.dumps(content, indent=1))
    generator = np.random.default_rng(1)
    xyz = generator.normal((0, 0.2, 0), 0.12, (600, 3))
    np.savez(folder / "points.npz", xyz=xyz, rgb=generator.integers(60, 220, (600, 3), np.uint8))


def _look_at_middle(angle: float) -> Array:
    """A camera 1 m from the middle, its axes x right, y down, z forward."""
    place = np.array([math.sin(angle), 0.55, math.cos(angle)])
    forward = np.array([0, 0.15, 0]) - place
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0, 1, 0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3] = np.stack([right, np.cross(forward, right), forward, place], -1)
    return pose


JOB: dict[str, Any] = {
    "version": 1,
    "name": "still life",
    "seed": 7,
    "stages": {
        "capture": {"stage": "load_capture", "config": {"path": "captures/still_life", "scale": 1.0}},
        "field": {"stage": "reconstruct", "inputs": {"views": "capture"}, "config": {"steps": 3000, "levels": 12}},
        "surface": {"stage": "extract_mesh", "inputs": {"field": "field"}, "config": {"resolution": 192}},
        "texture": {
            "stage": "bake_texture",
            "inputs": {"mesh": "surface", "views": "capture"},
            "config": {"side": 2048},
        },
        "quality": {"stage": "measure", "inputs": {"mesh": "texture", "views": "capture"}, "config": {}},
        "glb": {"stage": "export_gltf", "inputs": {"mesh": "texture"}, "config": {"target": "quest3-web"}},
    },
}

_TYPES = {
    "capture": "PosedImages",
    "field": "RadianceField",
    "surface": "Mesh",
    "texture": "Mesh",
    "quality": "Report",
    "glb": "Asset",
}
_SECONDS = {"capture": 0.42, "field": 71.3, "surface": 4.8, "texture": 9.1, "quality": 6.2, "glb": 0.9}
_METRICS: dict[str, dict[str, Any]] = {
    "capture": {"frames": N_PHOTOS, "skipped_frames": 1, "sharpness": 0.83},
    "field": {
        "psnr": 31.84,
        "rays_per_second": 81250,
        "loss": [[step, 0.09 * math.exp(-step / 500) + 0.0042] for step in range(0, 3001, 100)],
        "psnr_by_step": [[step, 32 - 15 * math.exp(-step / 700)] for step in range(0, 3001, 100)],
    },
    "surface": {"triangles": 7680, "components": 1, "watertight": True},
    "texture": {"texture_side": 2048, "texels_per_cm": 18.4},
    "quality": {"psnr": 29.71, "ssim": 0.934},
    "glb": {"triangles": 48, "bytes": 21000, "validator_errors": 0},
}
_RUNNING_STATES = {"capture": "reused", "field": "running"}
_FAILED_STATES = {"capture": "finished", "field": "finished", "surface": "failed"}


def write_sample_run(folder: Path, state: str = "finished") -> Path:
    """Write a run in `folder`: `finished`, `running` (the second stage half way) or `failed` (in the third)."""
    folder.mkdir(parents=True, exist_ok=True)
    states = {
        "finished": dict.fromkeys(JOB["stages"], "finished") | {"capture": "reused"},
        "running": _RUNNING_STATES,
        "failed": _FAILED_STATES,
    }[state]
    (folder / "job.json").write_text(json.dumps(JOB, indent=1))
    stages = {
        name: _stage(folder, name, states.get(name, "skipped" if state == "failed" else "waiting"))
        for name in JOB["stages"]
    }
    manifest = {
        "version": 1,
        "scenewright": "0.1.0",
        "name": JOB["name"],
        "seed": JOB["seed"],
        "status": state,
        "started": STARTED,
        "seconds": round(sum(stage["seconds"] or 0 for stage in stages.values()), 2),
        "device": "cpu",
        "machine": {"cores": 2},
        "stages": stages,
    }
    (folder / "run.json").write_text(json.dumps(manifest, indent=1))
    lines = _events(states)
    (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def _stage(folder: Path, name: str, state: str) -> dict[str, Any]:
    inputs = JOB["stages"][name].get("inputs", {})
    is_done = state in ("finished", "reused")
    if is_done:
        _write_artifact(folder, name)
    artifact = folder / "artifacts" / name
    files = [
        {
            "path": file.relative_to(artifact).as_posix(),
            "bytes": file.stat().st_size,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
        for file in sorted(artifact.rglob("*"))
        if file.is_file()
    ]
    outputs = [path.relative_to(folder).as_posix() for path in sorted((folder / "outputs").glob(f"{name}.*"))]
    digest = hashlib.sha256(json.dumps(files).encode()).hexdigest()
    reasons = {
        "reused": "Nothing it depends on has changed.",
        "failed": "",
        "skipped": "surface did not finish.",
        "waiting": "",
    }
    return {
        "stage": JOB["stages"][name]["stage"],
        "version": 1,
        "state": state,
        "reason": reasons.get(state, "It has not been run before."),
        "needs": list(dict.fromkeys(inputs.values())),
        "key": hashlib.sha256(name.encode()).hexdigest(),
        "seconds": _SECONDS[name] if is_done or state == "failed" else None,
        "peak_memory_bytes": 380_000_000 if is_done else None,
        "device": "cpu" if state != "waiting" else None,
        "backends": {"render": "numba"} if name == "field" else {},
        "metrics": _METRICS[name] if is_done else {},
        "licences": ["CC0-1.0"] if name in ("capture", "glb") else [],
        "inputs": {key: [{"stage": source, "digest": "0" * 64}] for key, source in inputs.items()},
        "output": {
            "type": _TYPES[name],
            "digest": digest,
            "bytes": sum(file["bytes"] for file in files),
            "files": files,
        }
        if is_done
        else None,
        "outputs": outputs,
        "error": {
            "message": "field: the density is below 10 everywhere, so no surface was found; lower `level` (got 10)"
        }
        if state == "failed"
        else None,
    }


def _write_artifact(folder: Path, name: str) -> None:
    artifact = folder / "artifacts" / name
    artifact.mkdir(parents=True)
    (folder / "outputs").mkdir(exist_ok=True)
    if name == "capture":
        _write_views(artifact)
    elif name in ("surface", "texture"):
        arrays: dict[str, Any] = {"capture_from_mesh": np.eye(4), **ring()}
        np.savez(artifact / "mesh.npz", **arrays)
        (artifact / "mesh.json").write_text(
            json.dumps({"name": "ring", "unit": "metre", "gravity": "known", "licences": []})
        )
    elif name == "glb":
        write_glb(artifact / "scene.glb", still_life())
        write_glb(folder / "outputs/glb.glb", still_life())
    elif name == "quality":
        (artifact / "report.json").write_text(
            json.dumps({"psnr": 29.71, "views": [{"name": "frame_000", "psnr": 30.1}]})
        )
    else:
        (artifact / "weights.safetensors").write_bytes(struct.pack("<Q", 2) + b"{}")


def _events(states: dict[str, str]) -> list[dict[str, Any]]:
    time = STARTED_UNIX
    lines: list[dict[str, Any]] = [{"time": time, "event": "run_started", "message": "still life"}]
    for name, state in states.items():
        if state == "reused":
            lines.append({"time": time, "event": "stage_reused", "stage": name})
            continue
        lines.append({"time": time, "event": "stage_started", "stage": name})
        lines.append(
            {
                "time": time + 0.1,
                "event": "stage_log",
                "stage": name,
                "message": f"{JOB['stages'][name]['stage']} begins",
            }
        )
        fraction = 0.46 if state == "running" else 1.0
        line = {
            "time": time + 0.2,
            "event": "stage_progress",
            "stage": name,
            "fraction": fraction,
            "message": "step 1380 of 3000",
            "eta_seconds": 38,
        }
        lines.append(line | ({"message": "done", "eta_seconds": 0} if state != "running" else {}))
        time += _SECONDS[name]
        if state == "finished":
            lines.append({"time": time, "event": "stage_finished", "stage": name, "seconds": _SECONDS[name]})
        if state == "failed":
            lines.append({"time": time, "event": "stage_failed", "stage": name, "message": "no surface was found"})
    if "running" not in states.values():
        lines.append({"time": time, "event": "run_finished", "seconds": time - STARTED_UNIX})
    return lines


def main() -> None:
    """Write a sample run into the folder given on the command line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--state", choices=["finished", "running", "failed"], default="finished")
    given = parser.parse_args()
    print(write_sample_run(given.folder, given.state))


if __name__ == "__main__":
    main()
