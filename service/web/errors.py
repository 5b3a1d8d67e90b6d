"""Errors as answers: RFC 9457 problem details for programs, a page for people. One table from kind to status."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.answers import Answer
from service.errors import (
    FaultError,
    ForbiddenError,
    InvalidInputError,
    LedgerError,
    NotFoundError,
    NotSignedInError,
    OutdatedError,
    RefusedError,
    StrongroomError,
    TooManyError,
    UnavailableError,
)

PROBLEM_TYPE = "urn:strongroom:problem:"
PROBLEM_MEDIA_TYPE = "application/problem+json"

# How the OpenAPI document describes every refusal (RFC 9457).
PROBLEM_ANSWER: dict[str, Any] = {
    "description": "Refused: what happened, what was not done, what to do",
    "content": {
        PROBLEM_MEDIA_TYPE: {
            "schema": {
                "title": "Problem",
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string", "pattern": f"^{PROBLEM_TYPE}[a-z0-9-]+$"},
                    "title": {"type": "string"},
                    "status": {"type": "integer", "minimum": 400, "maximum": 599},
                    "detail": {"type": "string"},
                    "next_step": {"type": "string"},
                    "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            }
        }
    },
}

# The first kind that fits decides, so subclasses stand above their parents.
STATUS: Mapping[type[StrongroomError], int] = {
    OutdatedError: 412,
    InvalidInputError: 422,
    NotFoundError: 404,
    NotSignedInError: 401,
    ForbiddenError: 403,
    TooManyError: 429,
    RefusedError: 409,
    FaultError: 502,
    UnavailableError: 503,
    LedgerError: 500,
    StrongroomError: 500,
}


class TooLargeError(InvalidInputError):
    title = "Too large"


class InternalError(StrongroomError):
    title = "Unexpected error"

    def __init__(self, request_id: str) -> None:
        super().__init__(
            "Something unexpected went wrong. What you asked for was not done.",
            next_step=f"Try again; if it comes back, give request {request_id} to your administrator.",
            request_id=request_id,
        )


class HttpRefusedError(StrongroomError):
    """What the framework refuses on its own: unknown path, wrong method."""

    title = "Not possible"


def status_of(error: StrongroomError) -> int:
    if isinstance(error, TooLargeError):
        return 413
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def problem(error: StrongroomError, status: int | None = None) -> dict[str, object]:
    body: dict[str, object] = {
        "type": PROBLEM_TYPE + error.slug(),
        "title": error.title,
        "status": status or status_of(error),
        "detail": error.message,
    }
    if error.next_step:
        body["next_step"] = error.next_step
    if isinstance(error, InvalidInputError) and error.fields:
        body["fields"] = error.fields
    return body | {name: value for name, value in error.facts.items() if value is not None}


def refusal(error: StrongroomError) -> Answer:
    """The problem as an answer that is kept for a repeat."""
    return Answer(status_of(error), orjson.dumps(problem(error), default=str))


def problem_response(error: StrongroomError, status: int | None = None) -> Response:
    code = status or status_of(error)
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooManyError) else {}
    if isinstance(error, NotSignedInError):
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        orjson.dumps(problem(error, code), default=str), code, headers=headers, media_type=PROBLEM_MEDIA_TYPE
    )


def from_validation(error: RequestValidationError) -> InvalidInputError:
    fields = {_place(found["loc"]): str(found["msg"]) for found in error.errors()}
    return InvalidInputError(
        "The request does not fit: " + "; ".join(f"{name}: {text}" for name, text in fields.items()),
        fields=fields,
        next_step="Correct the fields and send it again.",
    )


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc[1:]) or str(loc[0] if loc else "body")


def from_http(error: HTTPException) -> StrongroomError:
    if error.status_code == 404:  # noqa: PLR2004 - HTTP status
        return NotFoundError("page", "at this address")
    return HttpRefusedError(f"{error.detail}. Nothing was done.")


def wants_page(request: Request) -> bool:
    """Programs get problem details, people in a browser a page."""
    return not request.url.path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/static/"))
