"""Reads a job, checks it, plans it, runs it and remembers it. From Python: `read_job`, `plan` and `run`."""

from pipeline.api import plan, read_job, run

__all__ = ["plan", "read_job", "run"]
