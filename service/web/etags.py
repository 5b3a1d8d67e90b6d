"""`ETag` on what is read, `If-Match` on what is edited: nobody overwrites what they have not seen."""

from hashlib import sha256
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel
from starlette.responses import Response

from service.errors import OutdatedError

DIGITS = 32
ETAG = "etag"

IfMatch = Annotated[
    str | None,
    Header(description="The ETag of the thing as it was read; without it the edit is not checked."),
]


def etag_of(shape: BaseModel) -> str:
    return _quoted(shape.model_dump_json().encode())


def _quoted(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:DIGITS]}"'


def check_if_match(if_match: str | None, shape: BaseModel, noun: str) -> None:
    """Raises OutdatedError when the thing is not as it was read."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag_of(shape) not in {tag.strip().removeprefix("W/") for tag in if_match.split(",")}:
        raise OutdatedError(noun)


def tagged(response: Response) -> Response:
    """A JSON answer with the ETag of its own body."""
    if response.status_code < 400:  # noqa: PLR2004 - first HTTP error status
        response.headers[ETAG] = _quoted(bytes(response.body))
    return response


def tag(response: Response, shape: BaseModel) -> None:
    """For a GET: put the ETag on the answer being made."""
    response.headers[ETAG] = etag_of(shape)
