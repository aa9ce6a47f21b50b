import pytest

from nerf.style.examples import Examples, Recipe, draw


@pytest.fixture(scope="session")
def few() -> Examples:
    """Six small training objects."""
    return draw("train", range(6), Recipe(views=3, size=32, points=64, captions=2))
