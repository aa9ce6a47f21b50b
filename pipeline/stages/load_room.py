"""Plans of rooms, read from a file or made from a sentence."""

from collections.abc import Sequence

from pydantic import Field

from meshing.room.plan import RoomPlan
from pipeline.stage import Context, Finding, InputPath, StageConfig


class LoadRoomConfig(StageConfig):
    path: InputPath
    """A plan (.json), a headset's scene capture (.json), LayoutGPT layouts (.json), or a glTF with named boxes."""
    layout: int = Field(0, ge=0)
    """Which layout of a LayoutGPT file."""
    openings: bool = True
    """Give a room without a door a door, and one without windows a window."""
    style: str = ""
    """How the room shall look, in words; replaces what the file says."""


def load_room(config: LoadRoomConfig, context: Context) -> RoomPlan:
    """Read the plan of a room and repair what cannot be built, naming every repair."""
    plan = _read(config)
    _tell(plan, context)
    return plan


def examine_room(config: LoadRoomConfig) -> Sequence[Finding]:
    """What would be repaired, before anything is made."""
    try:
        plan = _read(config)
    except (ValueError, OSError) as error:
        return [Finding("error", str(config.path), str(error))]
    summary = f"{len(plan.floor)} walls, {len(plan.openings)} openings, {len(plan.boxes)} boxes"
    repairs = [Finding("note", str(config.path), repair) for repair in plan.repairs]
    return [Finding("note", str(config.path), summary), *repairs]


class FurnishRoomConfig(StageConfig):
    text: str
    """The room in words, such as "a small bedroom with a desk by the window"."""
    furniture: bool = True
    """Add what such a room usually holds and the sentence does not mention."""


def furnish_room(config: FurnishRoomConfig, context: Context) -> RoomPlan:
    """Make the plan of a room from a sentence, by rules; words that it does not know are named."""
    from meshing.room.furnish import furnish

    plan = furnish(config.text, seed=context.seed, furniture=config.furniture)
    _tell(plan, context)
    return plan


def _read(config: LoadRoomConfig) -> RoomPlan:
    from dataclasses import replace

    from meshing.room.read import read_plan

    plan = read_plan(config.path, layout=config.layout, openings=config.openings)
    return replace(plan, style=config.style) if config.style else plan


def _tell(plan: RoomPlan, context: Context) -> None:
    for repair in plan.repairs:
        context.log(repair)
    context.metric("boxes", len(plan.boxes))
    context.metric("repairs", list(plan.repairs))
