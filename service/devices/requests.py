"""Jobs that a person asks for: a look, one move, another try at a run."""

from typing import Any

from sqlalchemy import Row, select

from service.db import table
from service.devices.actions import enqueue
from service.devices.ejecting import frozen_media
from service.devices.models import Device, Element, ElementKind, Job, JobKind
from service.devices.queries import attempts
from service.devices.record import tag_rule
from service.devices.rules import ENDED
from service.devices.seen import place_name
from service.devices.watching import eject_key
from service.errors import InvalidInputError, NotFoundError, RefusedError
from service.ledger.writer import Unit
from service.media.models import Medium
from service.rotation.queries import lines_to_eject

_DEVICE = table(Device)
_ELEMENT = table(Element)
_JOB = table(Job)
_MEDIUM = table(Medium)
MOST_DIGITS = 5  # of an element number
DESTINATIONS = (ElementKind.SLOT, ElementKind.MAIL_SLOT, ElementKind.DRIVE)


class SwitchedOffError(RefusedError):
    title = "The library is switched off"


class MediumFrozenError(RefusedError):
    title = "The medium is kept out of every job"


class PlaceNotFreeError(RefusedError):
    title = "The place is not free"


class NothingToEjectError(RefusedError):
    title = "Nothing is left to eject"


def request_inventory(unit: Unit, device_id: str, *, robot: bool = False) -> str:
    """The job's id; a look that is asked for already serves everybody. `robot` lets the robot look itself, for minutes."""
    enabled_device(unit, device_id)
    queued = unit.connection.execute(
        select(_JOB.c.job_id, _JOB.c.payload).where(
            _JOB.c.resource == device_id, _JOB.c.kind == JobKind.INVENTORY, _JOB.c.state.not_in(ENDED)
        )
    ).all()
    same = next((row.job_id for row in queued if bool(row.payload.get("robot")) is robot), None)
    if same is not None:
        return str(same)
    key = f"inventory:{device_id}:{unit.new_id()}"
    return enqueue(unit, JobKind.INVENTORY, device_id, {"robot": robot}, dedupe_key=key)


def request_move(unit: Unit, device_id: str, barcode: str, kind: ElementKind, number: int) -> str:
    """One medium of this library to a free place of it. Raises before anything is queued where that cannot work."""
    device = enabled_device(unit, device_id)
    medium = unit.connection.execute(
        select(_MEDIUM.c.medium_id, _MEDIUM.c.barcode).where(_MEDIUM.c.barcode == barcode.strip().upper())
    ).one_or_none()
    if medium is None:
        raise InvalidInputError(
            f"There is no medium {barcode[:40]!r}. Nothing was queued.",
            fields={"barcode": "Type the barcode of a registered medium."},
        )
    _check_movable(unit, device, medium.medium_id, medium.barcode)
    to = _free_element(unit, device, kind, number)
    payload = {
        "medium_id": medium.medium_id,
        "barcode": medium.barcode,
        "tag": tag_rule(device.identity).reported(medium.barcode),
        "to": to.address,
        "to_location_id": to.location_id,
    }
    return enqueue(unit, JobKind.MOVE, device_id, payload, dedupe_key=f"move:{device_id}:{unit.new_id()}")


def enabled_device(unit: Unit, device_id: str) -> Row[Any]:
    device = unit.connection.execute(select(_DEVICE).where(_DEVICE.c.device_id == device_id)).one_or_none()
    if device is None:
        raise NotFoundError("library", device_id)
    if not device.enabled:
        raise SwitchedOffError(
            f"{device.name} is switched off. Nothing was queued.", next_step="Switch it on in its page."
        )
    return device


def _check_movable(unit: Unit, device: Row[Any], medium_id: str, barcode: str) -> None:
    if frozen_media(unit.connection, [medium_id]):
        raise MediumFrozenError(
            f"{barcode} has an open discrepancy. Nothing was queued.", next_step="Resolve it first."
        )
    seen = unit.connection.execute(
        select(_ELEMENT.c.address).where(
            _ELEMENT.c.device_id == device.device_id,
            _ELEMENT.c.medium_id == medium_id,
            _ELEMENT.c.full,
        )
    ).first()
    if seen is None:
        raise InvalidInputError(
            f"{barcode} is not seen in {device.name}. Nothing was queued.",
            fields={"barcode": f"It is not in {device.name}."},
            next_step="Take inventory if it should be.",
        )


def _free_element(unit: Unit, device: Row[Any], kind: ElementKind, number: int) -> Row[Any]:
    found = unit.connection.execute(
        select(_ELEMENT).where(
            _ELEMENT.c.device_id == device.device_id, _ELEMENT.c.kind == kind, _ELEMENT.c.number == number
        )
    ).one_or_none()
    if found is None or kind not in DESTINATIONS or not found.installed:
        name = place_name(kind, number)
        raise InvalidInputError(
            f"{device.name} has no {name}. Nothing was queued.", fields={"number": f"There is no {name}."}
        )
    if found.full:
        raise PlaceNotFreeError(
            f"{place_name(kind, number).capitalize()} holds {found.volume_tag or 'a medium whose label cannot be read'}."
            " Nothing was queued.",
            next_step="Choose a free place.",
        )
    return found


def request_ejection(unit: Unit, device_id: str, run_id: str) -> str:
    """Another try at a run whose job a person has ended, or whose media stayed behind."""
    enabled_device(unit, device_id)
    under_way = unit.connection.execute(
        select(_JOB.c.job_id).where(
            _JOB.c.run_id == run_id, _JOB.c.kind == JobKind.EJECT, _JOB.c.state.not_in(ENDED)
        )
    ).scalar_one_or_none()
    if under_way is not None:
        return str(under_way)
    if not lines_to_eject(unit.connection, run_id):
        raise NothingToEjectError(
            "The run has nothing in the library that waits to go out. Nothing was queued."
        )
    key = eject_key(run_id, attempts(unit.connection, run_id) + 1)
    return enqueue(unit, JobKind.EJECT, device_id, {}, dedupe_key=key, run_id=run_id)


def place_number(typed: str) -> int:
    """A number as people type it; 0, which no place has, for anything else."""
    return int(typed) if typed.isdecimal() and len(typed) <= MOST_DIGITS else 0
