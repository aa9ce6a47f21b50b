"""A mesh becomes several, for readers that show the coarsest one that looks the same."""

from pydantic import Field, field_validator

from meshing.lods import Lods
from meshing.mesh import Mesh
from pipeline.stage import Context, StageConfig


class MakeLodsConfig(StageConfig):
    shares: tuple[float, ...] = Field((0.5, 0.25, 0.1), min_length=1, max_length=8)
    """The triangles of each coarser level as shares of the finest, falling."""

    @field_validator("shares")
    @classmethod
    def _fall(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        if any(not 0 < share < above for share, above in zip(shares, (1.0, *shares), strict=False)):
            raise ValueError("must fall from under 1 to above 0")
        return shares


def make_lods(config: MakeLodsConfig, context: Context, *, mesh: Mesh) -> Lods:
    """Make levels of detail of a mesh: fewer triangles under the same texture, and how near each may be shown."""
    from meshing.lods import make_lods as make

    lods = make(mesh, config.shares)
    context.metric("triangles", [len(level.faces) for level in lods.meshes])
    context.metric("coverages", [round(value, 5) for value in lods.coverages])
    return lods
