"""The person at the door of a simulated library, as JSON: the same hands as on the page.

Hands change no record, so an Idempotency-Key is not honoured here: a second hand finds the mail slot empty, or full.
"""

from typing import Annotated

from fastapi import APIRouter

from service.devices import door, queries
from service.devices.models import Device
from service.devices.schemas import DoorShape, MishapWish, PutIn, TakeOut
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.web.deps import Act, Reading, acting, reading

router = APIRouter(prefix="/api/v1/devices/{device_id}/door", tags=["devices"])

Reader = Annotated[Person, reading(Permission.READ)]
Operator = Annotated[Act, acting(Permission.OPERATE_LIBRARY)]


def _seen(device: Device) -> DoorShape:
    return DoorShape.of(door.door_state(device))


@router.get("")
def show_door(device_id: str, session: Reading, _: Reader) -> DoorShape:
    """Only a simulated library has such a door; 404 for any other."""
    return _seen(queries.device(session, device_id))


@router.post("/take-out")
def take_out(device_id: str, typed: TakeOut, session: Reading, _: Operator) -> DoorShape:
    """One mail slot, or all that are full."""
    device = queries.device(session, device_id)
    if typed.mail_slot is None:
        door.take_all_out(device)
    else:
        door.take_out(device, typed.mail_slot)
    return _seen(device)


@router.post("/put-in")
def put_in(device_id: str, typed: PutIn, session: Reading, _: Operator) -> DoorShape:
    device = queries.device(session, device_id)
    door.put_in(device, typed.mail_slot, typed.barcode)
    return _seen(device)


@router.post("/put-in-all")
def put_in_all(device_id: str, session: Reading, _: Operator) -> DoorShape:
    """What came home, as much of it as mail slots are free."""
    device = queries.device(session, device_id)
    door.put_in_all(device, door.came_home(session.connection(), device))
    return _seen(device)


@router.post("/open")
def open_door(device_id: str, session: Reading, _: Operator) -> DoorShape:
    device = queries.device(session, device_id)
    door.open_door(device)
    return _seen(device)


@router.post("/close")
def close_door(device_id: str, session: Reading, _: Operator) -> DoorShape:
    device = queries.device(session, device_id)
    door.close_door(device)
    return _seen(device)


@router.post("/let-go-wrong")
def let_go_wrong(device_id: str, typed: MishapWish, session: Reading, _: Operator) -> DoorShape:
    """Something goes wrong once, or until faults are cleared."""
    device = queries.device(session, device_id)
    door.let_go_wrong(device, typed.mishap)
    return _seen(device)


@router.post("/clear-faults")
def clear_faults(device_id: str, session: Reading, _: Operator) -> DoorShape:
    device = queries.device(session, device_id)
    door.clear_faults(device)
    return _seen(device)
