"""What a scan proves about a label, and what becomes of a label that went wrong."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select

from service.db import table
from service.devices import actions as devices
from service.devices.models import JobState
from service.errors import InvalidInputError, NotFoundError
from service.ledger.writer import Unit
from service.media import reservations
from service.media.barcodes import shown
from service.media.models import MEDIUM, Medium
from service.media.rules import check_reason
from service.printing import rules
from service.printing.actions import LabelEvent, become, device_is_at_work, end
from service.printing.container_labels import payload_of
from service.printing.models import CARTRIDGES, LABEL, Label, LabelState
from service.printing.queries import device_job, job_row, labels_saying

_LABEL = table(Label)
_MEDIUM = table(Medium)
MOST_SCANNED = 64


class MediumLabelEvent(StrEnum):
    LABELLED = "medium:labelled"


@dataclass(frozen=True, slots=True)
class Verified:
    """`left`: labels of the job that are still to be scanned; `done`: that are. `closed`: it was the last one."""

    payload: str
    left: int
    done: int
    closed: bool


def verify(unit: Unit, number: str, scanned: str) -> Verified:
    """A label of this job was scanned: it is printed. Raises WrongLabelError or ScannedTwiceError by name."""
    payload = _meant(unit, scanned)
    job = job_row(unit.connection, number)
    label = _found(unit, job, payload)
    become(
        unit, [label], LabelState.PRINTED, LabelEvent.PRINTED, values={"printed_at": unit.now}, facts={"job": number}
    )  # fmt: skip
    if job.what in CARTRIDGES:
        reservations.verify(unit, payload)
        _tell_medium(unit, number, payload)
    return _after(unit, job, payload)


def _read(scanned: str) -> str:
    payload = scanned.strip().upper()
    if not payload or len(payload) > MOST_SCANNED or not payload.isprintable():
        raise InvalidInputError(
            f"{shown(scanned)} is no label. Nothing was recorded.",
            fields={"barcode": "Scan a label of this job."},
        )
    return payload


def _meant(unit: Unit, scanned: str) -> str:
    """What was read; of an SSCC in any of its spellings what the label of the container says."""
    payload = _read(scanned)
    of_container = payload_of(payload)
    if of_container is None or labels_saying(unit.connection, payload):
        return payload
    return of_container


def _found(unit: Unit, job: Row[Any], payload: str) -> Row[Any]:
    everywhere = labels_saying(unit.connection, payload)
    here = [label for label in everywhere if label.label_job_id == job.label_job_id]
    waiting = next((label for label in here if label.state in rules.UNPROVED), None)
    if waiting is not None:
        return waiting
    if not here:
        raise _of_another_job(job.number, payload, everywhere)
    newest = here[0]
    if newest.state is LabelState.PRINTED:
        raise rules.ScannedTwiceError(payload, newest.printed_at)
    raise rules.WrongLabelError(
        f"{payload} is {rules.WORDS[newest.state]} in {job.number}: there must be no such label. Nothing was recorded.",
        next_step="Put it aside and find out where it comes from.",
        barcode=payload,
    )


def _of_another_job(number: str, payload: str, everywhere: list[Row[Any]]) -> rules.WrongLabelError:
    if everywhere:
        told = f"{payload} is a label of {everywhere[0].number}, not of {number}."
    else:
        told = f"{shown(payload)} is not a label of {number}, nor of any other label job."
    return rules.WrongLabelError(
        f"{told} Nothing was recorded.", next_step="Put it aside.", barcode=payload,
        label_job=everywhere[0].number if everywhere else None,
    )  # fmt: skip


def _tell_medium(unit: Unit, number: str, payload: str) -> None:
    query = select(_MEDIUM.c.medium_id).where(_MEDIUM.c.barcode == payload)
    medium_id = unit.connection.execute(query).scalar_one_or_none()
    if medium_id is not None:
        unit.append(MEDIUM.subject(str(medium_id)), MediumLabelEvent.LABELLED, facts={"label_job": number})


def _after(unit: Unit, job: Row[Any], payload: str) -> Verified:
    query = select(_LABEL.c.state, func.count()).where(_LABEL.c.label_job_id == job.label_job_id)
    found = unit.connection.execute(query.group_by(_LABEL.c.state))
    counts: dict[LabelState, int] = {state: count for state, count in found}  # noqa: C416 - rows, not pairs, to mypy
    left = sum(counts.get(state, 0) for state in rules.LEFT)
    closed = not left and _let_go(unit, job)
    if closed:
        end(unit, job)
    return Verified(payload, left, counts.get(LabelState.PRINTED, 0), closed)


def _let_go(unit: Unit, job: Row[Any]) -> bool:
    """Whether no printer is at work on it; one that waits for a look gets its answer: there is nothing left to print."""
    asking = device_job(unit.connection, job)
    if asking is not None and asking.state is JobState.NEEDS_OPERATOR:
        devices.resume(unit, asking.job_id, devices.Resume.GO_ON)
        return True
    return not device_is_at_work(unit, job)


def spoil(unit: Unit, number: str, scanned: str, reason: str, *, replace: bool) -> None:
    """The label is no good; with `replace` another one with the same number is planned, for the same reason."""
    payload = _meant(unit, scanned)
    check_reason(reason)
    job = job_row(unit.connection, number)
    rules.check_open(number, job.state)
    here = [one for one in labels_saying(unit.connection, payload) if one.label_job_id == job.label_job_id]
    if not here:
        raise NotFoundError(f"label of {number} that says", shown(payload))
    live = next((one for one in here if one.state in rules.ON_PAPER), here[0])
    become(unit, [live], LabelState.SPOILED, LabelEvent.SPOILED, facts={"job": number}, reason=reason.strip())
    if replace:
        _replace(unit, live, number, reason.strip())


def _replace(unit: Unit, spoiled: Row[Any], number: str, reason: str) -> None:
    last = unit.connection.execute(
        select(func.max(_LABEL.c.ordinal)).where(_LABEL.c.label_job_id == spoiled.label_job_id)
    ).scalar_one()
    row = {
        "label_id": unit.new_id(), "label_job_id": spoiled.label_job_id, "ordinal": last + 1, "payload": spoiled.payload,
        "thing_id": spoiled.thing_id, "texts": spoiled.texts, "state": LabelState.PLANNED, "copies": 0,
        "replaces_id": spoiled.label_id, "sheet": None, "sent_at": None, "printed_at": None,
    }  # fmt: skip
    unit.connection.execute(insert(_LABEL), [row])
    unit.append(
        LABEL.subject(str(row["label_id"])), LabelEvent.REPLACED, changes=LABEL.logged(row), facts={"job": number},
        reason=reason,
    )  # fmt: skip
