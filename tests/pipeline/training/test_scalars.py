import struct
from pathlib import Path

import pytest

from pipeline.training.run import TrainingRun
from pipeline.training.scalars import Scalars, masked_sum, record


def records(data: bytes) -> list[bytes]:
    """The payloads of a file of records, their sums checked."""
    found = []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked_sum(data[:8])
        payload = data[12 : 12 + length]
        assert struct.unpack("<I", data[12 + length : 16 + length])[0] == masked_sum(payload)
        found.append(payload)
        data = data[16 + length :]
    return found


def test_the_sum_is_crc_32c_masked() -> None:
    """Of "123456789" it is e3069283, by RFC 3720."""
    crc = 0xE3069283
    assert masked_sum(b"123456789") == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_a_record_frames_its_data() -> None:
    assert records(record(b"abc") + record(b"")) == [b"abc", b""]


def test_events_hold_step_name_and_number(tmp_path: Path) -> None:
    scalars = Scalars(tmp_path)
    scalars(300, {"loss": 0.5, "psnr": 18.25})
    (path,) = tmp_path.glob("events.out.tfevents.*")
    first, loss, psnr = records(path.read_bytes())
    assert first[9:] == b"\x1a\x0dbrain.Event:2"
    assert loss[9:] == b"\x10\xac\x02" + b"\x2a\x0d\x0a\x0b\x0a\x04loss\x15" + struct.pack("<f", 0.5)
    assert psnr.endswith(struct.pack("<f", 18.25))


def test_a_run_that_is_told_to_writes_what_it_logs(tmp_path: Path) -> None:
    with_board = TrainingRun("toy", tmp_path, scalars=Scalars(tmp_path / "board"), tell=lambda line: None)
    with_board.log(1, {"loss": 2.0})
    (path,) = (tmp_path / "board").iterdir()
    assert b"loss" in path.read_bytes()


@pytest.mark.extra
def test_tensorboard_reads_it(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    Scalars(tmp_path)(7, {"loss": 0.25})
    read = accumulator.EventAccumulator(str(tmp_path)).Reload()
    assert [(event.step, event.value) for event in read.Scalars("loss")] == [(7, 0.25)]
