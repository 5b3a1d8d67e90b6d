"""What a backup program's changer script asks: the contents by its own numbers, and moves by them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from drivers.changer_listing import DRIVE, MAIL_SLOT
from service.devices import changer_requests as requests
from service.devices import queries
from service.devices.numbering import seats
from service.devices.schemas import JobShape
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.web.deps import Act, Reading, RuntimeDep, acting, reading

router = APIRouter(prefix="/api/v1", tags=["devices"])

Reader = Annotated[Person, reading(Permission.READ)]
Operator = Annotated[Act, acting(Permission.OPERATE_LIBRARY)]
Within = Annotated[
    float, Field(ge=1, le=7200, description="Seconds; a move that has not begun by then fails.")
]
Number = Annotated[int, Field(ge=1, le=65535)]
Drive = Annotated[int, Field(ge=0, le=65535)]


class SlotSeen(BaseModel):
    number: int
    mail_slot: bool
    full: bool
    tag: str


class DriveSeen(BaseModel):
    """`home`: the slot that its medium came from, 0 when nobody knows."""

    number: int
    full: bool
    tag: str
    home: int


class Contents(BaseModel):
    """Slots count from 1, the mail slots after them; drives from 0: as `mtx` numbers them."""

    model_config = ConfigDict(json_schema_extra={
        "example": {
            "device_id": "06fpx0h5m9c0e8q2v4k7s1t3yz", "seen_at": "2026-11-19T18:58:00Z", "age_s": 12.4,
            "slots": [{"number": 1, "mail_slot": False, "full": True, "tag": "STR157L8"}],
            "drives": [{"number": 0, "full": True, "tag": "STR158L8", "home": 4}],
        }
    })  # fmt: skip
    device_id: str
    seen_at: datetime | None
    age_s: float | None
    slots: list[SlotSeen]
    drives: list[DriveSeen]


class LoadWish(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"slot": 4, "drive": 0, "within_s": 900}}
    )
    slot: Number
    drive: Drive
    within_s: Within = 900


class TransferWish(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"slot": 4, "to_slot": 9, "within_s": 900}}
    )
    slot: Number
    to_slot: Number
    within_s: Within = 900


@router.get("/devices/{device_id}/contents")
def show_contents(device_id: str, session: Reading, runtime: RuntimeDep, _: Reader) -> Contents:
    """What was last seen where, as a changer script numbers it."""
    device = queries.device(session, device_id)
    found = seats(session.connection(), device_id)
    slots = [
        SlotSeen(number=seat.number, mail_slot=seat.letter == MAIL_SLOT, full=seat.full, tag=seat.tag)
        for seat in found
        if seat.letter != DRIVE
    ]
    drives = [
        DriveSeen(number=seat.number, full=seat.full, tag=seat.tag, home=seat.home)
        for seat in found
        if seat.letter == DRIVE
    ]
    seen_at = device.inventory_at
    age_s = (runtime.clock() - seen_at).total_seconds() if seen_at is not None else None
    return Contents(device_id=device_id, seen_at=seen_at, age_s=age_s, slots=slots, drives=drives)


@router.post("/devices/{device_id}/load", response_model=JobShape, status_code=202)
def load(device_id: str, wish: LoadWish, act: Operator) -> Response:
    """Queue the move of what stands in a slot into a drive. Refused for what is on hold, on its way out, or not to be used."""
    return _queued(
        act, lambda unit: requests.request_load(unit, device_id, wish.slot, wish.drive, wish.within_s)
    )


@router.post("/devices/{device_id}/unload", response_model=JobShape, status_code=202)
def unload(device_id: str, wish: LoadWish, act: Operator) -> Response:
    """Queue the move out of a drive into a slot; the drive is told to let go first, where this host reaches it."""
    return _queued(
        act, lambda unit: requests.request_unload(unit, device_id, wish.slot, wish.drive, wish.within_s)
    )


@router.post("/devices/{device_id}/transfer", response_model=JobShape, status_code=202)
def transfer(device_id: str, wish: TransferWish, act: Operator) -> Response:
    """Queue the move from one slot to another."""
    return _queued(
        act, lambda unit: requests.request_transfer(unit, device_id, wish.slot, wish.to_slot, wish.within_s)
    )


def _queued(act: Act, work: Callable[[Unit], str]) -> Response:
    def made(unit: Unit) -> JobShape:
        job_id = work(unit)
        unit.session.expire_all()
        return JobShape.of(queries.job(unit.session, job_id))

    return act(made, 202)
