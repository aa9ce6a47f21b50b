"""Arguments that several commands share."""

import argparse
from pathlib import Path
from typing import Any

from pipeline.api import default_store, read_job
from pipeline.job import Job
from pipeline.plan import part_of

_MANY: dict[str, Any] = {"action": "append", "default": []}
_SET = "change the job: stages.surface.config.voxel=0.01"
_STORE = "where results are kept: a folder or an fsspec address (default: %(default)s)"


def add_job(parser: argparse.ArgumentParser, what: str = "the job file") -> None:
    """The job file and the changes to it."""
    parser.add_argument("job", type=Path, help=what)
    parser.add_argument("--set", **_MANY, dest="settings", metavar="PATH=VALUE", help=_SET)
    parser.add_argument("--var", **_MANY, dest="variables", metavar="NAME=VALUE", help="give a variable its value")


def add_store(parser: argparse.ArgumentParser) -> None:
    """Where results are kept."""
    parser.add_argument("--store", default=default_store(), metavar="ADDRESS", help=_STORE)


def add_planning(parser: argparse.ArgumentParser) -> None:
    """What a plan and a run have in common."""
    add_job(parser)
    add_store(parser)
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"], help="default: %(default)s")
    parser.add_argument("--force", **_MANY, metavar="STAGE", help="run it although it is stored")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--until", default="", metavar="STAGE", help="only this stage and what it needs")
    part.add_argument("--only", default="", metavar="STAGE", help="only this stage, from what is stored")


def read(parsed: argparse.Namespace) -> Job:
    """The job that the arguments ask for."""
    job = read_job(parsed.job, variables=parsed.variables, settings=parsed.settings)
    return part_of(job, until=getattr(parsed, "until", ""), only=getattr(parsed, "only", ""))
