"""What the page's room editor asks the server: the kinds of things, a plan from a file, and to make the room."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from viewer.answers import FRESH, problem


@dataclass(frozen=True)
class RoomDesk:
    """What the editor gets from outside; the functions raise ValueError with what is wrong.

    `classes` holds name, typical size, what carries it and colour of each kind of thing; `plan` gives the plan that
    the run was made from, or None; `read` takes a file's name and bytes and gives a plan; `check` says what is wrong
    with each box of a plan, the empty string where nothing is; `start` begins a run of a plan. A plan is what
    `plan.json` of a room holds.
    """

    classes: Sequence[dict[str, Any]]
    plan: Callable[[], dict[str, Any] | None]
    read: Callable[[str, bytes], dict[str, Any]]
    check: Callable[[dict[str, Any]], list[str]]
    start: Callable[[dict[str, Any]], None]


def room_routes(desk: RoomDesk) -> list[Route]:
    """The addresses of the room editor."""

    async def about(request: Request) -> Response:
        plan = await asyncio.to_thread(desk.plan)
        return JSONResponse({"classes": list(desk.classes), "plan": plan}, headers=FRESH)

    async def read(request: Request) -> Response:
        name = request.query_params.get("name", "plan.json")[:200]
        try:
            plan = await asyncio.to_thread(desk.read, name, await request.body())
        except ClientDisconnect:
            return problem("The file took too long or is larger than 1 MB.", 413)
        except ValueError as error:
            return problem(str(error), 400)
        return JSONResponse({"plan": plan}, headers=FRESH)

    async def with_plan(request: Request, act: Callable[[dict[str, Any]], Response]) -> Response:
        try:
            plan = json.loads(await request.body() or b"null")
        except ClientDisconnect:
            return problem("The request took too long or was too large.", 413)
        except (ValueError, RecursionError):
            return problem("The request is not a JSON document.", 400)
        if not isinstance(plan, dict):
            return problem(f"The plan must be a JSON object (got {type(plan).__name__}).", 400)
        try:
            return await asyncio.to_thread(act, plan)
        except ValueError as error:
            return problem(str(error), 400)

    async def check(request: Request) -> Response:
        return await with_plan(request, lambda plan: JSONResponse({"complaints": desk.check(plan)}, headers=FRESH))

    async def start(request: Request) -> Response:
        def begin(plan: dict[str, Any]) -> Response:
            desk.start(plan)
            return JSONResponse({"started": True}, 202)

        return await with_plan(request, begin)

    return [
        Route("/api/room", about),
        Route("/api/room/read", read, methods=["POST"]),
        Route("/api/room/check", check, methods=["POST"]),
        Route("/api/room/start", start, methods=["POST"]),
    ]
