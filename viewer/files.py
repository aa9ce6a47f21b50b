"""Files of one folder over HTTP: found without leaving it, sent with the right type, by range, once per change."""

import os
import stat
from email.utils import formatdate
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

CHUNK_BYTES = 256 * 1024

MEDIA_TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".exr": "image/x-exr",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".hdr": "image/vnd.radiance",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".ktx2": "image/ktx2",
    ".map": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp4": "video/mp4",
    ".npy": "application/octet-stream",
    ".npz": "application/zip",
    ".obj": "model/obj",
    ".ply": "application/octet-stream",
    ".png": "image/png",
    ".safetensors": "application/octet-stream",
    ".spz": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".usdz": "model/vnd.usdz+zip",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".zip": "application/zip",
}
"""Types by suffix. The system's own table is never asked: some call `.js` plain text, which browsers refuse to run."""


def media_type(name: str) -> str:
    """The type a file is sent as; bytes of no known kind where the suffix says nothing."""
    return MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def find_inside(folder: Path, name: str) -> Path | None:
    """The regular file `name` (forward slashes) of `folder`; None where there is none, or where it lies outside.

    Links are followed only while they stay inside. Hidden files are not found: half-written ones carry a leading dot.
    """
    parts = name.split("/")
    if not all(_is_plain(part) for part in parts):
        return None
    try:
        found = folder.joinpath(*parts).resolve(strict=True)
        inside = found.is_relative_to(folder.resolve(strict=True))
        return found if inside and found.is_file() else None
    except (OSError, RuntimeError, ValueError):  # missing, a loop of links, a name the system cannot hold
        return None


def _is_plain(part: str) -> bool:
    return bool(part) and not part.startswith(".") and part.isprintable() and not set(part) & set('\\:*?"<>|')


class FileAnswer(Response):
    """The file, the part of it that the request's range names, or 304 where the client has it already.

    The size is taken from the opened file and exactly that much is sent: a log that grows or a manifest that is
    replaced meanwhile does not break the answer.
    """

    def __init__(self, path: Path, *, cache: str = "no-cache", headers: dict[str, str] | None = None) -> None:
        super().__init__(media_type=media_type(path.name))
        self.path = path
        self.extra = {"accept-ranges": "bytes", "cache-control": cache, **(headers or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            file = await to_thread.run_sync(_open_regular, self.path)
        except OSError:
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return
        with file:
            await self._send(request, file, os.fstat(file.fileno()), send)

    async def _send(self, request: Request, file: BinaryIO, status: os.stat_result, send: Send) -> None:
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        self.extra |= {"etag": etag, "last-modified": formatdate(status.st_mtime, usegmt=True)}
        known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
        if etag in known:
            await self._start(send, 304)
            return
        asked = request.headers.get("range", "") if request.headers.get("if-range", etag) == etag else ""
        span = parse_range(asked, status.st_size)
        if span is None:
            await self._start(send, 416, {"content-range": f"bytes */{status.st_size}", "content-length": "0"})
            return
        start, stop = span
        lengths = {"content-length": str(stop - start), "content-type": self.media_type or ""}
        if (start, stop) == (0, status.st_size):
            await self._start(send, 200, lengths, more=request.method != "HEAD")
        else:
            lengths["content-range"] = f"bytes {start}-{stop - 1}/{status.st_size}"
            await self._start(send, 206, lengths, more=request.method != "HEAD")
        if request.method != "HEAD":
            await _send_span(request, file, start, stop, send)

    async def _start(
        self, send: Send, status: int, headers: dict[str, str] | None = None, *, more: bool = False
    ) -> None:
        named = [(key.encode(), value.encode()) for key, value in {**self.extra, **(headers or {})}.items()]
        await send({"type": "http.response.start", "status": status, "headers": named})
        if not more:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_span(request: Request, file: BinaryIO, start: int, stop: int, send: Send) -> None:
    """Bytes `start` to `stop` in chunks, ending early (and with it the connection) where the file was cut meanwhile."""
    file.seek(start)
    left = stop - start
    while left > 0 and not await request.is_disconnected():
        chunk = await to_thread.run_sync(file.read, min(left, CHUNK_BYTES))
        if not chunk:
            raise OSError(f"{file.name}: {left} bytes short, it was cut while being sent")
        left -= len(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
    if start == stop:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First and one-past-last byte that a Range header asks for; all for none or several spans; None outside the file.

    >>> parse_range("bytes=10-19", 100), parse_range("bytes=-5", 100), parse_range("bytes=100-", 100)
    ((10, 20), (95, 100), None)
    """
    unit, _, spans = header.partition("=")
    first, dash, last = spans.strip().partition("-")
    is_number = all(text == "" or (text.isascii() and text.isdigit() and len(text) < 20) for text in (first, last))
    if unit.strip().lower() != "bytes" or not dash or not (first or last) or not is_number:
        return 0, size
    if not first:
        return (max(0, size - int(last)), size) if int(last) > 0 and size > 0 else None
    start, stop = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < int(first):
        return 0, size
    return (start, stop) if start < size else None


def _open_regular(path: Path) -> BinaryIO:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileNotFoundError(path)
    return os.fdopen(descriptor, "rb", buffering=0)
