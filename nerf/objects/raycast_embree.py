"""What rays hit on an object, by Embree: first hits, shadows, and how many solids a point lies in."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int32, Int64

try:
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene
except ImportError as error:  # the wheel exists for x86-64 alone
    raise ImportError("ray casting needs embreex: pip install embreex (wheels exist for x86-64)") from error

Array = np.ndarray

STEP = 2e-5
"""How far behind a hit the search for the next one starts, in unit frames."""
LIMIT = 256
"""More crossings than any ray through an object of the library has."""


@dataclass(frozen=True, eq=False)
class Hits:
    """First hits: `distance` along unit directions (infinite for none), `face` (-1 for none), barycentric weights of
    the face's second and third vertex."""

    distance: Float32[Array, "rays"]
    face: Int32[Array, "rays"]
    u: Float32[Array, "rays"]
    v: Float32[Array, "rays"]


class RayCaster:
    """Triangles, ready to be asked."""

    def __init__(self, vertices: Float32[Array, "vertices 3"], faces: Int32[Array, "faces 3"]) -> None:
        self._scene = EmbreeScene(robust=True)
        self._mesh = TriangleMesh(self._scene, vertices[faces])  # held: the scene does not own it

    def cast(self, origins: Float[Array, "rays 3"], directions: Float[Array, "rays 3"]) -> Hits:
        """First hits of rays."""
        found = self._first(origins, directions)
        missed = found["primID"] < 0
        distance = np.where(missed, np.float32(np.inf), found["tfar"]).astype(np.float32)
        return Hits(distance, found["primID"].astype(np.int32), found["u"], found["v"])

    def is_free(self, origins: Float[Array, "rays 3"], directions: Float[Array, "rays 3"]) -> Bool[Array, "rays"]:
        """Whether nothing stands in the way of rays."""
        occluder: Array = self._scene.run(_rows(origins), _rows(directions), query="OCCLUDED")
        free: Array = occluder < 0
        return free

    def depth_inside(self, points: Float[Array, "points 3"], direction: Float[Array, "3"]) -> Int64[Array, "points"]:
        """How many closed solids each point lies in: faces that a ray leaves through, less those it enters by."""
        inside = np.zeros(len(points), np.int64)
        going = np.arange(len(points))
        origins = np.asarray(points, np.float32)
        for _ in range(LIMIT):
            if not len(going):
                break
            found = self._first(origins, np.broadcast_to(direction, origins.shape))
            hit = found["primID"] >= 0
            going, origins = going[hit], origins[hit]
            inside[going] += np.where(found["Ng"][hit] @ direction > 0, 1, -1)
            origins = origins + (found["tfar"][hit, None] + np.float32(STEP)) * direction.astype(np.float32)
        return inside

    def _first(self, origins: Array, directions: Array) -> dict[str, Array]:
        found: dict[str, Array] = self._scene.run(_rows(origins), _rows(directions), output=1)
        return found


def _rows(vectors: Array) -> Array:
    return np.ascontiguousarray(vectors, np.float32)
