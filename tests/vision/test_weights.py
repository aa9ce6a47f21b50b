from pathlib import Path

import pytest
import torch

from vision.weights import read_weights, write_weights


def test_weights_and_channels_survive_the_disk(tmp_path: Path) -> None:
    network = torch.nn.Linear(3, 2)
    write_weights(tmp_path / "w.safetensors", network, kind="line", channels=(3, 2), card={"seed": "1"})
    channels, state = read_weights(tmp_path / "w.safetensors", kind="line")
    assert channels == (3, 2)
    assert all(torch.equal(state[key], value) for key, value in network.state_dict().items())


def test_what_is_no_such_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    with pytest.raises(FileNotFoundError, match="no such weights"):
        read_weights(path, kind="line")
    path.write_bytes(b"\x80\x04pickled")
    with pytest.raises(ValueError, match="is no safetensors file"):
        read_weights(path, kind="line")
    write_weights(path, torch.nn.Linear(1, 1), kind="line", channels=(1,))
    with pytest.raises(ValueError, match="holds no plane"):
        read_weights(path, kind="plane")
