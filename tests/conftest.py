"""What every test may ask for: the real data that lies beside a checkout, and the devices and tools a test needs."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NODE_HINT = "needs Node.js and the test packages: npm ci --prefix tests/node"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real captures, photos and rooms; a test that needs it skips where it is missing."""
    folder = Path(os.environ.get("SCENEWRIGHT_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the real captures: set SCENEWRIGHT_DATA (looked in {folder})")
    return folder


@pytest.fixture(scope="session")
def validate_glb() -> Callable[..., list[dict[str, Any]]]:
    """A function that has files checked by the Khronos glTF validator, fails on any error, and returns the reports.

    Takes any number of paths; one call for many files is much faster than a call each.
    """
    if _node_missing():
        pytest.skip(NODE_HINT)

    def validate(*paths: Path) -> list[dict[str, Any]]:
        command = ["node", str(ROOT / "tests/node/val.mjs"), *map(str, paths)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        reports = [json.loads(line) for line in lines]
        assert len(reports) == len(paths)
        for path, report in zip(paths, reports, strict=True):
            errors = [message for message in report["issues"]["messages"] if message["severity"] == 0]
            assert report["issues"]["numErrors"] == 0, f"{path}: {errors}"
        return reports

    return validate


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        reason = _missing(item)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


def _missing(item: pytest.Item) -> str | None:
    """Why this test cannot run here, with what to install; None where it can."""
    if item.get_closest_marker("gpu") and not _has_cuda():
        return "needs a CUDA device"
    if item.get_closest_marker("browser") and not (shutil.which("chromium") or shutil.which("google-chrome")):
        return "needs Chromium: apt-get install chromium"
    if item.get_closest_marker("node") and _node_missing():
        return NODE_HINT
    return None


def _node_missing() -> bool:
    return not (shutil.which("node") and (ROOT / "tests/node/node_modules").is_dir())


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())
