"""What the tests of the framework share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def toys() -> str:
    """Where the catalogue of toy stages is: what `load_catalogue` and a run take."""
    return f"{Path(__file__).with_name('toys.py')}:CATALOGUE"
