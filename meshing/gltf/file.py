"""A GLB as something that stages hand on: the file itself, byte for byte."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

_NAME, _PLAIN = "model.glb", "model.plain.glb"


@dataclass(frozen=True)
class GlbFile:
    """One binary glTF file, and where it asks its reader for an extension, the same scene without."""

    data: bytes
    plain: bytes | None = None

    @property
    def triangles(self) -> int:
        """Of all meshes, each as often as a node shows it; what was given to the writer may have been more."""
        (length,) = struct.unpack_from("<I", self.data, 12)
        document = json.loads(self.data[20 : 20 + length])
        shown = [document["meshes"][node["mesh"]] for node in document["nodes"] if "mesh" in node]
        indices = [primitive["indices"] for mesh in shown for primitive in mesh["primitives"]]
        return sum(int(document["accessors"][index]["count"]) // 3 for index in indices)

    def save(self, folder: Path) -> None:
        """Write `model.glb` and, where there is one, `model.plain.glb`."""
        (folder / _NAME).write_bytes(self.data)
        if self.plain is not None:
            (folder / _PLAIN).write_bytes(self.plain)

    @classmethod
    def load(cls, folder: Path) -> "GlbFile":
        """The files that `save` wrote into `folder`."""
        plain = folder / _PLAIN
        return cls((folder / _NAME).read_bytes(), plain.read_bytes() if plain.is_file() else None)
