"""Answers that several parts of the server give."""

from starlette.responses import JSONResponse, Response

FRESH = {"cache-control": "no-store"}


def problem(message: str, status: int) -> Response:
    """What is wrong, as the page reads it."""
    return JSONResponse({"error": message}, status, headers=FRESH)
