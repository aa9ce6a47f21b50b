"""The JSON Schema agrees with the reader: what one refuses, the other refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pipeline.errors import JobError
from pipeline.job import Job
from pipeline.schema import job_schema, schema_text
from pipeline.stage import Catalogue


@pytest.fixture(scope="module")
def validator(catalogue: Catalogue) -> Draft202012Validator:
    schema = json.loads(schema_text(catalogue))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_schema_is_text_of_what_is_generated(catalogue: Catalogue) -> None:
    assert json.loads(schema_text(catalogue)) == json.loads(json.dumps(job_schema(catalogue)))
    assert job_schema(catalogue)["title"] == "Scenewright job, version 1"


def test_every_stage_and_setting_is_in_it_with_its_description(catalogue: Catalogue) -> None:
    schema = job_schema(catalogue)
    assert schema["$defs"]["StageDocument"]["properties"]["stage"]["enum"] == list(catalogue)
    for name, stage in catalogue.items():
        config = schema["$defs"][f"{name}.config"]
        assert config["description"] == stage.summary
        assert config["additionalProperties"] is False
        assert {key: value["description"] for key, value in config["properties"].items()} == {
            key: info.description for key, info in stage.config.model_fields.items()
        }
        assert set(schema["$defs"][f"{name}.inputs"]["properties"]) == set(stage.inputs)
    for definition in ("JobDocument", "StageDocument"):
        properties = schema["properties"] if definition == "JobDocument" else schema["$defs"][definition]["properties"]
        assert all("description" in value for value in properties.values())


GOOD: list[dict[str, Any]] = [
    {"stages": {"a": {"stage": "make"}}},
    {"$schema": "x", "version": 1, "name": "n", "seed": 7, "stages": {"a": {"stage": "make", "config": {"value": 2}}}},
    {"variables": {"n": 1, "t": "x"}, "stages": {"a": {"stage": "make", "config": {"value": "${n}"}}}},
    {
        "stages": {
            "a": {"stage": "make", "sweep": {"value": [1, 2]}},
            "b": {"stage": "total", "inputs": {"numbers": "a"}},
        }
    },
    {"stages": {"a": {"stage": "make"}, "b": {"stage": "total", "inputs": {"numbers": ["a", "a"]}}}},
    {"stages": {"a": {"stage": "make"}, "b": {"stage": "join", "inputs": {"parts": ["a"]}}}},
    {"stages": {"a": {"stage": "say", "map": {"text": {"files": "*.txt"}}}}},
    {"stages": {"a": {"stage": "read", "map": {"path": {"files": "*.txt"}}}}},
    {"stages": {"a": {"stage": "collect", "config": {"paths": ["a.txt"], "extra": None}}}},
    {"stages": {"a": {"stage": "make", "seed": 1, "retries": 2, "timeout": 3, "resources": {"cpu": 0, "gpu": 1}}}},
]

WRONG: list[dict[str, Any]] = [
    {},
    {"stages": {}},
    {"stages": []},
    {"stages": {"a": {}}},
    {"stages": {"a": {"stage": "nope"}}},
    {"stages": {"a": {"stage": "make"}}, "extra": 1},
    {"stages": {"a": {"stage": "make", "extra": 1}}},
    {"stages": {"a": {"stage": "make"}}, "seed": -1},
    {"stages": {"a": {"stage": "make"}}, "name": "../x"},
    {"stages": {"bad id!": {"stage": "make"}}},
    {"stages": {"a": {"stage": "make", "config": {"value": "0.02"}}}},
    {"stages": {"a": {"stage": "make", "config": {"value": True}}}},
    {"stages": {"a": {"stage": "make", "config": {"value": -1}}}},
    {"stages": {"a": {"stage": "make", "config": {"mode": "louder"}}}},
    {"stages": {"a": {"stage": "make", "config": {"valeu": 1}}}},
    {"stages": {"a": {"stage": "make"}, "b": {"stage": "add", "inputs": {"right": "a"}}}},
    {"stages": {"a": {"stage": "make"}, "b": {"stage": "add", "inputs": {"left": ["a"]}}}},
    {"stages": {"a": {"stage": "make"}, "b": {"stage": "add", "inputs": {"left": "a", "rihgt": "a"}}}},
    {"stages": {"a": {"stage": "add"}}},
    {"stages": {"a": {"stage": "make", "map": {"value": {"file": "*"}}}}},
    {"stages": {"a": {"stage": "make", "sweep": {"value": 5}}}},
    {"stages": {"a": {"stage": "slow", "config": {"steps": 2.5}}}},
    {"stages": {"a": {"stage": "collect", "config": {"paths": "a.txt"}}}},
    {"stages": {"a": {"stage": "make", "resources": {"gpus": 1}}}},
]  # fmt: skip


@pytest.mark.parametrize("document", GOOD)
def test_what_the_reader_takes_the_schema_takes(
    document: dict[str, Any], validator: Draft202012Validator, check: Callable[..., Job], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").touch()
    check(**document)
    assert list(validator.iter_errors(document)) == []


@pytest.mark.parametrize("document", WRONG)
def test_what_the_schema_can_know_to_be_wrong_both_refuse(
    document: dict[str, Any], validator: Draft202012Validator, check: Callable[..., Job]
) -> None:
    with pytest.raises(JobError):
        check(**{"stages": None, **document})
    assert list(validator.iter_errors(document))


def test_a_resolved_job_is_valid(validator: Draft202012Validator, check: Callable[..., Job]) -> None:
    stages = {"a": {"stage": "make", "sweep": {"value": [1, 2]}}, "b": {"stage": "total", "inputs": {"numbers": "a"}}}
    assert list(validator.iter_errors(check(stages).resolved())) == []


def test_the_kept_job_of_every_version_is_valid(validator: Draft202012Validator) -> None:
    document = json.loads((Path(__file__).parent / "jobs" / "version_1.json").read_text())
    assert list(validator.iter_errors(document)) == []
