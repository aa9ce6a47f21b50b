"""From `--executor` to an executor."""

import pytest

from pipeline.errors import UserError
from pipeline.executors.choice import make_executor
from pipeline.executors.local import LocalExecutor


def test_local_is_processes_of_this_machine() -> None:
    assert isinstance(make_executor("local"), LocalExecutor)


@pytest.mark.parametrize("name", ["", "locale", "slurm", "local:8", "Ray"])
def test_anything_else_names_what_is_allowed(name: str) -> None:
    with pytest.raises(UserError, match=rf"--executor {name}: no such executor \(allowed: local, ray, ray:ADDRESS\)"):
        make_executor(name)
