"""From `--executor` to an executor."""

from pipeline.errors import UserError
from pipeline.executors.executor import Executor
from pipeline.executors.local import LocalExecutor


def make_executor(name: str) -> Executor:
    """The executor for `local`, `ray` (a cluster of this machine) or `ray:ADDRESS`."""
    kind, _, address = name.partition(":")
    if kind == "local" and not address:
        return LocalExecutor()
    if kind == "ray":
        from pipeline.executors.ray_cluster import RayExecutor

        return RayExecutor(address)
    raise UserError(f"--executor {name}: no such executor (allowed: local, ray, ray:ADDRESS)")
