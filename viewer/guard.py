"""Who may ask for what: the page's own origin, with the token where one is set, small requests, and no dawdling."""

import asyncio
import hashlib
import hmac
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
MAX_BODY_BYTES = 1024 * 1024
CLIENT_PATIENCE_SECONDS = 30.0
"""How long a piece of an answer waits for a client that has stopped reading, and a piece of a body for its sender."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' data: blob:; font-src 'self'; "
    "frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""`wasm-unsafe-eval` and workers from blobs are what three.js' Draco and Basis decoders need; no more is let in."""

SECURITY_HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "xr-spatial-tracking=(self), camera=(), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guard:
    """Refuses, before anything is read: other hosts (DNS rebinding), other origins, missing tokens, large bodies.

    `hosts` are the names and addresses, without port, by which the server may be called.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = LOOPBACK_NAMES, token: str | None = None) -> None:
        self.app = app
        self.hosts = frozenset(name.lower() for name in hosts)
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page listens to server-sent events: it has no socket to join
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        refusal = self.refuse(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send, {**SECURITY_HEADERS, "connection": "close"}))
            return
        extra = dict(SECURITY_HEADERS)
        if self.token and self.token in _tokens_in_query(scope):
            extra["set-cookie"] = self._cookie(scope)
        await self.app(scope, _Body(receive).receive, _with_headers(send, extra))

    def refuse(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        """The answer to a request that must not go on; None where it may."""
        if not self._knows_host(headers.get("host", "")):
            return PlainTextResponse("This server does not go by that name.", 421)
        if _is_foreign(scope, headers):
            return PlainTextResponse("Requests from other sites are refused.", 403)
        if self.token and not self._has_token(scope, headers):
            return PlainTextResponse("The address printed by `scenewright view` carries a token; open that one.", 401)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or len(length) > 18 or int(length) > MAX_BODY_BYTES:
            return PlainTextResponse(f"The request may carry at most {MAX_BODY_BYTES} bytes.", 413)
        if scope["method"] in ("GET", "HEAD") and (int(length) or "transfer-encoding" in headers):
            return PlainTextResponse("A request that reads carries no body.", 413)
        return None

    def _knows_host(self, host: str) -> bool:
        name, colon, port = host.lower().rpartition(":")
        if not colon or host.endswith("]"):
            name, port = host.lower(), ""
        return name in self.hosts and (not port or port.isdigit())

    def _has_token(self, scope: Scope, headers: Headers) -> bool:
        given = [*_tokens_in_query(scope), *_tokens_in_cookies(headers.getlist("cookie"), self.cookie_name)]
        bearer = headers.get("authorization", "")
        if bearer.startswith("Bearer "):
            given.append(bearer.removeprefix("Bearer ").strip())
        assert self.token is not None
        return any(hmac.compare_digest(text.encode(), self.token.encode()) for text in given)

    @property
    def cookie_name(self) -> str:
        """Cookies are shared by all ports of a machine: the name tells two viewers apart and gives nothing away."""
        return "scenewright-" + hashlib.sha256((self.token or "").encode()).hexdigest()[:12]

    def _cookie(self, scope: Scope) -> str:
        secure = "; Secure" if scope["scheme"] == "https" else ""
        return f"{self.cookie_name}={self.token}; Path=/; HttpOnly; SameSite=Strict{secure}"


def _is_foreign(scope: Scope, headers: Headers) -> bool:
    """Whether another site asks: by its Origin, or by what the browser says of where the request comes from.

    A link on another site may lead to the page itself; from there on the page asks.
    """
    for origin in headers.getlist("origin"):
        try:
            asked_by = urlsplit(origin)
        except ValueError:
            return True
        if (asked_by.scheme, asked_by.netloc.lower()) != (scope["scheme"], headers.get("host", "").lower()):
            return True
    site = headers.get("sec-fetch-site", "none")
    opens_page = (
        scope["path"] == "/"
        and scope["method"] == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    return site not in ("none", "same-origin") and not opens_page


def _tokens_in_query(scope: Scope) -> list[str]:
    try:
        return parse_qs(scope["query_string"].decode("ascii"), max_num_fields=20).get("token", [])
    except ValueError:
        return []


def _tokens_in_cookies(lines: list[str], name: str) -> list[str]:
    found = []
    for line in lines:
        try:
            found += [cookie.value for key, cookie in SimpleCookie(line).items() if key == name]
        except CookieError:
            continue
    return found


class _Body:
    """Receives at most the allowed bytes, each piece within the allowed time; beyond that the client counts as gone."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0
        self._done = False

    async def receive(self) -> Message:
        if self._done:  # what comes now is only the news that the client has gone
            return await self._receive()
        try:
            async with asyncio.timeout(CLIENT_PATIENCE_SECONDS):
                message = await self._receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._size += len(message.get("body", b""))
        self._done = not message.get("more_body", False)
        return message if self._size <= MAX_BODY_BYTES else {"type": "http.disconnect"}


def _with_headers(send: Send, extra: dict[str, str]) -> Send:
    async def patient_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in extra.items():
                headers.setdefault(name, value)
        async with asyncio.timeout(CLIENT_PATIENCE_SECONDS):
            await send(message)

    return patient_send
