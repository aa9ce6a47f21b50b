"""A small run made up from nothing, in the form of a real one: for the page's tests, its pictures and its makers.

`python -m viewer.sample FOLDER` writes one; `--state running` stops it half way.
"""

import argparse
import hashlib
import io
import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

Array = np.ndarray

STARTED = "2026-01-01T12:00:00Z"
STARTED_UNIX = 1767268800.0
N_PHOTOS = 12


def write_glb(
    path: Path,
    parts: list[tuple[Array, Array, Array, bytes]],
    *,
    generator: str = "scenewright sample",
    levels: bool = False,
    extras: dict[str, Any] | None = None,
) -> None:
    """A GLB of unlit parts, each with vertices (v, 3), faces (f, 3), uv (v, 2) and a PNG.

    With `levels`, the parts after the first are its coarser levels of detail. `extras` are those of the scene.
    """
    chunks: list[bytes] = []
    views: list[dict[str, Any]] = []

    def add(data: bytes, **more: Any) -> int:
        views.append({"buffer": 0, "byteOffset": sum(map(len, chunks)), "byteLength": len(data), **more})
        chunks.append(data + bytes(-len(data) % 4))
        return len(views) - 1

    accessors: list[dict[str, Any]] = []
    images, meshes = [], []
    for number, (vertices, faces, uv, png) in enumerate(parts):
        corners = np.ascontiguousarray(vertices, "<f4")
        bounds = {"min": corners.min(0).tolist(), "max": corners.max(0).tolist()}
        first = len(accessors)
        for data, kind, code, target, more in (
            (corners, "VEC3", 5126, 34962, bounds),
            (np.ascontiguousarray(uv, "<f4"), "VEC2", 5126, 34962, {}),
            (np.ascontiguousarray(faces, "<u4").reshape(-1), "SCALAR", 5125, 34963, {}),
        ):
            view = add(data.tobytes(), target=target)
            accessors.append({"bufferView": view, "componentType": code, "count": len(data), "type": kind, **more})
        images.append({"bufferView": add(png), "mimeType": "image/png"})
        primitive = {
            "attributes": {"POSITION": first, "TEXCOORD_0": first + 1},
            "indices": first + 2,
            "material": number,
        }
        meshes.append({"primitives": [primitive]})
    nodes: list[dict[str, Any]] = [{"mesh": number, "name": f"part{number}"} for number in range(len(parts))]
    if levels:
        nodes = [{"mesh": number, "name": f"part_lod{number}"} for number in range(len(parts))]
        nodes[0] |= {"extensions": {"MSFT_lod": {"ids": list(range(1, len(parts)))}}}
    document = {
        "asset": {"version": "2.0", "generator": generator, "extras": {"license": "CC0-1.0"}},
        "extensionsUsed": ["KHR_materials_unlit", *(["MSFT_lod"] if levels else [])],
        "scene": 0,
        "scenes": [{"nodes": [0] if levels else list(range(len(parts))), **({"extras": extras} if extras else {})}],
        "nodes": nodes,
        "meshes": meshes,
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorTexture": {"index": number},
                    "metallicFactor": 0,
                    "roughnessFactor": 1,
                },
                "extensions": {"KHR_materials_unlit": {}},
                "doubleSided": True,
            }
            for number in range(len(parts))
        ],
        "textures": [{"source": number, "sampler": 0} for number in range(len(parts))],
        "samplers": [{"magFilter": 9729, "minFilter": 9987}],
        "images": images,
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": sum(map(len, chunks))}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary = b"".join(chunks)
    head = struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + len(binary), len(text), 0x4E4F534A)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + text + struct.pack("<II", len(binary), 0x004E4942) + binary)


def box(size: tuple[float, float, float], at: tuple[float, float, float]) -> tuple[Array, Array, Array]:
    """A box standing with the middle of its underside at a point: vertices, faces, and uv with each side whole."""
    vertices: list[Array] = []
    faces, uv = [], []
    for axis in range(3):
        for sign in (-1, 1):
            u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
            normal = sign * np.eye(3)[axis]
            side = [normal - u - v, normal + u - v, normal + u + v, normal - u + v]
            start = len(vertices)
            vertices += side if sign > 0 else side[::-1]
            uv += [(0, 1), (1, 1), (1, 0), (0, 0)]
            faces += [(start, start + 1, start + 2), (start, start + 2, start + 3)]
    half = np.array(size) / 2
    return np.array(vertices) * half + np.array(at) + (0, half[1], 0), np.array(faces), np.array(uv)


def png(image: Image.Image) -> bytes:
    """The picture's bytes as PNG."""
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _checker(light: str, dark: str, squares: int = 8, side: int = 256) -> bytes:
    image = Image.new("RGB", (side, side), light)
    draw = ImageDraw.Draw(image)
    step = side / squares
    for row in range(squares):
        for column in range(row % 2, squares, 2):
            draw.rectangle([column * step, row * step, (column + 1) * step - 1, (row + 1) * step - 1], fill=dark)
    return png(image)


def still_life() -> list[tuple[Array, Array, Array, bytes]]:
    """Four boxes on a board, 60 cm wide."""
    return [
        (*box((0.6, 0.02, 0.4), (0, 0, 0)), _checker("#d8cbb4", "#cbbb9f")),
        (*box((0.12, 0.24, 0.12), (-0.16, 0.02, -0.05)), _checker("#d9694b", "#c55a3e", 6)),
        (*box((0.1, 0.14, 0.1), (0.02, 0.02, 0.05)), _checker("#4f8f8b", "#437e7b", 4)),
        (*box((0.16, 0.08, 0.12), (0.17, 0.02, -0.03)), _checker("#e7c15a", "#d8b04a", 5)),
    ]


def ring(n_around: int = 96, n_across: int = 40) -> dict[str, Array]:
    """A mesh as the `mesh` stage leaves it: a torus with colours, standing on the floor."""
    around, across = np.meshgrid(
        np.linspace(0, 2 * np.pi, n_around, False), np.linspace(0, 2 * np.pi, n_across, False), indexing="ij"
    )
    radius = 0.2 + 0.08 * np.cos(across)
    vertices = np.stack([radius * np.cos(around), 0.28 + radius * np.sin(around), 0.08 * np.sin(across)], -1).reshape(
        -1, 3
    )
    a, b = np.meshgrid(np.arange(n_around), np.arange(n_across), indexing="ij")
    corners = [
        ((a + i) % n_around * n_across + (b + j) % n_across).reshape(-1) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    faces = np.concatenate(
        [np.stack([corners[0], corners[1], corners[2]], -1), np.stack([corners[0], corners[2], corners[3]], -1)]
    )
    colours = (127 + 100 * np.stack([np.cos(around), np.sin(around + 1), np.cos(across)], -1)).reshape(-1, 3)
    return {"vertices": vertices.astype("<f4"), "faces": faces.astype("<i4"), "vertex_colors": colours.astype(np.uint8)}


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
