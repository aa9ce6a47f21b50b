"""What every test may ask for: the real data that lies beside a checkout, and the devices and tools a test needs."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real captures, photos and rooms; a test that needs it skips where it is missing."""
    folder = Path(os.environ.get("SCENEWRIGHT_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the real captures: set SCENEWRIGHT_DATA (looked in {folder})")
    return folder


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
    if item.get_closest_marker("node") and not (shutil.which("node") and (ROOT / "tests/node/node_modules").is_dir()):
        return "needs Node.js and the test packages: npm ci --prefix tests/node"
    return None


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())
