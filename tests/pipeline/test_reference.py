"""The reference pages say of a stage what its signature and settings say."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.reference import stage_page, stages_page
from pipeline.stage import Catalogue, Context, InputPath, Stage, StageConfig


@dataclass(frozen=True)
class Thing:
    def save(self, folder: Path) -> None: ...

    @classmethod
    def load(cls, folder: Path) -> "Thing":
        return cls()


class Nested(StageConfig):
    x: int = 1
    """X."""


class Config(StageConfig):
    path: InputPath
    """What to
    read."""
    voxel: float = Field(0.02, gt=0, le=5)
    """The edge of a voxel | in metres."""
    mode: Literal["a", "b"] = "a"
    """Which way."""
    limit: int | None = Field(None, ge=1)
    """How many at most."""
    only: Literal["x"] = "x"
    """Just that."""
    nested: Nested = Nested()
    """More settings."""


def build(config: Config, context: Context, *, views: Thing, extra: list[Thing] | None = None) -> Thing:
    """Build a thing.

    It takes time.
    """
    return Thing()


def test_a_page_says_what_a_stage_takes_makes_and_leaves() -> None:
    stage = Stage(build, exports=("*.glb", "*.png"), modules=("no_such_module",), extra="sfm")
    assert stage_page(stage).splitlines()[:10] == [
        "## build",
        "",
        "Build a thing.",
        "",
        "It takes time.",
        "",
        "- takes views: Thing",
        "- takes extra: list[Thing] (optional)",
        "- makes Thing",
        "- leaves *.glb, *.png in `outputs/`",
    ]
    assert "- needs no_such_module: pip install 'scenewright[sfm]'" in stage_page(stage)


def test_a_page_has_a_row_for_each_setting() -> None:
    rows = [line for line in stage_page(Stage(build)).splitlines() if line.startswith("| `")]
    assert rows == [
        "| `path` | path | required | What to read. |",
        r"| `voxel` | number > 0, ≤ 5 | 0.02 | The edge of a voxel \| in metres. |",
        '| `mode` | "a", "b" | "a" | Which way. |',
        "| `limit` | integer ≥ 1 | null | How many at most. |",
        '| `only` | "x" | "x" | Just that. |',
        '| `nested` | object | {"x": 1} | More settings. |',
    ]


def test_a_stage_without_settings_has_no_table(catalogue: Catalogue) -> None:
    assert "|---|" not in stage_page(catalogue["total"])


def test_the_page_of_all_stages_holds_each_of_them(catalogue: Catalogue) -> None:
    page = stages_page(catalogue)
    assert page.startswith("# Stages\n")
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == list(catalogue)


def test_a_page_is_the_same_whatever_is_installed() -> None:
    """docs/stages.md is kept in the repository, and compared with what is generated."""
    pages = [stage_page(Stage(build, modules=(module,), extra="sfm")) for module in ("json", "no_such_module")]
    assert "- needs json: pip install 'scenewright[sfm]'" in pages[0]
    assert pages[0].replace("json", "no_such_module") == pages[1]
