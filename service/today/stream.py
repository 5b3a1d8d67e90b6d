"""The stream that open pages listen to: it only says that something changed; the page asks for what it shows."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.today.changes import Marks, mark_of, told
from service.web.deps import reading, runtime_of

router = APIRouter(include_in_schema=False)

Listener = Annotated[Person, reading(Permission.READ_CONSIGNMENTS)]


@router.get("/events")
async def events(request: Request, person: Listener) -> StreamingResponse:
    del person
    known = request.headers.get("last-event-id", "")
    headers = {"x-accel-buffering": "no"}  # a proxy must not keep them
    stream = told(_marks(request), known, request.app.state.stream_lasts_s)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _marks(request: Request) -> Marks:
    """One for the process, made at the first listener."""
    state = request.app.state
    if not hasattr(state, "marks"):
        database = runtime_of(request).database
        state.marks = Marks(lambda: mark_of(database))
    marks: Marks = state.marks
    return marks
