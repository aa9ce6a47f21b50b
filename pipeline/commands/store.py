"""scenewright store [show|verify|prune]."""

import argparse
import math

from pipeline.amounts import counted, size_text
from pipeline.commands.arguments import add_store
from pipeline.errors import ScenewrightError, UserError
from pipeline.remote import open_store
from pipeline.store import Store
from pipeline.upkeep import measure, prune, verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="show", choices=["show", "verify", "prune"])
    add_store(parser)
    parser.add_argument("--repair", action="store_true", help="verify: forget damaged results, so that they are remade")
    parser.add_argument("--days", type=float, metavar="N", help="prune: drop what was not used for N days")
    parser.add_argument("--max-gb", type=float, metavar="N", help="prune: drop the longest unused until N GB hold")


def main(parsed: argparse.Namespace) -> int:
    store = open_store(parsed.store)
    return {"show": _show, "verify": _verify, "prune": _prune}[parsed.action](store, parsed)


def _show(store: Store, parsed: argparse.Namespace) -> int:
    size = measure(store)
    print(
        f"{store.address}: {counted(size.results, 'result')} in {counted(size.files, 'file')}, {size_text(size.bytes)}"
    )
    for kind, (count, total) in sorted(size.by_type.items()):
        print(f"  {kind}: {count}, {size_text(total)}")
    if size.work_bytes:
        print(f"  unfinished stages: {size_text(size.work_bytes)}")
    return 0


def _verify(store: Store, parsed: argparse.Namespace) -> int:
    damaged = verify(store, repair=parsed.repair)
    for key, path in damaged:
        print(f"damaged: {key[:16]} {path}")
    if damaged and not parsed.repair:
        raise ScenewrightError(
            f"damaged: {counted(len(damaged), 'stored file')}; --repair forgets such results, to be remade"
        )
    print(
        "every stored file is whole"
        if not damaged
        else f"forgot the results of {counted(len(damaged), 'damaged file')}"
    )
    return 0


def _prune(store: Store, parsed: argparse.Namespace) -> int:
    for option, value in (("--days", parsed.days), ("--max-gb", parsed.max_gb)):
        if value is not None and not 0 <= value < math.inf:
            raise UserError(f"{option} {value:g}: must be 0 or more")
    limit = None if parsed.max_gb is None else round(parsed.max_gb * 1e9)
    gone = prune(store, unused_days=parsed.days, max_bytes=limit)
    print(f"dropped {counted(gone.results, 'result')} and {counted(gone.files, 'file')}, {size_text(gone.bytes)}")
    return 0
