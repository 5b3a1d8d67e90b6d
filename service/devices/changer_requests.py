"""Moves that a backup program asks for, by the numbers its changer script uses: slots from 1 with the mail slots after them, drives from 0.

A backup program writes on what it loads, so it gets less than a person at the page: nothing that is on hold, on its way out, or no longer to be used.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from service.db import table
from service.devices.actions import enqueue
from service.devices.ejecting import frozen_media
from service.devices.models import Element, ElementKind, Job, JobKind, JobState, TagReading
from service.devices.numbering import Numbered, drive_at, slot_numbering
from service.devices.record import tag_rule
from service.devices.requests import MediumFrozenError, PlaceNotFreeError, enabled_device
from service.devices.rules import check_told_move
from service.devices.seen import place_name
from service.errors import InvalidInputError, RefusedError
from service.ledger.writer import Unit
from service.media.models import Medium
from service.rotation.queries import approved_runs, lines_to_eject

_ELEMENT = table(Element)
_JOB = table(Job)
_MEDIUM = table(Medium)


class WaitsForDecisionError(RefusedError):
    title = "The library waits for a decision"


class PlaceEmptyError(RefusedError):
    title = "The place is empty"


def request_load(unit: Unit, device_id: str, slot: int, drive: int, within_s: float) -> str:
    """The job's id. Raises before anything is queued where that cannot work or may not be."""
    slots = slot_numbering(unit.connection, device_id)
    return _request(unit, device_id, slots.at(slot), drive_at(drive), within_s, f"load {slot} {drive}")


def request_unload(unit: Unit, device_id: str, slot: int, drive: int, within_s: float) -> str:
    slots = slot_numbering(unit.connection, device_id)
    return _request(unit, device_id, drive_at(drive), slots.at(slot), within_s, f"unload {slot} {drive}")


def request_transfer(unit: Unit, device_id: str, slot: int, to_slot: int, within_s: float) -> str:
    slots = slot_numbering(unit.connection, device_id)
    return _request(
        unit, device_id, slots.at(slot), slots.at(to_slot), within_s, f"transfer {slot} {to_slot}"
    )


def _request(
    unit: Unit, device_id: str, source: Numbered, destination: Numbered, within_s: float, asked: str
) -> str:
    device = enabled_device(unit, device_id)
    _check_undisturbed(unit, device)
    at, to = _element(unit, device, source), _element(unit, device, destination)
    medium = _medium(unit, device, at)
    check_told_move(
        medium.barcode, medium.content, to.kind, held_since=medium.held_since,
        run=_run_it_leaves_with(unit.connection, device.library_id, medium.medium_id),
    )  # fmt: skip
    if to.full:
        raise PlaceNotFreeError(
            f"{place_name(to.kind, to.number).capitalize()} holds {to.volume_tag or 'a medium whose label cannot be read'}."
            " Nothing was queued.",
            next_step="Choose a free place.",
        )
    payload = {
        "medium_id": medium.medium_id, "barcode": medium.barcode, "tag": tag_rule(device.identity).reported(medium.barcode),
        "from": at.address, "to": to.address, "to_location_id": to.location_id, "asked": asked,
        "requested_by": unit.actor.handler_id,
        "eject_first": at.kind is ElementKind.DRIVE,
        "not_after": (unit.now + timedelta(seconds=within_s)).isoformat(),
    }  # fmt: skip
    return enqueue(unit, JobKind.MOVE, device_id, payload, dedupe_key=f"move:{device_id}:{unit.new_id()}")


def _check_undisturbed(unit: Unit, device: Row[Any]) -> None:
    """A backup program is told at once what would keep its move waiting until it gives up."""
    asking = unit.connection.execute(
        select(_JOB.c.fault, _JOB.c.progress).where(
            _JOB.c.resource == device.device_id, _JOB.c.state == JobState.NEEDS_OPERATOR
        )
    ).all()
    question = next((job.fault for job in asking if not job.progress.get("paused")), None)
    if question is not None:
        raise WaitsForDecisionError(
            f"{device.name} waits for a person's decision: {question} Nothing was queued.",
            next_step="Decide on the library's page.",
        )


def _element(unit: Unit, device: Row[Any], at: Numbered) -> Row[Any]:
    found = unit.connection.execute(
        select(_ELEMENT).where(
            _ELEMENT.c.device_id == device.device_id,
            _ELEMENT.c.kind == at.kind,
            _ELEMENT.c.number == at.number,
            _ELEMENT.c.installed,
        )
    ).one_or_none()
    if found is None:
        name = place_name(at.kind, at.number)
        raise InvalidInputError(
            f"{device.name} has no {name}. Nothing was queued.", fields={"slot": f"There is no {name}."}
        )
    return found


def _medium(unit: Unit, device: Row[Any], at: Row[Any]) -> Row[Any, Any, Any, Any]:
    """What stands there, if it may be moved for a backup program."""
    name = place_name(at.kind, at.number)
    if not at.full:
        raise PlaceEmptyError(
            f"{name.capitalize()} of {device.name} is empty. Nothing was queued.",
            next_step="Let the backup program take inventory again.",
        )
    row = unit.connection.execute(
        select(_MEDIUM.c.medium_id, _MEDIUM.c.barcode, _MEDIUM.c.content, _MEDIUM.c.held_since).where(
            _MEDIUM.c.medium_id == at.medium_id
        )
    ).one_or_none()
    if row is None or at.reading is not TagReading.READ:
        what = (
            f"the barcode {at.volume_tag}, which is not registered"
            if at.volume_tag
            else "a label that cannot be read"
        )
        raise MediumFrozenError(
            f"What stands in {name} of {device.name} has {what}. Nothing was queued.",
            next_step="Register the medium, or see to its label.",
        )
    if frozen_media(unit.connection, [row.medium_id]):
        raise MediumFrozenError(
            f"{row.barcode} has an open discrepancy. Nothing was queued.", next_step="Resolve it first."
        )
    return row


def _run_it_leaves_with(connection: Connection, library_id: str, medium_id: str) -> str | None:
    """The number of the approved run that sends this medium out now."""
    for run_id, number, of_library in approved_runs(connection):
        lines = lines_to_eject(connection, run_id) if of_library == library_id else []
        if any(line.medium_id == medium_id for line in lines):
            return number
    return None
