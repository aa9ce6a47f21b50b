"""What rays hit on a mesh, by Embree."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int32

try:
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene
except ImportError as error:  # the wheel exists for x86-64 alone
    raise ImportError("ray casting needs embreex: pip install embreex (wheels exist for x86-64)") from error


@dataclass(frozen=True, eq=False)
class Hits:
    """First hits: `distance` in lengths of the ray's direction (infinite for none), `face` (-1 for none), barycentric
    weights of the face's second and third vertex."""

    distance: Float32[np.ndarray, "rays"]
    face: Int32[np.ndarray, "rays"]
    u: Float32[np.ndarray, "rays"]
    v: Float32[np.ndarray, "rays"]


class RayCaster:
    """The triangles of a mesh, ready to be asked."""

    def __init__(self, vertices: Float32[np.ndarray, "vertices 3"], faces: Int32[np.ndarray, "faces 3"]) -> None:
        self._scene = EmbreeScene()
        self._mesh = TriangleMesh(self._scene, vertices[faces])  # held: the scene does not own it

    def cast(self, origins: Float[np.ndarray, "rays 3"], directions: Float[np.ndarray, "rays 3"]) -> Hits:
        """First hits of rays that start at `origins`."""
        o = np.ascontiguousarray(origins, dtype=np.float32)
        d = np.ascontiguousarray(directions, dtype=np.float32)
        found = self._scene.run(o, d, output=1)
        missed = found["primID"] < 0
        distance = np.where(missed, np.float32(np.inf), found["tfar"]).astype(np.float32)
        return Hits(distance, found["primID"].astype(np.int32), found["u"], found["v"])

    def is_free(
        self,
        origins: Float[np.ndarray, "rays 3"],
        targets: Float[np.ndarray, "rays 3"],
        *,
        slack: float | Float[np.ndarray, "rays"],
    ) -> Bool[np.ndarray, "rays"]:
        """Whether nothing stands between `origins` and `targets`; hits under `slack` before a target do not count."""
        way = targets - origins
        length = np.linalg.norm(way, axis=1)
        hits = self.cast(origins, way / np.maximum(length, 1e-12)[:, None])
        free: np.ndarray = hits.distance >= length - slack
        return free
