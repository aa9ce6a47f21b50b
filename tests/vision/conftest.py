"""Small networks are faster on one thread, and never wait for other programs' threads."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.path.name.startswith(
        ("test_depth_net", "test_efficientnet", "test_depth_training", "test_inpaint_")
    ):
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
