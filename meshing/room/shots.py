"""Pictures of a room that was built: the embedded generator's renders, which the whole route can be tried with."""

import numpy as np
from jaxtyping import Float64, UInt16

from meshing.raycast_embree import RayCaster
from meshing.room.model import RoomModel
from meshing.room.panorama import directions
from meshing.room.pictures import RoomPicture


class RoomCamera:
    """A built room, ready to be looked at. What other stages stood into boxes is not shown."""

    def __init__(self, room: RoomModel) -> None:
        self._room = room
        counts = [len(part.vertices) for part in room.parts]
        starts = np.cumsum([0, *counts[:-1]])
        self._vertices = np.concatenate([part.vertices for part in room.parts])
        self._faces = np.concatenate([part.faces + start for part, start in zip(room.parts, starts, strict=True)])
        self._uv = np.concatenate([part.uv for part in room.parts])
        self._part = np.repeat(np.arange(len(room.parts)), [len(part.faces) for part in room.parts])
        self._page = np.array([part.page for part in room.parts])
        names = {box.name: number + 1 for number, box in enumerate(room.plan.boxes)}
        self._owner = np.array([names.get(part.name, 0) for part in room.parts], np.uint16)
        self._caster = RayCaster(self._vertices, self._faces.astype(np.int32))

    def panorama(self, position: Float64[np.ndarray, "3"], height: int = 256) -> RoomPicture:
        """Lit colours and distances all around a place."""
        return self._look(position, height)[0]

    def owners(self, position: Float64[np.ndarray, "3"], height: int = 256) -> UInt16[np.ndarray, "h w"]:
        """Which box of the plan, from 1, each pixel shows; 0 for the shell."""
        return self._look(position, height)[1]

    def _look(self, position: Float64[np.ndarray, "3"], height: int) -> tuple[RoomPicture, np.ndarray]:
        ways = directions(height, 2 * height)
        rays = ways.reshape(-1, 3)
        hits = self._caster.cast(np.broadcast_to(position, rays.shape), rays)
        found = hits.face >= 0
        corners = self._faces[hits.face]
        weights = np.stack([1 - hits.u - hits.v, hits.u, hits.v], axis=1)
        uv = (self._uv[corners] * weights[..., None]).sum(axis=1)
        part = self._part[hits.face]
        color = np.zeros((len(rays), 3), np.uint8)
        for page, texture in enumerate(self._room.lit):
            mine = found & (self._page[part] == page)
            h, w = texture.shape[:2]
            x = np.clip((uv[mine, 0] * w).astype(np.int64), 0, w - 1)
            color[mine] = texture[np.clip((uv[mine, 1] * h).astype(np.int64), 0, h - 1), x]
        distance = np.where(found, hits.distance, 0).astype(np.float32)
        x, y, z = (float(value) for value in position)
        shape = ways.shape[:2]
        picture = RoomPicture((x, y, z), color.reshape(*shape, 3), distance.reshape(shape))
        return picture, np.where(found, self._owner[part], 0).astype(np.uint16).reshape(shape)
