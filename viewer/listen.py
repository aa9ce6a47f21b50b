"""One port, opened and closed cleanly: on this machine alone, or on the local network behind HTTPS and a token."""

import asyncio
import secrets
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import FrameType
from typing import Any

import uvicorn
from starlette.applications import Starlette

from viewer.guard import LOOPBACK_NAMES
from viewer.sockets import PunctualProtocol

MAX_CONNECTIONS = 256
PORTS_TRIED = 20
LOOPBACK_ADDRESSES = ("127.0.0.1", "localhost", "::1")


def serve(make: Callable[..., Starlette], *, host: str | None, port: int, lan: bool, open_browser: bool) -> None:
    """Serve the application that `make(hosts=, token=, invitation=)` gives, until Ctrl-C."""
    if not lan and host not in (None, *LOOPBACK_ADDRESSES):
        raise ValueError(
            f"host: must be one of {', '.join(LOOPBACK_ADDRESSES)} unless the network is let in with --lan (got {host})"
        )
    with _listening(host or ("0.0.0.0" if lan else "127.0.0.1"), port) as listener:
        (_serve_network if lan else _serve_here)(make, listener, open_browser)


def _serve_here(make: Callable[..., Starlette], listener: socket.socket, open_browser: bool) -> None:
    port = listener.getsockname()[1]
    address = f"http://localhost:{port}/"
    invitation = {"address": address, "lan": False, "adb": f"adb reverse tcp:{port} tcp:{port}", "qr": None}
    app = make(hosts=LOOPBACK_NAMES, token=None, invitation=invitation)
    _run(app, listener, {}, [address], address if open_browser else None)


def _serve_network(make: Callable[..., Starlette], listener: socket.socket, open_browser: bool) -> None:
    from viewer import lan

    port = listener.getsockname()[1]
    token = secrets.token_urlsafe(24)
    names = lan.own_names()
    address = f"https://{names[0]}:{port}/?token={token}"
    invitation = {
        "address": address,
        "lan": True,
        "adb": f"adb reverse tcp:{port} tcp:{port}",
        "qr": lan.qr_picture(address),
    }
    app = make(hosts=LOOPBACK_NAMES | frozenset(map(lan.bracketed, names)), token=token, invitation=invitation)
    with TemporaryDirectory(prefix="scenewright-") as folder:
        certificate, key = lan.write_certificate(Path(folder), names)
        lines = [
            *(f"https://{lan.bracketed(name)}:{port}/?token={token}" for name in names),
            "",
            lan.qr_text(address),
            "The browser warns of a certificate that nobody signed: it was made just now, for this address.",
            "Its SHA-256 begins with " + lan.fingerprint(certificate),
        ]
        here = f"https://localhost:{port}/?token={token}"
        _run(app, listener, {"ssl_certfile": certificate, "ssl_keyfile": key}, lines, here if open_browser else None)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket on `port`, or on the next free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port <= 65535:
        raise ValueError(f"port: must be between 0 and 65535 (got {port})")
    for candidate in range(port, min(port + PORTS_TRIED, 65536)) if port else [0]:
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(MAX_CONNECTIONS)
        except OSError as error:
            listener.close()
            last = error
            continue
        with listener:
            yield listener
        return
    raise OSError(f"port: none of {port} to {port + PORTS_TRIED - 1} can be had on {host} ({last.strerror})")


@contextmanager
def serving(app: Starlette, port: int = 0, **settings: Any) -> Iterator[str]:
    """Serve the application to this machine from a thread, at the address that is given; `settings` are uvicorn's."""
    with _listening("127.0.0.1", port) as listener:
        server = Server(_config(app, **settings), app)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://localhost:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join()


def _config(app: Starlette, **settings: Any) -> uvicorn.Config:
    ours = {
        "http": PunctualProtocol,
        "ws": "none",
        "lifespan": "off",
        "log_config": None,
        "log_level": "critical",
        "access_log": False,
        "server_header": False,
        "limit_concurrency": MAX_CONNECTIONS,
        "timeout_keep_alive": 15,
        "timeout_graceful_shutdown": 2,
    }
    return uvicorn.Config(app, **{**ours, **settings})


def _run(app: Starlette, listener: socket.socket, tls: dict[str, Path], lines: list[str], open_at: str | None) -> None:
    config = _config(app, **tls)

    def announce() -> None:
        print(*lines, sep="\n", flush=True)
        if open_at:  # some browsers run in the foreground, and the server must answer them
            Thread(target=webbrowser.open, args=[open_at], daemon=True).start()

    with suppress(KeyboardInterrupt):
        Server(config, app, announce).run(sockets=[listener])


class Server(uvicorn.Server):  # type: ignore[misc]
    """uvicorn's server, which ends the application's event streams and leaves no connection open when it stops."""

    def __init__(self, config: uvicorn.Config, app: Starlette, announce: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._app, self._announce = app, announce

    def stop(self) -> None:
        """Ask the server to end; it may be called from any thread."""
        self._app.state.closing = True
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stop()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announce the address once connections are answered and Ctrl-C is heard, so that neither is lost."""
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """A transport that is closed while its client reads nothing waits for ever; what is left is cut."""
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # lets the loop close the sockets of the transports just cut
