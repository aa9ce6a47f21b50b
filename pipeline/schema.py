"""The JSON Schema of the job file, generated from the models and the catalogue, for editors and other programs."""

import json
from typing import Any

from pipeline.document import JobDocument
from pipeline.stage import Catalogue, Stage

_VARIABLE = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"}
"""A setting may also be a text with a variable in it."""


def job_schema(catalogue: Catalogue) -> dict[str, Any]:
    """JSON Schema (2020-12): the job's structure, and for each stage its settings and inputs."""
    schema = JobDocument.model_json_schema(by_alias=True)
    stage = schema["$defs"]["StageDocument"]
    stage["properties"]["stage"]["enum"] = list(catalogue)
    stage["allOf"] = [_when(name, entry) for name, entry in catalogue.items()]
    for keyed in ("stages", "variables"):
        schema["properties"][keyed]["additionalProperties"] = False  # beside the pattern that its keys follow
    for name, entry in catalogue.items():
        schema["$defs"] |= _definitions(name, entry)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Scenewright job, version 1"}
    return {**head, **{key: value for key, value in schema.items() if key != "title"}}


def schema_text(catalogue: Catalogue) -> str:
    """The schema as the file that ships."""
    return json.dumps(job_schema(catalogue), indent=1, ensure_ascii=False) + "\n"


def _when(name: str, stage: Stage) -> dict[str, Any]:
    then: dict[str, Any] = {
        "properties": {"config": {"$ref": f"#/$defs/{name}.config"}, "inputs": {"$ref": f"#/$defs/{name}.inputs"}}
    }
    if not all(given.optional for given in stage.inputs.values()):
        then["required"] = ["inputs"]
    return {"if": {"properties": {"stage": {"const": name}}, "required": ["stage"]}, "then": then}


def _definitions(name: str, stage: Stage) -> dict[str, Any]:
    config = stage.config.model_json_schema()
    inner = config.pop("$defs", {})
    config.pop("required", None)  # a required setting may come from map or sweep
    config["description"] = stage.summary
    config["properties"] = {key: _or_variable(value) for key, value in config.get("properties", {}).items()}
    text = json.dumps(config).replace('"#/$defs/', f'"#/$defs/{name}.')
    inputs = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            given.name: {"description": str(given), **_source(given.many)} for given in stage.inputs.values()
        },
        "required": [given.name for given in stage.inputs.values() if not given.optional],
    }
    found = {f"{name}.config": json.loads(text), f"{name}.inputs": inputs}
    return found | {f"{name}.{key}": value for key, value in inner.items()}


def _source(many: bool) -> dict[str, Any]:
    one = {"type": "string"}
    return {"anyOf": [one, {"type": "array", "items": one}]} if many else one


def _or_variable(info: dict[str, Any]) -> dict[str, Any]:
    if info.get("type") == "string" and "enum" not in info:
        return info
    outside: dict[str, Any] = {key: info[key] for key in ("description", "default", "title") if key in info}
    inside = {key: value for key, value in info.items() if key not in outside}
    return {**outside, "anyOf": [inside, _VARIABLE]}
