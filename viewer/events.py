"""The run's log of events as a stream: each line once, from where the client was, and word of a changed manifest."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

POLL_SECONDS = 0.2
HEARTBEAT_SECONDS = 15.0
BACKLOG_BYTES = 512 * 1024
"""A client that starts afresh gets the log's last part: what came before is in the manifest."""
HEAD_BYTES = 128
"""Enough of a log to tell it, by the time in its first line, from another one written over it."""
READ_BYTES = 256 * 1024
MAX_LINE_BYTES = 1024 * 1024


@dataclass
class LogTail:
    """Where a reader stands in an appended file of lines: which file it is, and the first byte not yet given out."""

    path: Path
    offset: int | None = None
    identity: tuple[int, int] | None = None
    head: bytes = b""

    def read(self) -> tuple[bool, list[tuple[int, bytes]]]:
        """Whether the log was begun anew since the last call, and each complete new line with the offset after it."""
        try:
            file = self.path.open("rb")
        except OSError:
            return False, []
        with file:
            status = os.fstat(file.fileno())
            identity = (status.st_dev, status.st_ino)
            head = file.read(HEAD_BYTES)
            is_other = self.identity not in (None, identity) or not head.startswith(self.head)
            anew = is_other or (self.offset or 0) > status.st_size
            self.identity, self.head = identity, head
            if anew or self.offset is None:
                self.offset = _backlog_start(file.fileno(), status.st_size)
            file.seek(self.offset)
            return anew, self._split(file.read(READ_BYTES))

    def _split(self, data: bytes) -> list[tuple[int, bytes]]:
        """Complete lines; the rest waits for its end, unless it is longer than any event may be."""
        assert self.offset is not None
        lines = []
        *complete, rest = data.split(b"\n")
        for line in complete:
            self.offset += len(line) + 1
            lines.append((self.offset, line.strip()))
        if not complete and len(rest) >= min(READ_BYTES, MAX_LINE_BYTES):
            self.offset += len(rest)
        return [(offset, line) for offset, line in lines if line.startswith(b"{")]


def _backlog_start(descriptor: int, size: int) -> int:
    """The beginning of the first whole line within the log's last part."""
    if size <= BACKLOG_BYTES:
        return 0
    start = size - BACKLOG_BYTES
    os.lseek(descriptor, start, os.SEEK_SET)
    newline = os.read(descriptor, BACKLOG_BYTES).find(b"\n")
    return start if newline < 0 else start + newline + 1


async def stream(run: Path, after: int | None, is_over: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Server-sent events of a run, until `is_over`.

    `message` is a line of the log, its id the offset after it; `run` says that the manifest was replaced, `anew` that
    another run has begun its own log.
    """
    tail = LogTail(run / "events.jsonl", after)
    manifest, silence = None, 0.0
    yield b"retry: 1000\n\n"
    while not is_over():
        anew, lines = await to_thread.run_sync(tail.read)
        stamp = await to_thread.run_sync(_stamp, run / "run.json")
        sent = b"event: anew\ndata: {}\n\n" if anew else b""
        sent += b"".join(b"id: %d\ndata: %s\n\n" % line for line in lines)
        if stamp != manifest:
            manifest = stamp
            sent += b"event: run\ndata: {}\n\n"
        silence = 0.0 if sent else silence + POLL_SECONDS
        if silence >= HEARTBEAT_SECONDS:
            sent, silence = b": still here\n\n", 0.0
        if sent:
            yield sent
        if len(lines) == 0:
            await asyncio.sleep(POLL_SECONDS)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
