"""Pictures of a radiance field on demand: the page says where it looks from, the server paints."""

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from viewer.answers import FRESH, problem

LARGEST_SIDE = 2048
_SHOT = {"world_from_camera", "field_of_view", "width", "height"}


@dataclass(frozen=True)
class Shot:
    """One picture to be painted.

    `world_from_camera` holds 16 numbers row by row, with OpenCV's camera axes (x right, y down, z forward);
    `field_of_view` is the vertical one in degrees.
    """

    world_from_camera: tuple[float, ...]
    field_of_view: float
    width: int
    height: int


@dataclass(frozen=True)
class LiveFields:
    """What paints the fields of a run. Both functions raise KeyError for a stage that made no field.

    `about` gives the corners of a field's box as `low` and `high`, and where its photos were taken from as `cameras`,
    a list of 16 numbers each; `paint` gives a JPEG.
    """

    about: Callable[[str], dict[str, Any]]
    paint: Callable[[str, Shot], bytes]


def live_routes(fields: LiveFields) -> list[Route]:
    """The addresses of live fields. One picture is painted at a time: a second page waits its turn."""
    turn = asyncio.Lock()

    async def about(request: Request) -> Response:
        try:
            return JSONResponse(await asyncio.to_thread(fields.about, request.path_params["stage"]), headers=FRESH)
        except KeyError:
            return problem("This stage made no field.", 404)

    async def paint(request: Request) -> Response:
        try:
            shot = read_shot(await request.body())
        except ClientDisconnect:
            return problem("The request took too long or was too large.", 413)
        except ValueError as error:
            return problem(str(error), 400)
        async with turn:
            if await request.is_disconnected():  # the page has looked elsewhere while it waited
                return problem("Nobody waits for this picture any more.", 410)
            try:
                picture = await asyncio.to_thread(fields.paint, request.path_params["stage"], shot)
            except KeyError:
                return problem("This stage made no field.", 404)
        return Response(picture, media_type="image/jpeg", headers=FRESH)

    return [
        Route("/api/field/{stage}", about),
        Route("/api/field/{stage}/picture", paint, methods=["POST"]),
    ]


def read_shot(body: bytes) -> Shot:
    """The shot that a request asks for; ValueError with what is wrong."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("The request is not a JSON document.") from error
    if not isinstance(given, dict) or set(given) != _SHOT:
        raise ValueError(f"The request must have exactly {', '.join(sorted(_SHOT))}.")
    pose = given["world_from_camera"]
    if not isinstance(pose, list) or len(pose) != 16 or not all(map(_is_finite, pose)):
        raise ValueError("world_from_camera: must be 16 finite numbers")
    if not _is_finite(given["field_of_view"]) or not 1 <= given["field_of_view"] <= 170:
        raise ValueError(f"field_of_view: must be 1 to 170 degrees (got {given['field_of_view']!r})")
    for name in ("width", "height"):
        if type(given[name]) is not int or not 1 <= given[name] <= LARGEST_SIDE:
            raise ValueError(f"{name}: must be 1 to {LARGEST_SIDE} pixels (got {given[name]!r})")
    return Shot(tuple(map(float, pose)), float(given["field_of_view"]), given["width"], given["height"])


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
