"""The server of one run's folder: the page, the folder's files, and the run's events as they happen."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from viewer import events
from viewer.answers import FRESH, problem
from viewer.files import FileAnswer, find_inside
from viewer.guard import LOOPBACK_NAMES, Guard
from viewer.listen import serve as serve_app
from viewer.live import LiveFields, live_routes
from viewer.rooms import RoomDesk, room_routes

PAGE = Path(__file__).parent / "page"
TARGETS = Path(__file__).parents[1] / "assets" / "targets"
MAX_STREAMS = 24
SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; media-src data: blob:; font-src data:"
)
"""For documents that a run has made: they may compute, but they are strangers to the page and reach no address."""

WORKER_POLICY = "default-src 'none'; script-src 'unsafe-eval' 'wasm-unsafe-eval'"
"""For the worker that transcodes KTX2: Basis' code evaluates text, so it does that where it can reach nothing."""

Start = Callable[[dict[str, Any]], None]
"""Begins a run of the run's own job in the background, with settings changed as `{"stages.capture.config.every": 2}`
says; raises ValueError with what is wrong."""


def make_app(
    run: Path,
    *,
    start: Start | None = None,
    token: str | None = None,
    against: Path | None = None,
    hosts: Iterable[str] = LOOPBACK_NAMES,
    invitation: dict[str, Any] | None = None,
    rooms: RoomDesk | None = None,
    fields: LiveFields | None = None,
) -> Starlette:
    """The ASGI application that serves the run in folder `run`, and nothing outside it.

    `against` is a second run to compare with; `hosts` are the names it answers to; `invitation` is what the page says
    about joining from a headset; `rooms` is there when rooms can be outlined on the page, and `fields`
    when radiance fields can be painted. Setting `app.state.closing` ends the event streams.
    """
    site = _Site(run, against, start, invitation, rooms is not None, fields is not None)
    routes = [
        Route("/", site.page),
        Route("/page/{name:path}", site.page_file),
        Route("/run/{name:path}", site.run_file),
        Route("/against/{name:path}", site.against_file),
        Route("/api/session", site.session),
        Route("/api/events", site.event_stream),
        Route("/api/start", site.start_run, methods=["POST"]),
        *(room_routes(rooms) if rooms else []),
        *(live_routes(fields) if fields else []),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, hosts=frozenset(hosts), token=token)])
    app.state.closing = False
    return app


def serve(
    run: Path,
    *,
    host: str | None = None,
    port: int = 8000,
    lan: bool = False,
    open_browser: bool = False,
    start: Start | None = None,
    against: Path | None = None,
    rooms: RoomDesk | None = None,
    fields: LiveFields | None = None,
) -> None:
    """Serve the run until Ctrl-C and print where; with `lan`, over HTTPS and with a token, to the local network.

    A port that is taken gives way to the next free one; 0 takes any.
    """

    def app_for(**settings: Any) -> Starlette:
        return make_app(run, start=start, against=against, rooms=rooms, fields=fields, **settings)

    serve_app(app_for, host=host, port=port, lan=lan, open_browser=open_browser)


def read_targets() -> list[dict[str, Any]]:
    """The headsets and pages that the project knows, each with its name, its title and what it allows a model."""
    found = []
    for path in sorted(TARGETS.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found.append({"name": path.stem, "title": content["title"], "limits": content["limits"]})
    return found


class _Site:
    """What the addresses of one run answer."""

    def __init__(
        self,
        run: Path,
        against: Path | None,
        start: Start | None,
        invitation: dict[str, Any] | None,
        has_rooms: bool,
        has_fields: bool,
    ) -> None:
        for folder in filter(None, (run, against)):
            if not folder.is_dir():
                given = "a file" if folder.exists() else "nothing"
                raise ValueError(f"{folder}: must be the folder of a run (got {given})")
        self.folder = run
        self.against = against
        self.start = start
        self.invitation = invitation
        self.has_rooms = has_rooms
        self.has_fields = has_fields
        self.streams = 0

    async def page(self, request: Request) -> Response:
        return FileAnswer(PAGE / "index.html")

    async def page_file(self, request: Request) -> Response:
        worker = (
            {"content-security-policy": WORKER_POLICY} if request.path_params["name"] == "basis_worker.js" else None
        )
        return await _file_of(PAGE, request, worker)

    async def run_file(self, request: Request) -> Response:
        answer = await _file_of(self.folder, request)
        is_early = answer.status_code == 404 and request.path_params["name"] in ("run.json", "job.json")
        return Response(status_code=204, headers=FRESH) if is_early else answer  # no run yet is no mistake of the page

    async def against_file(self, request: Request) -> Response:
        return await _file_of(self.against, request)

    async def session(self, request: Request) -> Response:
        about = {
            "folder": self.folder.resolve().name,
            "against": self.against.resolve().name if self.against else None,
            "can_start": self.start is not None,
            "can_edit_room": self.has_rooms,
            "can_paint": self.has_fields,
            "targets": read_targets(),
            "invitation": self.invitation,
        }
        return JSONResponse(about, headers=FRESH)

    async def event_stream(self, request: Request) -> Response:
        if self.streams >= MAX_STREAMS:
            return PlainTextResponse("Too many pages are open.", 503, headers={"retry-after": "5"})
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        offset = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
        return _EventAnswer(self, events.stream(self.folder, offset, lambda: bool(request.app.state.closing)))

    async def start_run(self, request: Request) -> Response:
        if self.start is None:
            return problem("This viewer only looks; runs are started from the terminal.", 409)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return problem("content-type: must be application/json", 415)
        try:
            changes = json.loads(await request.body() or b"null")
        except ClientDisconnect:
            return problem("The request took too long or was too large.", 413)
        except (ValueError, RecursionError):
            return problem("The request is not a JSON document.", 400)
        if not isinstance(changes, dict | None):
            given = type(changes).__name__
            return problem(f"The changes must be a JSON object of settings, or null for none (got {given}).", 400)
        try:
            await asyncio.to_thread(self.start, changes or {})
        except ValueError as error:
            return problem(str(error), 400)
        return JSONResponse({"started": True}, 202)


class _EventAnswer(StreamingResponse):
    """A stream that is counted for as long as somebody listens."""

    def __init__(self, site: _Site, pieces: AsyncIterator[bytes]) -> None:
        super().__init__(pieces, media_type="text/event-stream", headers=FRESH)
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.site.streams += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.site.streams -= 1


async def _file_of(folder: Path | None, request: Request, headers: dict[str, str] | None = None) -> Response:
    found = await asyncio.to_thread(find_inside, folder, request.path_params["name"]) if folder else None
    if found is None:
        return PlainTextResponse("Not found", 404, headers=FRESH)
    is_document = found.suffix.lower() in (".html", ".svg")
    return FileAnswer(found, headers=headers or ({"content-security-policy": SANDBOX} if is_document else None))
