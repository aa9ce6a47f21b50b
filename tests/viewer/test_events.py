import asyncio
import json
from pathlib import Path

from viewer.events import BACKLOG_BYTES, LogTail, stream


def write(path: Path, *texts: str) -> None:
    with path.open("a") as file:
        file.writelines(text + "\n" for text in texts)


def test_each_line_comes_once_with_the_offset_after_it(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    tail = LogTail(log)
    assert tail.read() == (False, [])
    write(log, '{"a": 1}', '{"b": 2}')
    assert tail.read() == (False, [(9, b'{"a": 1}'), (18, b'{"b": 2}')])
    assert tail.read() == (False, [])
    write(log, '{"c": 3}')
    assert tail.read() == (False, [(27, b'{"c": 3}')])


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_text('{"a": 1}\n{"b"')
    tail = LogTail(log)
    assert tail.read()[1] == [(9, b'{"a": 1}')]
    write(log, ": 2}")
    assert tail.read()[1] == [(18, b'{"b": 2}')]


def test_a_reader_goes_on_from_its_offset(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    write(log, '{"a": 1}', '{"b": 2}')
    assert LogTail(log, 9).read()[1] == [(18, b'{"b": 2}')]


def test_another_runs_log_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    write(log, '{"a": 1}', '{"b": 2}')
    tail = LogTail(log)
    tail.read()
    (tmp_path / "new").write_text('{"c": 3}\n')
    (tmp_path / "new").replace(log)
    assert tail.read() == (True, [(9, b'{"c": 3}')])


def test_a_shortened_log_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    write(log, '{"a": 1}', '{"b": 2}')
    tail = LogTail(log)
    tail.read()
    log.write_text('{"c": 3}\n')
    assert tail.read() == (True, [(9, b'{"c": 3}')])


def test_a_log_written_over_by_a_longer_one_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_text('{"time": 1}\n')
    tail = LogTail(log)
    tail.read()
    log.write_text('{"time": 2}\n{"b": 2}\n')
    assert tail.read() == (True, [(12, b'{"time": 2}'), (21, b'{"b": 2}')])


def test_an_offset_past_the_end_counts_as_another_log(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    write(log, '{"a": 1}')
    assert LogTail(log, 10**15).read() == (True, [(9, b'{"a": 1}')])


def test_of_a_long_log_a_new_reader_gets_whole_lines_of_its_last_part(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    write(log, *(json.dumps({"n": n, "pad": "x" * 100}) for n in range(12_000)))
    tail, lines = LogTail(log), []
    while new := tail.read()[1]:
        lines += new
    numbers = [json.loads(line)["n"] for _, line in lines]
    assert numbers == list(range(numbers[0], 12_000))
    assert BACKLOG_BYTES - 200 < sum(len(line) + 1 for _, line in lines) <= BACKLOG_BYTES


def test_lines_that_are_no_objects_are_left_out(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_bytes(b'\n\xff\xfe\nnull\n{"a": 1}\n')
    assert [line for _, line in LogTail(log).read()[1]] == [b'{"a": 1}']


def test_a_line_without_end_does_not_stop_the_log(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_bytes(b'{"' + b"x" * 3_000_000 + b'\n{"a": 1}\n')
    tail, lines = LogTail(log, 0), []
    for _ in range(30):
        lines += tail.read()[1]
    assert lines[-1][1] == b'{"a": 1}'


def test_the_stream_tells_of_lines_and_of_a_changed_manifest(tmp_path: Path) -> None:
    log, manifest = tmp_path / "events.jsonl", tmp_path / "run.json"
    write(log, '{"a": 1}')
    pieces: list[bytes] = []

    async def collect() -> None:
        async for piece in stream(tmp_path, None, lambda: any(b'{"b": 2}' in piece for piece in pieces)):
            pieces.append(piece)
            if b'{"a": 1}' in piece:
                manifest.write_text("{}")
            if b"event: run" in piece:
                write(log, '{"b": 2}')

    asyncio.run(asyncio.wait_for(collect(), 20))
    received = b"".join(pieces)
    assert received.startswith(b"retry: 1000\n\n")
    assert b'id: 9\ndata: {"a": 1}\n\n' in received
    assert received.count(b"event: run\ndata: {}\n\n") == 1
    assert received.count(b'id: 18\ndata: {"b": 2}\n\n') == 1
