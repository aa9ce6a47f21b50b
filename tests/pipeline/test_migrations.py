"""Old job files keep working: the chain of steps, and a kept file of every released version."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.job import read_job
from pipeline.migrations import STEPS, VERSION, migrate
from pipeline.stage import Catalogue

JOBS = Path(__file__).parent / "jobs"


def rename_nodes(document: dict[str, Any]) -> dict[str, Any]:
    """A made-up step: version 1 called the stages nodes."""
    changed = {key: value for key, value in document.items() if key != "nodes"}
    return {**changed, "stages": document["nodes"]}


def number_seed(document: dict[str, Any]) -> dict[str, Any]:
    """A made-up step: version 2 wrote the seed as text."""
    return {**document, "seed": int(document["seed"])}


FAKE = {1: rename_nodes, 2: number_seed}


def test_each_released_version_has_a_kept_file_and_a_step_to_the_next() -> None:
    assert [path.name for path in sorted(JOBS.glob("version_*.json"))] == [
        f"version_{n}.json" for n in range(1, VERSION + 1)
    ]
    assert sorted(STEPS) == list(range(1, VERSION))


def test_a_kept_file_of_version_1_loads_for_ever(catalogue: Catalogue) -> None:
    job = read_job(JOBS / "version_1.json", catalogue, variables=["greeting=good day"])
    assert job.name == "kept"
    assert job.description.startswith("Written for the first release")
    assert job.seed == 7
    assert list(job.nodes) == [
        *("number", "grid[0.5,plain]", "grid[0.5,loud]", "grid[2,plain]", "grid[2,loud]", "lines[good_day]"),
        *(
            "lines[hello]",
            "guess",
            "sum",
            "both[0.5,plain]",
            "both[0.5,loud]",
            "both[2,plain]",
            "both[2,loud]",
            "words",
        ),
    ]
    both = job.nodes["both[2,loud]"]
    assert both.inputs == {"left": ("grid[2,loud]",), "right": ("number",)}
    assert (both.retries, both.timeout, both.resources.cpu, both.resources.memory_gb) == (2, 60.0, 2, 0.25)
    assert job.nodes["guess"].seed == 11
    assert job.nodes["sum"].inputs["numbers"][-2:] == ("grid[2,loud]", "guess")
    assert job.nodes["words"].config.model_dump()["path"] == JOBS / "words.txt"


def test_steps_are_applied_in_order_from_the_version_a_file_has() -> None:
    first = {"version": 1, "nodes": {"a": 1}, "seed": "7"}
    assert migrate(first, FAKE, 3) == {"version": 3, "stages": {"a": 1}, "seed": 7}
    second = {"version": 2, "stages": {"a": 1}, "seed": "7"}
    assert migrate(second, FAKE, 3) == {"version": 3, "stages": {"a": 1}, "seed": 7}
    third = {"version": 3, "stages": {}, "seed": 7}
    assert migrate(third, FAKE, 3) == third
    assert first == {"version": 1, "nodes": {"a": 1}, "seed": "7"}, "the document that was given is left alone"


def test_a_file_without_a_version_is_of_the_newest() -> None:
    assert migrate({"stages": {}}, FAKE, 3) == {"version": 3, "stages": {}}


@pytest.mark.parametrize("version", ["1", 1.0, True, None, [1]])
def test_a_version_that_is_no_whole_number_is_refused(version: object) -> None:
    with pytest.raises(ValueError, match=r"must be a whole number \(got "):
        migrate({"version": version}, FAKE, 3)


@pytest.mark.parametrize("version", [0, -1, 4, 10**30])
def test_a_version_from_the_future_or_from_nowhere_names_what_is_read(version: int) -> None:
    with pytest.raises(ValueError, match=rf"this release reads versions 1 to 3 \(got {version}\)"):
        migrate({"version": version}, FAKE, 3)
