"""The reference pages of stages, read off their signatures and the descriptions of their settings."""

import json
import re
from typing import Any

from pipeline.stage import Catalogue, Stage


def stages_page(catalogue: Catalogue) -> str:
    """docs/stages.md: every stage of a catalogue."""
    head = "# Stages\n\nMade by `scenewright stages --markdown` from the stages themselves.\n"
    return head + "".join(f"\n{stage_page(stage)}" for stage in catalogue.values())


def stage_page(stage: Stage) -> str:
    """One stage: what it does, takes, makes, and its settings with their defaults."""
    lines = [f"## {stage.name}", "", stage.help, ""]
    lines += [f"- takes {given}" for given in stage.inputs.values()]
    lines += [f"- makes {stage.output.__name__}"]
    lines += [f"- leaves {', '.join(stage.exports)} in `outputs/`"] if stage.exports else []
    needed = ", ".join(stage.modules) or "more for some settings"
    lines += [f"- needs {needed}: pip install 'scenewright[{stage.extra}]'"] if stage.extra else []
    settings = stage.config.model_json_schema()
    properties = settings.get("properties", {})
    if properties:
        lines += ["", "| setting | kind | default | meaning |", "|---|---|---|---|"]
        lines += [_row(name, info, settings) for name, info in properties.items()]
    return "\n".join(lines) + "\n"


def _row(name: str, info: dict[str, Any], settings: dict[str, Any]) -> str:
    default = json.dumps(info["default"]) if "default" in info else "required"
    meaning = re.sub(r"\s+", " ", info.get("description", ""))
    cells = [cell.replace("|", r"\|") for cell in (f"`{name}`", _kind(info, settings), default, meaning)]
    return f"| {' | '.join(cells)} |"


def _kind(info: dict[str, Any], settings: dict[str, Any]) -> str:
    if "$ref" in info:
        info = settings["$defs"][info["$ref"].rpartition("/")[2]]
    if "enum" in info:
        return ", ".join(json.dumps(value) for value in info["enum"])
    if "const" in info:
        return json.dumps(info["const"])
    if "anyOf" in info:
        return " or ".join(_kind(option, settings) for option in info["anyOf"] if option.get("type") != "null")
    limits = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    bounds = [f"{sign} {info[key]:g}" for key, sign in limits.items() if key in info]
    kind = "path" if info.get("format") == "path" else str(info.get("type", "any"))
    return " ".join([kind, ", ".join(bounds)]).strip()
