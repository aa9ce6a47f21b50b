"""A fused room gets textures from its panoramas, and names from its plan."""

from collections.abc import Sequence
from dataclasses import asdict

from pydantic import Field

from meshing.mesh import Mesh
from meshing.room.model import RoomModel
from meshing.room.pictures import RoomPictures
from pipeline.stage import Context, InputPath, StageConfig


class TextureRoomConfig(StageConfig):
    triangles: int = Field(30_000, ge=100, le=2_000_000)
    """How many triangles are left of the surface."""
    size: int = Field(2048, ge=64, le=8192)
    """The longest side of the texture in texels."""
    level: bool = True
    """Bring panoramas to the same brightness where they meet."""
    clip: InputPath | None = None
    """A folder with CLIP or SigLIP, which then scores how like the pictures are to the text."""
    text: str = ""
    """What the score compares with; the plan's style when left out."""


def texture_room(config: TextureRoomConfig, context: Context, *, mesh: Mesh, pictures: RoomPictures) -> RoomModel:
    """Paint a fused room from the panoramas that show each part best, and cut it into walls and things by name."""
    from meshing.room.texture import textured_room

    room, report = textured_room(mesh, pictures, triangles=config.triangles, size=config.size, level=config.level)
    for name, value in asdict(report).items():
        context.metric(name, value)
    context.metric("parts", [part.name for part in room.parts])
    if config.clip is not None:
        context.metric("clip_score", round(_clip_score(config, pictures), 3))
    return room


def packages_for_score(config: TextureRoomConfig) -> Sequence[str]:
    """What scoring needs."""
    return ["transformers"] if config.clip is not None else []


def _clip_score(config: TextureRoomConfig, pictures: RoomPictures) -> float:
    """100 times the mean cosine of the first panorama's views and the text (Hessel et al. 2021)."""
    from meshing.room.texture import photos_of
    from pipeline.stages.object_weights import encoder_of
    from vision.text_prompt import clean

    encoder, _ = encoder_of(config.clip)
    words = encoder.text([clean(config.text or pictures.plan.style or "a room").text])
    views = [photo.image for photo in photos_of(pictures.pictures[0])[:4]]
    return float(100 * (encoder.pictures(views) @ words[0]).clip(0).mean())
