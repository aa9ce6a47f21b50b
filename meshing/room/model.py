"""A room that was built: named parts with textures, and what a headset needs to walk in it.

Owns the artifact. `build.py` makes it, `scene.py` turns it into a glTF scene.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int32, UInt8
from PIL import Image

from meshing.mesh import Mesh
from meshing.room.plan import RoomPlan


@dataclass(frozen=True, eq=False)
class RoomPart:
    """Triangles of one thing or one piece of the shell, with texture coordinates in `page`."""

    name: str
    label: str
    page: int
    is_shell: bool
    vertices: Float32[np.ndarray, "vertices 3"]
    faces: Int32[np.ndarray, "faces 3"]
    uv: Float32[np.ndarray, "vertices 2"]


@dataclass(frozen=True, eq=False)
class PlacedObject:
    """A mesh from elsewhere that stands in the box of this name, in room coordinates.

    One that `is_picture` shows light and shade of its own: the room lights it evenly, as it would a flat print.
    """

    box: str
    mesh: Mesh
    is_picture: bool = False

    def save(self, folder: Path) -> None:
        """Write the mesh's files and `placed.json`."""
        self.mesh.save(folder)
        (folder / "placed.json").write_text(
            json.dumps({"box": self.box, "is_picture": self.is_picture}, sort_keys=True) + "\n"
        )

    @classmethod
    def load(cls, folder: Path) -> "PlacedObject":
        """The object that `save` wrote into `folder`."""
        about = json.loads((folder / "placed.json").read_text())
        return cls(about["box"], Mesh.load(folder), bool(about.get("is_picture", False)))


@dataclass(frozen=True, eq=False)
class LitObject:
    """A placed object with the room's light on each vertex: sRGB factors on its own colours."""

    placed: PlacedObject
    light: UInt8[np.ndarray, "vertices 3"]


@dataclass(frozen=True, eq=False)
class RoomModel:
    """Parts with their textures: `lit` has the light of the room in it, `albedo` the bare colours on the same layout.

    `spawn` is where to stand (x, z) and `spawn_yaw` where to look (0 along +z). `notes` tell what the builder chose.
    """

    plan: RoomPlan
    parts: tuple[RoomPart, ...]
    lit: tuple[UInt8[np.ndarray, "h w 3"], ...]
    albedo: tuple[UInt8[np.ndarray, "h w 3"], ...]
    objects: tuple[LitObject, ...]
    spawn: tuple[float, float]
    spawn_yaw: float
    notes: tuple[str, ...]

    def save(self, folder: Path) -> None:
        """Write `room.json`, `room.npz`, the plan, the pages as PNG, and each object in a folder of its own."""
        self.plan.save(folder)
        arrays: dict[str, np.ndarray] = {}
        for number, part in enumerate(self.parts):
            arrays |= {f"{key}_{number}": getattr(part, key) for key in ("vertices", "faces", "uv")}
        for number, lit in enumerate(self.objects):
            arrays[f"light_{number}"] = lit.light
            lit.placed.save(folder / f"object_{number}")
        np.savez(folder / "room.npz", **arrays)  # type: ignore[arg-type]
        for number, (lit_page, albedo_page) in enumerate(zip(self.lit, self.albedo, strict=True)):
            Image.fromarray(lit_page).save(folder / f"lit_{number}.png", compress_level=1)
            Image.fromarray(albedo_page).save(folder / f"albedo_{number}.png", compress_level=1)
        about = {
            "parts": [
                {key: getattr(part, key) for key in ("name", "label", "page", "is_shell")} for part in self.parts
            ],
            "pages": len(self.lit),
            "objects": len(self.objects),
            "spawn": self.spawn,
            "spawn_yaw": self.spawn_yaw,
            "notes": self.notes,
        }
        (folder / "room.json").write_text(
            json.dumps(about, sort_keys=True, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> "RoomModel":
        """The room that `save` wrote into `folder`."""
        about = json.loads((folder / "room.json").read_text("utf-8"))
        with np.load(folder / "room.npz", allow_pickle=False) as arrays:
            parts = tuple(
                RoomPart(**part, **{key: arrays[f"{key}_{number}"] for key in ("vertices", "faces", "uv")})
                for number, part in enumerate(about["parts"])
            )
            objects = tuple(
                LitObject(PlacedObject.load(folder / f"object_{number}"), arrays[f"light_{number}"])
                for number in range(about["objects"])
            )
        pages = range(about["pages"])
        return cls(
            RoomPlan.load(folder),
            parts,
            tuple(_picture(folder / f"lit_{number}.png") for number in pages),
            tuple(_picture(folder / f"albedo_{number}.png") for number in pages),
            objects,
            (float(about["spawn"][0]), float(about["spawn"][1])),
            float(about["spawn_yaw"]),
            tuple(about["notes"]),
        )


def mesh_of(room: RoomModel, *, lit: bool = True) -> Mesh:
    """The whole room as one mesh with one texture, for renders and measurements: its pages below each other.

    Placed objects are left out.
    """
    pages = room.lit if lit else room.albedo
    width, height = max(page.shape[1] for page in pages), sum(page.shape[0] for page in pages)
    texture = np.zeros((height, width, 3), np.uint8)
    tops = np.cumsum([0, *(page.shape[0] for page in pages)])
    vertices, faces, uv, count = [], [], [], 0
    for page, top in zip(pages, tops, strict=False):
        texture[top : top + page.shape[0], : page.shape[1]] = page
    for part in room.parts:
        page = pages[part.page]
        size = np.array([page.shape[1], page.shape[0]])
        uv.append((part.uv * size + (0, tops[part.page])) / (width, height))
        vertices.append(part.vertices)
        faces.append(part.faces + count)
        count += len(part.vertices)
    mesh = Mesh(np.concatenate(vertices), np.concatenate(faces).astype(np.int32), name=room.plan.name)
    return replace(mesh, uv=np.concatenate(uv).astype(np.float32), base_color=texture, unit="metre", gravity="known")


def _picture(path: Path) -> UInt8[np.ndarray, "h w 3"]:
    with Image.open(path) as image:
        return np.array(image)
