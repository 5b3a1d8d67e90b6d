"""The scan route. It is async because it only awaits the writer's answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.datastructures import State
from starlette.responses import Response

from service.answers import Answer, RequestKey
from service.consignments.rules import packing_permission
from service.errors import InvalidInputError, StrongroomError
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Actor, Unit, Via
from service.runtime import Runtime
from service.scanning.actions import scan_many
from service.scanning.batch import Batch
from service.scanning.pack_codes import undo_packing
from service.scanning.rules import parse_task, read_code
from service.scanning.schemas import Scan, ScanIn, ScanOut
from service.web.at_once import Answered
from service.web.deps import (
    CSRF_HEADER,
    KEY_HEADER,
    Act,
    acting,
    declared,
    json_answer,
    permitted,
    runtime_of,
    same_token,
)
from service.web.errors import refusal
from service.web.headers import Headers, headers_of

router = APIRouter(prefix="/api/v1/scans", tags=["scans"])

MAX_BULK = 5000
CSRF_NAME, KEY_NAME = CSRF_HEADER.encode(), KEY_HEADER.encode()
_decode = msgspec.json.Decoder(ScanIn).decode


class BadScanError(InvalidInputError):
    title = "Not a scan"


class UndoIn(BaseModel):
    """Take a packed medium back out of its open container."""

    task: str = Field(examples=["pack:CN-0412:C-0117"])
    barcode: str = Field(examples=["STR147L8"])


class BulkIn(BaseModel):
    task: str = Field(examples=["pack:CN-0412:C-0117"])
    barcodes: list[str] = Field(min_length=1, max_length=MAX_BULK, examples=[["STR147L8", "STR148L8"]])


class ScanAnswer(BaseModel):
    """The band's answer; `counts` are those of the task's step."""

    model_config = {"extra": "allow"}
    outcome: str
    tone: str
    word: str
    barcode: str
    sentence: str


class RefusedScan(BaseModel):
    """A code of a bulk scan that was refused: problem details in its place."""

    model_config = {"extra": "allow"}
    type: str
    title: str
    status: int
    detail: str


SCAN_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["barcode"],
                    "properties": {
                        "barcode": {"type": "string", "minLength": 1, "maxLength": 64},
                        "task": {"type": "string", "default": "look", "maxLength": 120},
                        "client_id": {"type": "string", "maxLength": 80},
                        "scanned_at": {"type": ["string", "null"], "format": "date-time"},
                    },
                },
                "examples": {"look": {"value": {"barcode": "STR147L8", "task": "look"}}},
            }
        },
    }
}


def write_scans(unit: Unit, items: Sequence[tuple[Actor, Scan]]) -> list[Answer | StrongroomError]:
    return scan_many(unit, items, refusal)


def read_scan(body: bytes) -> ScanIn:
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadScanError(f"This is not a scan: {error}. Nothing was recorded.") from error


def scan_of(person: Person, sent: ScanIn, key: RequestKey | None, via: Via = Via.API) -> Scan:
    actor = Actor(person.handler_id, via)
    return Scan(read_code(sent.barcode), parse_task(sent.task), person, actor, key, _aware(sent))


def _aware(sent: ScanIn) -> datetime | None:
    if sent.scanned_at is not None and sent.scanned_at.tzinfo is None:
        raise BadScanError("scanned_at has no time zone. Nothing was recorded.")
    return sent.scanned_at


@router.post("", response_model=ScanAnswer, openapi_extra=SCAN_BODY)
async def scan(request: Request) -> Response:
    """Record one scan in a task, or look a code up."""
    person = await permitted(
        request, Permission.SCAN
    )  # not a dependency: resolving one costs as much as the route
    runtime: Runtime = runtime_of(request)
    body = await request.body()
    sent = read_scan(body)
    item = scan_of(person, sent, _key(person, headers_of(request.scope), body))
    return json_answer(await runtime.writer.run_many_async(item.actor, write_scans, item))


declared(scan, Permission.SCAN)


def scan_at_once(state: State, headers: Headers, body: bytes, answered: Answered) -> bool:
    """The same for a person who is known and may, and a body that is a scan: what a thousand requests a second are."""
    person = state.sign_ins.remembered(headers)
    if person is None or not person.may(Permission.SCAN):
        return False
    if person.session_hash is not None and not same_token(headers.get(CSRF_NAME, b""), person.csrf_token):
        return False
    try:
        item = scan_of(person, read_scan(body), _key(person, headers, body))
        state.runtime.writer.call_many(item.actor, write_scans, item, answered)
    except StrongroomError:  # the ordinary way says which
        return False
    return True


def _key(person: Person, headers: Headers, body: bytes) -> RequestKey | None:
    given = headers.get(KEY_NAME)
    return (
        RequestKey.of(person.handler_id, given.decode("latin-1"), "POST", router.prefix, body)
        if given
        else None
    )


@router.post("/bulk", response_model=list[ScanAnswer | RefusedScan])
def scan_bulk(body: BulkIn, act: Annotated[Act, acting(Permission.SCAN)]) -> Response:
    """Up to 5,000 codes of one task, in order; each gets its own answer, a refused one does not stop the others.

    With an Idempotency-Key each code is recorded once, however often the request is repeated.
    """
    task = parse_task(body.task)
    scans: list[Scan | StrongroomError] = [
        _bulk_scan(act, task_text=str(task), code=code, number=number)
        for number, code in enumerate(body.barcodes)
    ]
    good = [one for one in scans if isinstance(one, Scan)]
    answers = iter(act.runtime.writer.run_many(act.actor, write_scans, good))
    bodies = [_body(next(answers) if isinstance(one, Scan) else one) for one in scans]
    return Response(b"[" + b",".join(bodies) + b"]", media_type="application/json")


def _bulk_scan(act: Act, *, task_text: str, code: str, number: int) -> Scan | StrongroomError:
    try:
        key = None
        if act.key is not None:
            key = RequestKey(f"{act.key.key}:{number}", act.key.digest)
        return scan_of(act.person, ScanIn(code, task_text), key)
    except StrongroomError as error:
        return error


def _body(answer: Answer | StrongroomError) -> bytes:
    return refusal(answer).body if isinstance(answer, StrongroomError) else answer.body


@router.post("/undo", response_model=ScanAnswer)
def undo(body: UndoIn, act: Annotated[Act, acting(Permission.SCAN)]) -> Response:
    """Take a packed medium back out of its open container."""
    return json_answer(
        act.runtime.writer.run(
            act.actor, act.raw_unit(lambda unit: undone(unit, act.person, body.task, body.barcode))
        )
    )


def undone(unit: Unit, person: Person, task: str, barcode: str) -> bytes:
    batch = Batch(unit, parse_task(task).consignment)
    scan = Scan(read_code(barcode), parse_task(task), person, unit.actor, None, None)
    batch.require(scan, packing_permission(batch.consignment.row.direction), batch.consignment.from_party)
    found: ScanOut = undo_packing(batch, scan.code)
    return orjson.dumps(msgspec.to_builtins(found))
