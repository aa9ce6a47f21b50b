import http.client
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from viewer.server import make_app
from viewer.sockets import PunctualProtocol

SOON = 0.4


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock for headers runs out soon."""
    monkeypatch.setattr(PunctualProtocol, "headers_within_seconds", SOON)


def connect(address: str) -> socket.socket:
    return socket.create_connection(("localhost", int(address.rsplit(":", 1)[1])), timeout=15)


def is_dropped(connection: socket.socket) -> bool:
    """Whether the server ends the connection; the socket's own time-out fails the test."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def fails_to_send(connection: socket.socket, data: bytes) -> bool:
    time.sleep(SOON / 8)
    try:
        connection.sendall(data)
    except OSError:  # a reset or a broken pipe, as the system likes
        return True
    return False


@pytest.mark.usefixtures("impatient")
def test_half_open_sockets_are_dropped_and_the_server_stays_up(run: Path, serving: Callable[..., Any]) -> None:
    with serving(make_app(run), limit_concurrency=120) as address:
        silent = [connect(address) for _ in range(100)]
        for number, connection in enumerate(silent):
            if number % 2:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert all(is_dropped(connection) for connection in silent)
        answer = http.client.HTTPConnection("localhost", int(address.rsplit(":", 1)[1]), timeout=10)
        answer.request("GET", "/run/run.json")
        assert answer.getresponse().status == 200
        answer.close()
        for connection in silent:
            connection.close()


@pytest.mark.usefixtures("impatient")
def test_a_byte_now_and_then_does_not_keep_a_socket(run: Path, serving: Callable[..., Any]) -> None:
    with serving(make_app(run)) as address, connect(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert any(fails_to_send(connection, b"X: y\r\n") for _ in range(200))


@pytest.mark.usefixtures("impatient")
def test_half_a_second_request_is_dropped_too(run: Path, serving: Callable[..., Any]) -> None:
    with serving(make_app(run)) as address, connect(address) as connection:
        connection.sendall(b"GET /api/session HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT")
        received = b""
        while piece := connection.recv(65536):
            received += piece
        assert received.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.usefixtures("impatient")
def test_an_event_stream_outlives_the_clock(run: Path, serving: Callable[..., Any]) -> None:
    with serving(make_app(run)) as address, connect(address) as connection:
        connection.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(SOON * 2)
        with (run / "events.jsonl").open("a") as log:
            log.write('{"event": "stage_log", "message": "late"}\n')
        received = b""
        while b"late" not in received:
            piece = connection.recv(65536)
            assert piece
            received += piece


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /api/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n" + b"x" * 100_000,
        b"PUT /run/run.json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n" + b"x" * 100_000,
    ],
)
def test_an_upload_of_a_gigabyte_is_refused_before_it_is_read(
    run: Path, serving: Callable[..., Any], request_bytes: bytes
) -> None:
    with serving(make_app(run, start=lambda job: None)) as address, connect(address) as connection:
        connection.sendall(request_bytes)
        answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"connection: close" in answer.lower()


@pytest.mark.parametrize(
    "hostile",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET \x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /api/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET http://evil.example/run/run.json HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
)
def test_hostile_requests_get_an_error_and_the_next_one_an_answer(
    run: Path, serving: Callable[..., Any], hostile: bytes
) -> None:
    with serving(make_app(run)) as address:
        with connect(address) as connection:
            connection.sendall(hostile)
            assert connection.recv(65536)[:10] in (b"HTTP/1.1 4", b"")
        with connect(address) as connection:
            connection.sendall(b"GET /api/session HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
