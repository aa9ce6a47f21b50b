"""Old job files keep working: one step per released format version, each with a test that keeps an old file."""

from collections.abc import Callable, Mapping
from typing import Any

VERSION = 1

Step = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: Mapping[int, Step] = {}
"""From version n to n + 1, by n. Empty until there is a version 2."""


def migrate(document: dict[str, Any], steps: Mapping[int, Step] = STEPS, newest: int = VERSION) -> dict[str, Any]:
    """The document in the newest format. A missing version means the newest; errors are ValueErrors about `version`."""
    version = document.get("version", newest)
    if not isinstance(version, int) or isinstance(version, bool):
        raise ValueError(f"must be a whole number (got {version!r})")
    if not 1 <= version <= newest:
        known = f"versions 1 to {newest}" if newest > 1 else "version 1"
        raise ValueError(f"this release reads {known} (got {version})")
    for number in range(version, newest):
        document = {**steps[number](document), "version": number + 1}
    return {**document, "version": newest}
