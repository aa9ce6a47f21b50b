from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from pipeline import weights
from pipeline.weights import SHIPPED, check_files, halve, identity, read_card, weights_folder, write_card

ABOUT = {
    "name": "some", "summary": "Some", "command": "none", "seed": 0, "device": "CPU", "cpu_seconds": 1.0,
    "data": "none", "metrics": {"psnr": 1.0}, "licence": "Apache-2.0",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_file({"a": np.arange(4, dtype=np.float32)}, tmp_path / "model.safetensors")
    write_card(tmp_path, ABOUT)
    return tmp_path


def test_weights_that_agree_with_their_card_are_found(folder: Path) -> None:
    assert weights_folder(folder) == folder
    assert read_card(folder).files.keys() == {"model.safetensors"}


def test_a_changed_file_is_refused(folder: Path) -> None:
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(ValueError, match=r"model.safetensors must have the SHA-256 \w{12}\.\.\. of its card"):
        weights_folder(folder)


def test_a_missing_file_and_a_missing_card_are_named(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors is missing, its card names it"):
        weights_folder(folder)
    with pytest.raises(FileNotFoundError, match=r"no card.json in .* \(weights that ship: "):
        weights_folder("no-such-weights")


def test_a_card_that_says_something_else_is_refused(folder: Path) -> None:
    (folder / "card.json").write_text('{"name": 3}')
    with pytest.raises(ValueError, match="is no card of weights"):
        read_card(folder)


def test_identity_follows_the_bytes(folder: Path) -> None:
    before = identity(folder)
    save_file({"a": np.ones(4, np.float32)}, folder / "model.safetensors")
    write_card(folder, ABOUT)
    assert before.startswith("some:")
    assert identity(folder) != before


def test_numbers_too_large_for_16_bits_are_refused(tmp_path: Path) -> None:
    save_file({"a": np.array([1e6], np.float32)}, tmp_path / "a.safetensors")
    with pytest.raises(ValueError, match="a holds numbers that 16 bits cannot"):
        halve(tmp_path / "a.safetensors")
    assert load_file(tmp_path / "a.safetensors")["a"].dtype == np.float32


@pytest.mark.parametrize("card", sorted(SHIPPED.glob("*/card.json")), ids=lambda path: path.parent.name)
def test_everything_that_ships_agrees_with_its_card(card: Path) -> None:
    check_files(card.parent)
    assert read_card(card.parent).name == card.parent.name
    assert read_card(card.parent).licence


def test_what_ships_fits_a_small_download() -> None:
    assert sum(path.stat().st_size for path in weights.SHIPPED.rglob("*") if path.is_file()) < 40_000_000
